"""Reads the plans of other tools that the tests bring, as plain values by path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from footfall.cli.plan.exchange_files import read_documents

__all__ = ["DATA", "IGLU", "SAMPLES", "documents"]

DATA = Path(__file__).parents[1] / "data" / "interop"
IGLU = DATA / "iglu-central"
SAMPLES = ("rudderstack", "segment", "snowplow")


def documents(name: str) -> dict[str, Any]:
    """The documents of a folder of the data."""
    return read_documents(DATA / name).files

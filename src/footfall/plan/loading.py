"""Loads a plan from wherever it is: a bundle at once, YAML with what reads it, which a bundle never needs."""

from __future__ import annotations

from pathlib import Path

from footfall.disk import Disk
from footfall.plan.bundle import BUNDLE_SUFFIX, read_bundle
from footfall.plan.model import Plan

__all__ = ["load"]


def load(path: str | Path, *, disk: Disk | None = None) -> Plan:
    """The plan in a folder (every .yaml and .yml below it, `fixtures/` and dot-folders left out), a file, or a bundle.

    Raises PlanError with every fault, each with its place; MissingExtraError when a YAML plan needs PyYAML. Of a bundle
    each event is read when it is first asked for.
    """
    if Path(path).suffix == BUNDLE_SUFFIX:
        return read_bundle(Path(path), disk)
    from footfall.plan.reading.load import read_whole

    return read_whole(path, disk=disk)

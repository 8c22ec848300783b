"""Reads a small plan from its text."""

from __future__ import annotations

from pathlib import Path

from footfall.plan import Plan, read

__all__ = ["loaded"]


def loaded(tmp_path: Path, text: str) -> Plan:
    """The plan `p` with these lines."""
    file = tmp_path / "plan.yaml"
    file.write_text(f"plan: p\n{text}")
    return read(file).require()

"""Runs a plan command: its output and its exit code."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.cli.in_process import footfall

__all__ = ["DOCUMENT", "SHOP", "plan_command"]

ROOT = Path(__file__).parents[3]
SHOP = ROOT / "tracking_plans" / "shop_and_gateway"
DOCUMENT = (ROOT / "tracking_plans" / "COMMANDS.md").read_text(encoding="utf-8")


def plan_command(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`footfall plan ARGUMENTS`."""
    return footfall("plan", *arguments, cwd=cwd)

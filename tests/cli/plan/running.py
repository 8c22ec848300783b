"""Runs a plan command as its user does: a process, its output, its exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["DOCUMENT", "SHOP", "plan_command"]

ROOT = Path(__file__).parents[3]
SHOP = ROOT / "tracking_plans" / "shop_and_gateway"
DOCUMENT = (ROOT / "tracking_plans" / "COMMANDS.md").read_text(encoding="utf-8")


def plan_command(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`footfall plan ARGUMENTS`."""
    command = [sys.executable, "-c", "from footfall.cli import main; main()", "plan", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=cwd)

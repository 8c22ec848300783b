"""Signals: what the plan's signals are about is looked for each day, and each new occasion kept once."""

from __future__ import annotations

from footfall.maintenance.context import JobContext
from footfall.printable import counted

__all__ = ["LOOKS_BACK_US", "forget", "run"]

LOOKS_BACK_US = 7 * 86_400 * 1_000_000
"""An occasion that is older than this is no signal any more, unless somebody asks for earlier ones."""


def run(context: JobContext) -> str:
    """Look for signals; returns in a line how many are new. Raises JobError and JobStoppedError."""
    since = context.clock.now_us() - LOOKS_BACK_US
    count = context.child("footfall.maintenance.find_signals:find", {"data": str(context.data), "since": since})
    return f"{counted(count, 'new signal')}"


def forget(context: JobContext) -> None:
    """Remove what is no longer stored from the evidence of signals. Raises JobError and JobStoppedError."""
    if context.store.signals.records():
        context.child("footfall.maintenance.find_signals:forget_gone", {"data": str(context.data)})

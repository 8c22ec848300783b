"""What the demo shows while the visitors are in the shop: a moving line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from footfall.cli.output import console, echo

__all__ = ["progress"]

_PLAIN_LINES = 5  # how many lines a run prints where nothing can move


@contextmanager
def progress(visitors: int) -> Iterator[Callable[[int, Counter[str]], None]]:
    """A function to call after each visit with how many are done and what was seen so far."""
    if not sys.stdout.isatty():
        yield lambda done, seen: _line(done, visitors, seen)
        return
    columns = (TextColumn("visits"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console()) as bar:
        task = bar.add_task("", total=visitors)
        yield lambda done, seen: bar.update(task, completed=done, description=counted(seen))


def _line(done: int, visitors: int, seen: Counter[str]) -> None:
    if done == visitors or done % max(1, visitors // _PLAIN_LINES) == 0:
        echo(f"  {done:>4} of {visitors} visits: {counted(seen)}")


def counted(seen: Counter[str]) -> str:
    """What the visitors did, in one line."""
    return ", ".join(f"{name} {seen[name]}" for name in ("pages", "sign-ins", "orders", "declined"))

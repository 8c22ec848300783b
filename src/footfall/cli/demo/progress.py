"""What the demo shows while the visitors are in the shop: a moving line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from footfall.cli.output import console, echo

__all__ = ["progress"]

_PLAIN_LINES = 5  # how many lines a run prints where the output is no terminal


@contextmanager
def progress(visitors: int) -> Iterator[Callable[[int, Counter[str]], None]]:
    """A function to call after each visit with how many are done and what the visitors did so far."""
    if not sys.stdout.isatty():
        yield lambda done, actions: _line(done, visitors, actions)
        return
    columns = (TextColumn("visits"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console()) as bar:
        task = bar.add_task("", total=visitors)
        yield lambda done, actions: bar.update(task, completed=done, description=counted(actions))


def _line(done: int, visitors: int, actions: Counter[str]) -> None:
    if done == visitors or done % max(1, visitors // _PLAIN_LINES) == 0:
        echo(f"  {done:>4} of {visitors} visits: {counted(actions)}")


def counted(actions: Counter[str]) -> str:
    """What the visitors did, in one line."""
    return ", ".join(f"{name} {actions[name]}" for name in ("pages", "sign-ins", "orders", "declined"))

"""The option `--include` of the commands whose figures leave bots and own people out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

import click

from footfall.analytics.audience import included

__all__ = ["include_option"]

T = TypeVar("T", bound=Callable[..., Any])


def include_option(command: T) -> T:
    """`--include`, nobody without it."""
    return click.option(
        "--include", multiple=True, metavar="NAMES", callback=_included,
        help="Count the messages of bots, of staff (own people), or of both (bots,staff) too.",
    )(command)  # fmt: skip


def _included(_context: click.Context, _option: click.Parameter, texts: Sequence[str]) -> Collection[str]:
    words = [word.strip() for text in texts for word in text.split(",")]
    included(words)
    return words

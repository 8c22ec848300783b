"""Writes the lifecycle of each event, planned → coded → tested → seen → used, as a table: text, Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from footfall.markdown_text import code_span, markdown_table, markdown_text
from footfall.planning.profiling import Lifecycle
from footfall.printable import printable

__all__ = ["LIFECYCLE_FORMS"]

_HEADS = ("event", "planned", "coded", "tested", "seen", "first", "last", "used by")


def _cells(event: Lifecycle) -> tuple[str, ...]:
    return (
        event.event,
        event.planned or "no",
        _count(event.coded),
        _count(event.tested),
        f"{event.messages:,}" if event.messages else "never",
        (event.first or "-")[:10],
        (event.last or "-")[:10],
        ", ".join(event.used) or "nothing",
    )


def _count(count: int | None) -> str:
    return "-" if count is None else f"{count:,}" if count else "no"


def _text(events: Sequence[Lifecycle]) -> str:
    rows = [tuple(map(printable, row)) for row in (_HEADS, *map(_cells, events))]
    widths = [max(map(len, column)) for column in list(zip(*rows, strict=True))[:-1]]
    return "\n".join("  ".join([*map(str.ljust, row, widths), row[-1]]) for row in rows)


def _markdown(events: Sequence[Lifecycle]) -> str:
    rows = ((code_span(name), *map(markdown_text, rest)) for name, *rest in map(_cells, events))
    return markdown_table(_HEADS, rows)


LIFECYCLE_FORMS: Mapping[str, Callable[[Sequence[Lifecycle]], str]] = MappingProxyType(
    {"markdown": _markdown, "text": _text}
)
"""The forms that people read, by the word of `--format`."""

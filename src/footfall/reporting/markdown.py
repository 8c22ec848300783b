"""Writes a table in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["markdown_table"]


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The table, "" without rows. The cells are Markdown already."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *lines]) if lines else ""

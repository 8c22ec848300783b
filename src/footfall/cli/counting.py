"""How the command line says how many."""

from __future__ import annotations

__all__ = ["counted"]


def counted(count: int, what: str) -> str:
    """`1 person`, `2,000 persons`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"

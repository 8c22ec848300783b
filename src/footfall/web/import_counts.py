"""ImportCounts: what became of the lines of an access log."""

from __future__ import annotations

from collections import Counter

import msgspec

__all__ = ["ImportCounts", "UnreadLine"]


class UnreadLine(msgspec.Struct, frozen=True):
    """A line that is not of the form: its file and its number, from 1."""

    file: str
    number: int


class ImportCounts(msgspec.Struct, kw_only=True):
    """What became of the lines: lines = sent + the sum of `uncounted` + `unread` + `outside`.

    `sent` messages are stored, duplicate, quarantined or rejected, by `verdicts`. `bots` are those of the sent ones
    that are a bot's, `unnamed` those that have no route. `outside` are the lines of a time that was not asked for.
    `examples` are the first lines that could not be read.
    """

    lines: int = 0
    sent: int = 0
    bots: int = 0
    unnamed: int = 0
    outside: int = 0
    unread: int = 0
    uncounted: Counter[str] = msgspec.field(default_factory=Counter)
    verdicts: Counter[str] = msgspec.field(default_factory=Counter)
    examples: list[UnreadLine] = msgspec.field(default_factory=list)

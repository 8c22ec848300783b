"""Selection: which messages an export has."""

from __future__ import annotations

import msgspec

from footfall.analytics.window import Span

__all__ = ["Selection"]


class Selection(msgspec.Struct, frozen=True):
    """The messages that meet every condition; without any, all of them.

    `events` are names as the export's column `event` and the books have them: a page is `(page)`; None is any.
    `occurred` and `received` are windows of time. `persons` are person_ids; None is anybody. `after` is a seq: only
    what was stored later. `only` and `without` name messages by their seq.
    """

    events: frozenset[str] | None = None
    occurred: Span = Span()
    received: Span = Span()
    persons: frozenset[str] | None = None
    after: int = 0
    only: frozenset[int] | None = None
    without: frozenset[int] = frozenset()

"""Why messages without a usable id are nobody's: they were only counted, are a bot's, or name nobody (`blocked`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.analytics.persons.arrays import INT, joined, patched
from footfall.message_reader import json_object
from footfall.plan.checking.counted import COUNT_ONLY
from footfall.storage.part import Part

__all__ = ["with_nobodys_reasons"]

_TEXT = pyarrow.string()


def with_nobodys_reasons(reasons: Any, parts: Sequence[Part], part: Any, row: Any) -> Any:
    """Reasons, of which each `blocked` becomes `unconsented` or `bot` where the message says so.

    `part` and `row` say where the message of each reason is: its part's number, and its row there.
    """
    blocked = pc.indices_nonzero(pc.equal(reasons, "blocked")).cast(INT)
    if not len(blocked):
        return reasons
    numbers, rows = part.take(blocked), row.take(blocked)
    for number in numbers.unique().to_pylist():
        here = pc.indices_nonzero(pc.equal(numbers, number)).cast(INT)
        reasons = patched(reasons, blocked.take(here), _reasons_of(parts[number], rows.take(here)))
    return reasons


def _reasons_of(part: Part, rows: Any) -> Any:
    table = part.take(("body", "context"), rows)
    contexts = joined([table.column("context")], _TEXT).dictionary_encode()
    is_bot = pyarrow.array([_names_bot(text) for text in contexts.dictionary.to_pylist()], pyarrow.bool_())
    is_bot = pc.fill_null(is_bot.take(contexts.indices), False)
    is_counted = pc.fill_null(pc.starts_with(joined([table.column("body")]), COUNT_ONLY.decode()), False)
    return pc.if_else(is_bot, "bot", pc.if_else(is_counted, "unconsented", "blocked"))


def _names_bot(context: str) -> bool:
    bot = json_object(context).get("bot")
    return bot is not None and bytes(bot).lstrip()[:1] == b"{"

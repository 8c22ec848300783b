"""Tally rows: what a measure goes over, one row for each message or item of an array, and the keys of its groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from footfall.analytics.properties import PropertyTable
from footfall.plan.model import Count, EventMeasure, Unique
from footfall.plan.value_names import ACTOR, arrays_of

__all__ = ["TallyRows", "tally_rows"]


class TallyRows(NamedTuple):
    """The rows as SQL behind FROM, and the SQL of each part of the key that a row is grouped by."""

    source: str
    keys: Sequence[str]


def tally_rows(table: PropertyTable, asked: EventMeasure, by: Sequence[str], per: str, condition: str) -> TallyRows:
    """The rows of a measure with the keys `by`, and before them `per`, SQL, where it is given.

    A row is a message that meets the condition; where the measure is over an array, it is an item of such a message.
    What is grouped by the items of another array is in a group of each different value there, once; without an item,
    in that of None.
    """
    own = arrays_of(asked.property)
    others = [array for name in by for array in arrays_of(name) if array not in own]
    source = f"{table.joined([*own, *others], outer=others)} WHERE {condition}"
    keys = [*([per] if per else []), *(table.column(name).sql for name in by)]
    if not others:
        return TallyRows(source, keys)
    columns = [f"{key} AS key_{number}" for number, key in enumerate(keys)]
    columns.append((table.items_of(own[-1]) if own else table).row)
    if isinstance(asked, Unique) and asked.property == ACTOR:
        columns += ("person", "counted", "is_device")
    elif not isinstance(asked, Count):
        columns.append(table.column(asked.property).sql)
    return TallyRows(
        f"(SELECT DISTINCT {', '.join(columns)} FROM {source})", [f"key_{number}" for number in range(len(keys))]
    )

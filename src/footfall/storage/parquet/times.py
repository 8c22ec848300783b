"""Texts of many times at once, in the two forms that senders write most."""

from __future__ import annotations

import functools
from datetime import date
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.timestamps import format_day

__all__ = ["TIME_FORMS", "day_text", "time_texts"]

TIME_FORMS = ("microseconds", "milliseconds")

_DAY_US = 86_400_000_000
_LAST_DAY = (date(2200, 1, 1) - date(1970, 1, 1)).days


def time_texts(moments: Any, form: str) -> Any:
    """`2026-11-29T10:00:00.123456Z` or, in milliseconds, `2026-11-29T10:00:00.123Z` of moments, as a binary array.

    `form` is one of TIME_FORMS, `moments` are microseconds since 1970-01-01 UTC. A text is null for a moment before
    then or from 2200 on, and for milliseconds also where microseconds would be lost.
    """
    us = moments.cast(pyarrow.int64())
    is_usual = pc.and_(pc.greater_equal(us, 0), pc.less(us, _LAST_DAY * _DAY_US))
    us = pc.if_else(is_usual, us, pyarrow.scalar(None, pyarrow.int64()))
    days, in_day = _divided(us, _DAY_US)
    seconds, in_second = _divided(in_day, 1_000_000)
    thousands, units = _divided(in_second, 1_000)
    clocks, thousandths = _tables()
    different = pc.unique(days)
    dates = pyarrow.array([None if day is None else day_text(day).encode() + b"T" for day in different.to_pylist()])
    head = (
        dates.cast(pyarrow.binary()).take(pc.index_in(days, different)),
        clocks.take(seconds),
        thousandths.take(thousands),
    )
    if form == "microseconds":
        return pc.binary_join_element_wise(*head, thousandths.take(units), b"Z", b"")
    no_text = pyarrow.scalar(None, pyarrow.binary())
    return pc.if_else(pc.equal(units, 0), pc.binary_join_element_wise(*head, b"Z", b""), no_text)


def day_text(days: int) -> str:
    """The date of so many days after 1970-01-01; beyond the calendar the first or the last one."""
    try:
        return format_day(days * _DAY_US)
    except OverflowError:
        return "0001-01-01" if days < 0 else "9999-12-31"


def _divided(values: Any, by: int) -> tuple[Any, Any]:
    quotients = pc.divide(values, by)
    return quotients, pc.subtract(values, pc.multiply(quotients, by))


@functools.cache
def _tables() -> tuple[Any, Any]:
    """Clocks by the second of the day, with a point after each, and thousandths."""
    clocks = [f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}." for n in range(86_400)]
    thousandths = [f"{n:03}" for n in range(1000)]
    return pyarrow.array(clocks, pyarrow.binary()), pyarrow.array(thousandths, pyarrow.binary())

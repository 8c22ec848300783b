"""The reports of uncounted hits beside a batch: what a sender with a write key says, read so that it cannot do harm.

A reason is one of the registry; what is none counts as `other`. A report that cannot be read is left out: it must not
cost the messages of its batch.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from footfall.storage.uncounted import UncountedReport
from footfall.timestamps import parse_timestamp
from footfall.web.reasons import REASONS

__all__ = ["uncounted_reports"]

_MOST_REPORTS, _MOST_REASONS, _MOST_HITS = 100, 100, 1_000_000_000
_is_day = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_is_id = re.compile(r"[0-9a-zA-Z-]{1,64}").fullmatch


def uncounted_reports(reports: object, line: str, today: str) -> list[UncountedReport]:
    """The reports that a body has. `line` is the books' name of their source, `today` the day of receipt.

    One that names its own day is of a log, and lasting; others are of today.
    """
    return list(_readable(reports[:_MOST_REPORTS], line, today)) if isinstance(reports, list) else []


def _readable(reports: list[Any], line: str, today: str) -> Iterator[UncountedReport]:
    for report in reports:
        if not isinstance(report, dict):
            continue
        id_, day, counts = report.get("id"), report.get("day", today), report.get("counts")
        if not (isinstance(id_, str) and _is_id(id_) and isinstance(counts, dict) and isinstance(day, str)):
            continue
        numbers = _numbers(counts)
        if numbers and _is_day(day) and parse_timestamp(day) is not None:
            yield UncountedReport(line, id_, day, numbers, "day" in report)


def _numbers(counts: Mapping[str, Any]) -> Mapping[str, int]:
    numbers: Counter[str] = Counter()
    for reason, number in list(counts.items())[:_MOST_REASONS]:
        if type(number) is int and 0 < number <= _MOST_HITS:
            numbers[reason if reason in REASONS else "other"] += number
    return numbers

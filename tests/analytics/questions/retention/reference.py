"""Retention by a plain loop over all messages, with the calendar of `datetime`, to compare answers with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from tests.analytics.questions.doings import Doing, first_day, index

from footfall.analytics.questions.retention import RetentionOptions

__all__ = ["Expected", "expected"]

HOURS = {"day": 24, "week": 7 * 24, "month": 30 * 24}


class Expected(NamedTuple):
    """By the first day of the cohort: how many entered; by that and the bracket: how many returned, with what sum."""

    entered: Mapping[date, int]
    returned: Mapping[tuple[date, int], int]
    sums: Mapping[tuple[date, int], int]


def expected(log: Sequence[Doing], options: RetentionOptions, *, zone: str, since: int | None, until: int) -> Expected:
    """What the answer has to be. All messages of an event are in its selection."""
    entered: dict[date, int] = defaultdict(int)
    returned: dict[tuple[date, int], int] = defaultdict(int)
    sums: dict[tuple[date, int], int] = defaultdict(int)
    for actor in {doing.actor for doing in log}:
        of_actor = sorted((doing for doing in log if doing.actor == actor), key=lambda doing: doing.at)
        for entry in entries([d.at for d in of_actor if d.event == options.start.event], options, zone, since, until):
            cohort = first_day(entry, options.per, zone)
            entered[cohort] += 1
            returns = [
                (number_of(doing.at, entry, options, zone), doing.amount)
                for doing in of_actor
                if doing.event == options.returning.event and entry < doing.at < until
                and (since is None or doing.at >= since)
            ]  # fmt: skip
            in_a_row = True
            for number, bracket in enumerate(options.brackets):
                inside = [
                    amount
                    for period, amount in returns
                    if period >= 1 and is_inside(period, bracket.first, bracket.last, options.returning_when)
                ]
                has_returned = len(inside) >= options.minimum
                in_a_row = in_a_row and has_returned
                returned[cohort, number] += in_a_row if options.returning_when == "streak" else has_returned
                sums[cohort, number] += sum(inside)
    return Expected(entered, returned, sums)


def entries(starts: Iterable[int], options: RetentionOptions, zone: str, since: int | None, until: int) -> list[int]:
    """When an actor with these starts, in order, enters."""
    before = [at for at in starts if at < until]
    inside = [at for at in before if since is None or at >= since]
    if options.entry == "first_ever":
        return [at for at in before[:1] if since is None or at >= since]
    if options.entry == "first_in_range":
        return inside[:1]
    firsts: dict[date, int] = {}
    for at in inside:
        firsts.setdefault(first_day(at, options.per, zone), at)
    return list(firsts.values())


def number_of(at: int, entry: int, options: RetentionOptions, zone: str) -> int:
    """In which period after the entry a moment is."""
    if options.counting == "rolling":
        return (at - entry) // (HOURS[options.per] * 3600)
    days = (first_day(moment, options.per, zone) for moment in (at, entry))
    own, of_entry = (index(day, options.per) for day in days)
    return own - of_entry


def is_inside(number: int, first: int, last: int, when: str) -> bool:
    """Whether a return in this period counts for a bracket."""
    if when == "on_or_after":
        return number >= first
    return number <= last if when == "on_or_before" else first <= number <= last

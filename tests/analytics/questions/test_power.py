"""How messages are spread over persons equals a plain loop, for any log and window; ids are listed on request alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.questions.doings import DAY, SECOND, Doing, entries_of, logs, plan_in
from tests.many import MANY

from footfall.analytics import Dataset, report
from footfall.analytics.questions.power import PowerOptions, PowerResult, power
from footfall.analytics.window import Span
from footfall.errors import UsageError
from footfall.people import profile
from footfall.plan.model import EventFilter
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]

VISIT = EventFilter(event="visit")
JANUARY = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
PERCENT = [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]


def result_of(
    entries: Sequence[Entry], options: PowerOptions, since: int | None, until: int, shards: int = 1
) -> tuple[PowerResult, dict[str, str]]:
    """The answer, and the user_id of each person_id that is listed."""
    span = Span(None if since is None else since * SECOND, until * SECOND)
    with Dataset.of(entries, plan_in("UTC")) as dataset:
        result = context_of(dataset, plan_in("UTC"), span, until * SECOND, shards).answer(power(options))
        people = (profile(dataset, each.person_id) for each in result.top)
        return result, {person.person_id: person.user_id or "" for person in people if person is not None}


def check(entry: MakeEntry, log: list[Doing], asked: EventFilter, top: int, data: st.DataObject) -> None:
    """Compare with the messages of each person, counted one by one."""
    times = [doing.at for doing in log]
    until = data.draw(st.sampled_from([max(times) + 1, *times]))
    since = data.draw(st.sampled_from([None, *[time for time in times if time < until]]))
    shards = data.draw(st.sampled_from([1, 3]))

    result, users = result_of(entries_of(entry, log), PowerOptions(event=asked, top=top), since, until, shards)

    inside = [
        doing
        for doing in log
        if asked.event in ("*", doing.event) and (since is None or doing.at >= since) and doing.at < until
    ]
    counts = Counter(doing.actor for doing in inside)
    falling = sorted(counts.values(), reverse=True)
    event(f"{len(counts)} persons, {len(set(falling))} numbers")
    assert (result.persons, result.messages) == (len(counts), len(inside))
    assert [each.top * 100 for each in result.shares] == (PERCENT if counts else [])
    for each in result.shares:
        theirs = falling[: ceil(Fraction(each.top) * len(counts))]
        assert (each.persons, each.least, each.messages) == (len(theirs), theirs[-1], sum(theirs))
        assert abs(Fraction(each.share) - Fraction(sum(theirs), len(inside))) < Fraction(1, 10**20)
    last = {who: max(doing.at for doing in inside if doing.actor == who) for who in counts}
    listed = [(users[each.person_id], each.messages, int(each.last.timestamp())) for each in result.top]
    assert [row[1:] for row in listed] == [
        (counts[who], last[who]) for who in sorted(counts, key=lambda who: (-counts[who], -last[who]))[:top]
    ]
    assert all((counts[who], last[who]) == tuple(row) for who, *row in listed)
    assert len({who for who, *_ in listed}) == len(listed)


ASKED = st.sampled_from([VISIT, EventFilter(event="*")])


@settings(max_examples=12)
@given(log=logs(), asked=ASKED, top=st.integers(0, 5), data=st.data())
def test_any_spread_is_that_of_a_plain_loop(
    entry: MakeEntry, log: list[Doing], asked: EventFilter, top: int, data: st.DataObject
) -> None:
    check(entry, log, asked, top, data)


@settings(max_examples=MANY)
@given(log=logs(), asked=ASKED, top=st.integers(0, 5), data=st.data())
@pytest.mark.slow
def test_many_spreads_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Doing], asked: EventFilter, top: int, data: st.DataObject
) -> None:
    check(entry, log, asked, top, data)


def simple(make: MakeEntry, **options: Any) -> tuple[PowerResult, dict[str, str]]:
    """Ann visits seven times, Bob and Cat twice each, Cat at last."""
    people = [*["ann"] * 7, "cat", "bob", "bob", "cat"]
    log = [Doing(who, "visit", JANUARY + number) for number, who in enumerate(people)]
    return result_of(entries_of(make, log), PowerOptions(**{"event": VISIT, **options}), None, JANUARY + DAY)


def test_the_top_is_rounded_up_to_a_whole_person(entry: MakeEntry) -> None:
    result, _ = simple(entry)

    assert [(each.persons, each.least, each.messages) for each in result.shares] == [
        *[(1, 7, 7)] * 5, *[(2, 2, 9)] * 3, *[(3, 2, 11)] * 4,
    ]  # fmt: skip
    assert result.shares[-1].share == Decimal(1)


def test_no_id_is_in_the_answer_unless_it_is_asked_for(entry: MakeEntry) -> None:
    result, _ = simple(entry)

    assert result.top == ()
    assert "Those listed" not in result.definition


def test_those_with_equally_many_go_by_their_last_message(entry: MakeEntry) -> None:
    result, users = simple(entry, top=2)

    assert [(users[each.person_id], each.messages) for each in result.top] == [("ann", 7), ("cat", 2)]
    assert "Those listed with equally many go by the last message" in result.definition


def test_devices_are_counted_too(entry: MakeEntry) -> None:
    log = [entry(seq, "visit", JANUARY + seq, device="pump") for seq in (1, 2)]
    result, _ = result_of(log, PowerOptions(event=VISIT, by="device"), None, JANUARY + DAY)

    assert (result.persons, result.messages) == (1, 2)


def test_a_negative_number_of_persons_is_refused() -> None:
    with pytest.raises(UsageError, match="top is -1; ask for 0 persons or more"):
        power(PowerOptions(event=VISIT, top=-1))


def test_of_nobody_there_is_nothing_but_the_definition(entry: MakeEntry) -> None:
    result, _ = simple(entry, event=EventFilter(event="buy"), top=3)

    assert (result.persons, result.messages, result.shares, result.top) == (0, 0, (), ())
    assert result.definition.startswith("Counted are the messages of buy of each person in the window")


@pytest.mark.parametrize(("top", "sections"), [(0, 1), (2, 2)])
def test_its_sections_have_the_list_where_it_is_asked_for(entry: MakeEntry, top: int, sections: int) -> None:
    log = [Doing("ann", "visit", JANUARY)]
    with Dataset.of(entries_of(entry, log), plan_in("UTC")) as dataset:
        now = datetime.fromtimestamp(JANUARY + DAY, UTC)
        question = power(PowerOptions(event=VISIT, top=top))
        shown = list(report(dataset, plan_in("UTC"), now=now, questions=[question]).sections())

    assert len(shown) == sections
    assert shown[0].table is not None
    assert len(shown[0].table.rows) == len(PERCENT)


def test_its_rows_are_the_persons_or_else_the_shares(entry: MakeEntry) -> None:
    shares, persons = (power(PowerOptions(event=VISIT, top=top)).table(simple(entry, top=top)[0]) for top in (0, 1))

    assert (shares.columns, shares.rows[-1]) == (("top", "persons", "least", "messages", "share"), (1.0, 3, 2, 11, 1.0))
    assert persons.columns == ("person_id", "messages", "share", "last")
    assert [row[1:3] for row in persons.rows] == [(7, 7 / 11)]

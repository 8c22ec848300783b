"""Preferences equal a plain loop over all messages, for any log, zone and floor, of all persons and of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.questions.doings import SECOND, ZONES, Doing, entries_of, logs, plan_in
from tests.many import MANY

from footfall.analytics import Dataset, report
from footfall.analytics.questions.preferences import (
    OTHER,
    Preferences,
    PreferencesResult,
    preferences,
    preferences_options,
)
from footfall.analytics.window import Span
from footfall.errors import UsageError
from footfall.plan.model import Plan
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
OF = "visit.amount"


def plan_with_channels(zone: str) -> Plan:
    """Who buys does so in a shop."""
    plan = plan_in(zone)
    buy = msgspec.structs.replace(plan.events["buy"], channel="shop")
    return msgspec.structs.replace(plan, events={**plan.events, "buy": buy})


def result_of(
    entries: Sequence[Entry], plan: Plan, span: Span, person: str | None = None, shards: int = 1, **options: Any
) -> PreferencesResult:
    asked = preferences_options(plan, person, **options)
    with Dataset.of(entries, plan) as dataset:
        return context_of(dataset, plan, span, shards=shards).answer(preferences(asked))


def values_of(log: Sequence[Doing], zone: str) -> dict[str, list[tuple[str, str]]]:
    """For each thing a (who, value) for each message."""
    local = [datetime.fromtimestamp(doing.at, UTC).astimezone(ZoneInfo(zone)) for doing in log]
    return {
        "channel": [(doing.actor, "shop") for doing in log if doing.event == "buy"],
        "hour": [(doing.actor, f"{time.hour:02}") for doing, time in zip(log, local, strict=True)],
        OF: [(doing.actor, str(doing.amount)) for doing in log if doing.event == "visit"],
    }


def compare(answer: Preferences, pairs: Sequence[tuple[str, str]], floor: int) -> None:
    by_person: dict[str, Counter[str]] = {}
    for person, value in pairs:
        by_person.setdefault(person, Counter())[value] += 1
    judged = [counts.most_common() for counts in by_person.values() if counts.total() >= floor]
    favourites = [ranked[0][0] for ranked in judged if len(ranked) == 1 or ranked[0][1] > ranked[1][1]]
    event(f"{answer.of}: somebody prefers a value: {bool(favourites)}")
    assert (answer.messages, answer.persons) == (len(pairs), len(by_person))
    assert (answer.judged, answer.undecided) == (len(judged), len(judged) - len(favourites))
    assert {shown.value: shown.messages for shown in answer.values} == Counter(value for _, value in pairs)
    for shown in answer.values:
        assert shown.persons == sum(shown.value in counts for counts in by_person.values())
        assert shown.prefer == favourites.count(shown.value)
        assert shown.share is not None
        assert abs(Fraction(shown.share) - Fraction(shown.messages, len(pairs))) < Fraction(1, 10**20)
    assert sum(shown.prefer for shown in answer.values) + answer.undecided == answer.judged


def check(entry: MakeEntry, log: list[Doing], zone: str, floor: int, data: st.DataObject) -> None:
    """Compare with all messages in a drawn window, counted one by one."""
    times = [doing.at for doing in log]
    since = data.draw(st.sampled_from([None, *times]))
    until = data.draw(st.sampled_from([max(times) + 1, *(time for time in times if since is None or time > since)]))
    person = data.draw(st.sampled_from([None, None, log[0].actor]))
    span = Span(None if since is None else since * SECOND, until * SECOND)

    result = result_of(
        entries_of(entry, log), plan_with_channels(zone), span, person, data.draw(st.sampled_from([1, 3])),
        of=[OF], floor=floor, top=99,
    )  # fmt: skip

    inside = [
        doing for doing in log
        if (since is None or doing.at >= since) and doing.at < until and person in (None, doing.actor)
    ]  # fmt: skip
    things = values_of(inside, zone)
    assert [answer.of for answer in result.preferences] == list(things)
    for answer in result.preferences:
        compare(answer, things[answer.of], floor)


@settings(max_examples=12)
@given(log=logs(), zone=st.sampled_from(ZONES), floor=st.integers(1, 4), data=st.data())
def test_any_preferences_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Doing], zone: str, floor: int, data: st.DataObject
) -> None:
    check(entry, log, zone, floor, data)


@settings(max_examples=MANY)
@given(log=logs(), zone=st.sampled_from(ZONES), floor=st.integers(1, 4), data=st.data())
@pytest.mark.slow
def test_many_preferences_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Doing], zone: str, floor: int, data: st.DataObject
) -> None:
    check(entry, log, zone, floor, data)


def test_all_but_the_most_frequent_values_are_one_row(entry: MakeEntry) -> None:
    log = [Doing("a", "visit", number, amount) for number, amount in enumerate([1, 1, 1, 2, 2, 3])]
    log += [Doing("b", "visit", 9, 3)]
    *_, amounts = result_of(entries_of(entry, log), plan_in("UTC"), Span(), of=[OF], floor=1, top=1).preferences

    assert [(value.value, value.messages, value.persons, value.prefer) for value in amounts.values] == [
        ("1", 3, 1, 1), (OTHER, 4, None, 1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("amounts", "words"), [([1, 1, 2], "prefers 1"), ([1, 2, 2, 1], "as frequent"), ([1], "say nothing")]
)
def test_of_one_person_it_says_what_they_prefer_or_why_not(entry: MakeEntry, amounts: list[int], words: str) -> None:
    log = entries_of(entry, [Doing("a", "visit", number, amount) for number, amount in enumerate(amounts)])
    plan = plan_in("UTC")
    question = preferences(preferences_options(plan, "a", of=[OF], floor=2))
    with Dataset.of(log, plan) as dataset:
        *_, last = report(dataset, plan, now=datetime(1970, 1, 2, tzinfo=UTC), questions=[question]).sections()

    assert words in str(last.beside[0].values[0])
    assert last.definition is not None


@pytest.mark.parametrize(
    ("person", "message"), [("x", "'x' is the id of nobody in the data"), ("tablet", "'tablet' leads to 2 persons")]
)
def test_an_id_of_nobody_or_of_several_is_refused(entry: MakeEntry, person: str, message: str) -> None:
    log = [entry(number, "visit", number, user=user, anonymous="tablet") for number, user in enumerate("ab", 1)]
    with pytest.raises(UsageError, match=message):
        result_of(log, plan_in("UTC"), Span(), person)


@pytest.mark.parametrize(
    ("options", "message"), [({"floor": 0}, "floor is 0"), ({"top": 0}, "top is 0"), ({"of": ["visit"]}, "of: 'visit'")]
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        preferences_options(plan_in("UTC"), **options)

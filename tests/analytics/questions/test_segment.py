"""The size, overlap and growth of a segment are those of a plain loop, and a list of persons is as long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.questions.doings import DAY, SECOND, ZONES
from tests.analytics.segment_reference import Act, members
from tests.analytics.test_segment_tables import entries_of, logs, plan_in, rules

from footfall.analytics import Dataset, report
from footfall.analytics.questions.persons import persons, persons_options
from footfall.analytics.questions.segment import SegmentResult, segment, segment_options
from footfall.analytics.window import Span
from footfall.errors import UsageError
from footfall.plan.model import AnyOf, Did, EventFilter, SegmentRule
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]

EVERYBODY = Did(filter=EventFilter(event="*"), at_least=0)
VISITORS = Did(filter=EventFilter(event="visit"), at_least=1, within=DAY)


def first_of(day: date, per: str) -> date:
    if per == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if per == "month" else day


def next_of(first: date, per: str) -> date:
    length = {"day": 1, "week": 7, "month": 31}[per]
    return first_of(first + timedelta(days=length), per)


def midnight(day: date, zone: str) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp())


@settings(max_examples=12)
@given(
    log=logs(), rule=rules, other=rules, zone=st.sampled_from(ZONES), per=st.sampled_from(["day", "week", "month"]),
    shards=st.sampled_from([1, 3]), data=st.data(),
)  # fmt: skip
def test_every_figure_is_that_of_a_plain_loop(
    entry: MakeEntry, log: list[Act], rule: SegmentRule, other: SegmentRule, zone: str, per: str, shards: int,
    data: st.DataObject,
) -> None:  # fmt: skip
    plan = plan_in(zone)
    end = data.draw(st.sampled_from([max(act.at for act in log) + 1, max(act.at for act in log) + 5 * DAY]))
    question = segment(segment_options(rule, plan, other=other, per=per))  # type: ignore[arg-type]  # one of three words
    with Dataset.of(entries_of(entry, log), plan) as dataset:
        context = context_of(dataset, plan, Span(None, end * SECOND), end * SECOND, shards)
        result, listed = context.answer(question), context.answer(persons(persons_options(plan, segment=rule)))

    everybody, own, theirs = (members(log, each, plan, end) for each in (EVERYBODY, rule, other))
    assert (result.persons, result.size) == (len(everybody), len(own))
    assert result.overlap is not None
    assert (result.overlap.size, result.overlap.both) == (len(theirs), len(own & theirs))
    assert result.overlap.neither == len(everybody - own - theirs)
    assert result.overlap.only_first + result.overlap.both == result.size == listed.size == len(listed.persons)
    assert {each.user_id for each in listed.persons} == own
    day = first_of(datetime.fromtimestamp(min(act.at for act in log), UTC).astimezone(ZoneInfo(zone)).date(), per)
    expected = []
    while midnight(day, zone) < end:
        before = members(log, rule, plan, midnight(day, zone))
        moment = min(midnight(next_of(day, per), zone), end)
        then = members(log, rule, plan, moment)
        expected.append(
            (day, len(members(log, EVERYBODY, plan, moment)), len(then), len(then - before), len(before - then))
        )
        day = next_of(day, per)
    assert [
        (each.start.date(), each.persons, each.size, each.entered, each.departed) for each in result.growth
    ] == expected


LOG = [Act("ann", "visit", DAY // 2), Act("bob", "buy", DAY // 2), Act("bob", "visit", 3 * DAY // 2)]


def result_of(entry: MakeEntry, rule: str | SegmentRule, end: int = 2 * DAY, **options: object) -> SegmentResult:
    plan = plan_in("UTC")
    question = segment(segment_options(rule, plan, **options))  # type: ignore[arg-type]  # the tests' own options
    with Dataset.of(entries_of(entry, LOG), plan) as dataset:
        return context_of(dataset, plan, Span(None, end * SECOND), end * SECOND).answer(question)


def test_a_segment_has_a_size_and_a_share(entry: MakeEntry) -> None:
    result = result_of(entry, "buyers")

    assert (result.segment, result.persons, result.size, result.share) == ("buyers", 2, 1, Decimal("0.5"))
    assert result.definition.startswith(
        "In the segment: buyers: who had buy at least once. As of 1970-01-03 00:00:00+00:00"
    )


def test_nobody_has_no_share(entry: MakeEntry) -> None:
    result = result_of(entry, "buyers", DAY // 4, per="day")

    assert (result.persons, result.share, result.growth) == (0, None, ())


def test_growth_says_who_came_in_and_went_out(entry: MakeEntry) -> None:
    growth = result_of(entry, VISITORS, 5 * DAY // 2 + 1, per="day").growth

    assert [(each.size, each.entered, each.departed, each.is_complete) for each in growth] == [
        (1, 1, 0, True), (1, 1, 1, True), (0, 0, 1, False),
    ]  # fmt: skip


def test_a_rule_can_be_asked_as_a_plan_has_it(entry: MakeEntry) -> None:
    result = result_of(entry, "{any: [{did: buy}, {segment: early}]}")

    assert result.segment == "(had buy at least once) or (is in early)"
    assert "early: who was in buyers as 2025-10-05 began" in result.definition


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("byers", "there is no segment 'byers' \\(did you mean 'buyers'\\?\\)"),
        ("{did: by}", "there is no event 'by'"),
        ("{dud: buy}", "the rule has no form \\(did you mean 'did'\\?\\)"),
        ("{did: [", "not YAML"),
    ],
)
def test_what_the_plan_lacks_is_one_line(entry: MakeEntry, rule: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        result_of(entry, rule)


def test_more_than_400_periods_are_refused(entry: MakeEntry) -> None:
    with pytest.raises(UsageError, match="more than 400 days"):
        result_of(entry, "buyers", 500 * DAY, per="day")


def test_its_sections_have_the_size_the_overlap_and_the_growth(entry: MakeEntry) -> None:
    plan = plan_in("UTC")
    question = segment(segment_options("buyers", plan, other=AnyOf(rules=(VISITORS,)), per="day"))
    with Dataset.of(entries_of(entry, LOG), plan) as dataset:
        answered = report(dataset, plan, now=datetime.fromtimestamp(2 * DAY, UTC), questions=[question])

    titles = [section.title for section in answered.sections()]
    assert titles == ["Segment: buyers", "Overlap with had visit at least once in the last 1d", "Growth"]
    assert question.table(answered[question]).columns[:3] == ("start", "persons", "size")


def test_its_rows_are_the_parts_of_the_overlap(entry: MakeEntry) -> None:
    plan = plan_in("UTC")
    question = segment(segment_options("buyers", plan, other=VISITORS))
    rows: Sequence[object] = question.table(result_of(entry, "buyers", other=VISITORS)).rows

    assert rows == (
        ("buyers", 1, 0.5), ("had visit at least once in the last 1d", 1, 0.5), ("both", 1, 0.5),
        ("first alone", 0, 0.0), ("other alone", 0, 0.0), ("neither", 1, 0.5),
    )  # fmt: skip

"""Sessions equal a plain loop over all messages, for any log, zone, window and options; and say what they counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.questions.doings import WEEK_STARTS
from tests.analytics.questions.sessions.logs import DAY, MINUTE, ZONES, call, entries_of, logs
from tests.analytics.questions.sessions.reference import Call, Counted, counted
from tests.many import MANY

from footfall.analytics import Dataset, report
from footfall.analytics.questions.sessions import SessionFigures, SessionsOptions, SessionsResult, sessions
from footfall.analytics.window import Span
from footfall.errors import UsageError
from footfall.plan.model import Plan
from footfall.query.database import Database
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
SECOND = 1_000_000
# Ann signs out and goes on at the same second: which message is before the reset goes by message_id.
TIED = [
    Call("a", "x", "track", "view", 0, "m2", 0), Call("a", "x", "reset", None, 0, "m1", 1),
    Call("a", "x", "track", "buy", 0, "m0", 2), Call("a", "x", "track", "view", 31 * MINUTE, "m3", 3),
]  # fmt: skip


def plan_in(zone: str) -> Plan:
    return Plan(id="test", timezone=zone, week_starts=WEEK_STARTS.get(zone, "monday"))


def result_of(
    entries: Sequence[Entry],
    options: SessionsOptions,
    zone: str = "UTC",
    since: int | None = None,
    until: int = 99 * DAY,
    shards: int = 1,
) -> SessionsResult:
    span = Span(None if since is None else since * SECOND, until * SECOND)
    with Dataset.of(entries, plan_in(zone)) as dataset:
        return context_of(dataset, plan_in(zone), span, until * SECOND, shards).answer(sessions(options))


def same(figures: SessionFigures, reference: Counted) -> None:
    """Compare every figure."""
    counts = (figures.sessions, figures.persons, figures.messages, figures.bounces, figures.open)
    assert counts == reference[:5]
    assert figures.median_seconds is not None
    assert Fraction(figures.median_seconds) == reference.median
    assert figures.p90_seconds == reference.p90
    for value, total in (
        (figures.mean_seconds, sum(reference.durations)),
        (figures.messages_per_session, reference.messages),
        (figures.bounce_share, reference.bounces),
    ):
        assert value is not None
        assert float(value) == pytest.approx(total / reference.sessions)
    assert figures.per_person is not None
    assert float(figures.per_person) == pytest.approx(reference.sessions / reference.persons)


def check(entry: MakeEntry, log: list[Call], options: SessionsOptions, zone: str, data: st.DataObject) -> None:
    """Compare all rows with a plain loop, over a window that may begin and end at a message."""
    times = [each.at for each in log]
    until = data.draw(st.sampled_from([max(times) + 1, max(times) + 90 * DAY, *times]))
    since = data.draw(st.sampled_from([None, *[time for time in times if time < until]]))

    result = result_of(entries_of(entry, log), options, zone, since, until, data.draw(st.sampled_from([1, 3])))
    reference = counted(log, per=options.per, by=options.by, zone=zone, since=since, until=until, now=until)

    event(f"{options.per}, {options.by}, {len(log) > len({each.at for each in log})}")
    rows = {(row.start and row.start.date(), row.label): row.figures for row in result.rows if row.figures.sessions}
    assert rows.keys() == reference.keys()
    for key, figures in rows.items():
        same(figures, reference[key])


options_of_any = st.builds(
    SessionsOptions,
    per=st.sampled_from(["day", "week", "month"]),
    by=st.sampled_from([None, "entry", "exit"]),
)


@settings(max_examples=12)
@given(log=logs(), options=options_of_any, zone=st.sampled_from(ZONES), data=st.data())
def test_any_sessions_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Call], options: SessionsOptions, zone: str, data: st.DataObject
) -> None:
    check(entry, log, options, zone, data)


@settings(max_examples=MANY)
@given(log=logs(), options=options_of_any, zone=st.sampled_from(ZONES), data=st.data())
@pytest.mark.slow
def test_many_sessions_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Call], options: SessionsOptions, zone: str, data: st.DataObject
) -> None:
    check(entry, log, options, zone, data)


@settings(max_examples=10)
@example(TIED)
@given(logs())
def test_there_are_as_many_as_in_sql(entry: MakeEntry, log: list[Call]) -> None:
    with Database(Dataset.of(entries_of(entry, log), plan_in("UTC"))) as database:
        ((count, messages, persons),) = database.sql(
            "select count(*), sum(messages), count(distinct person_id) from sessions"
        ).rows
        by_day = dict(database.sql("select started_at::date, count(*) from sessions group by all").rows)
        result = database.ask(sessions(SessionsOptions())).result

    total = result.rows[-1].figures
    assert (total.sessions, total.messages, total.persons) == (count, messages, persons)
    assert {
        row.start.date(): row.figures.sessions for row in result.rows if row.start and row.figures.sessions
    } == by_day


@settings(max_examples=10)
@given(logs(), st.data())
def test_windows_one_after_another_add_up(entry: MakeEntry, log: list[Call], data: st.DataObject) -> None:
    times = sorted({each.at for each in log})
    cut, end = data.draw(st.sampled_from(times)), times[-1] + 1
    entries = entries_of(entry, log)
    first, second, whole = (
        result_of(entries, SessionsOptions(), "UTC", since, until)
        for since, until in ((times[0] - 1, cut), (cut, end), (times[0] - 1, end))
    )

    for name in ("sessions", "messages", "bounces"):
        parts = [getattr(result.rows[-1].figures, name) if result.rows else 0 for result in (first, second, whole)]
        assert parts[0] + parts[1] == parts[2]


def test_a_session_counts_whole_in_the_window_in_which_it_begins(entry: MakeEntry) -> None:
    log = [call(minute * MINUTE, seq=minute) for minute in (0, 20, 40)]
    entries = entries_of(entry, log)
    early = result_of(entries, SessionsOptions(), until=10 * MINUTE).rows[-1].figures
    late = result_of(entries, SessionsOptions(), since=10 * MINUTE)

    assert (early.sessions, early.messages, early.median_seconds) == (1, 3, Decimal(40 * MINUTE))
    assert late.rows == ()


def test_of_a_reset_and_a_message_at_one_time_the_message_id_says_which_is_first(entry: MakeEntry) -> None:
    total = result_of(entries_of(entry, TIED), SessionsOptions(by="entry")).rows
    labels = {row.label: row.figures.sessions for row in total if row.start is None}

    assert labels == {None: 3, "view": 2, "buy": 1}


def test_a_bounce_is_one_page_and_nothing_else(entry: MakeEntry) -> None:
    log = [
        call(0, "page", "/", person="a", seq=1), call(0, "page", "/", person="b", seq=2),
        call(1, "page", "/", person="b", seq=3), call(0, "page", "/", person="c", seq=4),
        call(1, "identify", None, person="c", seq=5), call(0, person="d", seq=6),
    ]  # fmt: skip
    figures = result_of(entries_of(entry, log), SessionsOptions()).rows[-1].figures

    assert (figures.sessions, figures.bounces, figures.bounce_share) == (4, 1, Decimal("0.25"))


def test_periods_that_are_not_whole_in_the_window_are_incomplete(entry: MakeEntry) -> None:
    log = [call(day * DAY + DAY // 2, seq=day) for day in range(4)]
    rows = result_of(entries_of(entry, log), SessionsOptions(), since=DAY // 4, until=3 * DAY + DAY * 3 // 4).rows

    assert [row.is_complete for row in rows[:-1]] == [False, True, True, False]


def test_a_window_that_ends_in_the_future_has_no_complete_period_before_that(entry: MakeEntry) -> None:
    log = entries_of(entry, [call(day * DAY, seq=day + 1) for day in range(2)])
    with Dataset.of(log, plan_in("UTC")) as dataset:
        context = context_of(dataset, plan_in("UTC"), Span(0, 9 * DAY * SECOND), (DAY + DAY // 2) * SECOND)
        rows = context.answer(sessions(SessionsOptions())).rows

    assert [row.is_complete for row in rows[:-1]] == [True, False]


def test_a_session_may_go_on_for_half_an_hour_unless_a_reset_ended_it(entry: MakeEntry) -> None:
    log = [call(0, seq=1), call(0, person="bob", seq=2), call(1, "reset", None, person="bob", seq=3)]
    still, over = (
        result_of(entries_of(entry, log), SessionsOptions(), until=until).rows[-1].figures.open
        for until in (30 * MINUTE, 30 * MINUTE + 1)
    )

    assert (still, over) == (1, 0)


def test_all_but_the_most_frequent_labels_are_one_row(entry: MakeEntry) -> None:
    log = [
        call(0, name=name, person=who, seq=seq) for seq, (name, who) in enumerate(zip("vvvxy", "abcaa", strict=True))
    ]
    rows = result_of(entries_of(entry, log), SessionsOptions(by="exit", top=1)).rows
    totals = [(row.label, row.is_other, row.figures.sessions, row.figures.persons) for row in rows if not row.start]

    # Ann's two other messages at one time are one session: x and y, and v before them by seq.
    assert totals == [(None, False, 3, 3), ("v", False, 2, 2), (None, True, 1, None)]


def test_its_section_marks_what_is_incomplete(entry: MakeEntry) -> None:
    question = sessions(SessionsOptions(by="entry"))
    log = entries_of(entry, [call(0, seq=1), call(40 * MINUTE, "identify", None, seq=2)])
    with Dataset.of(log, plan_in("UTC")) as dataset:
        now = datetime.fromtimestamp(50 * MINUTE, UTC)
        first, second = report(dataset, plan_in("UTC"), now=now, questions=[question]).sections()

    assert first.table is not None
    assert second.table is not None
    assert [phrase.values[0] for phrase in first.table.rows[0].cells[1]] == [2, "*"]
    assert [row.cells[0][0].values[0] for row in second.table.rows] == ["(no event, page or screen)", "view"]
    assert [remark[0].values[0] for remark in first.remarks] == ["1 of them may go on"]


def test_of_nobody_there_is_nothing_but_the_definition() -> None:
    result = result_of([], SessionsOptions())

    assert result.rows == ()
    assert result.definition.startswith("Session: the messages of a person on one device")


@pytest.mark.parametrize(
    ("options", "message"), [({"top": 0}, "at least 1 row, not 0"), ({"by": "page"}, "Invalid enum value 'page'")]
)
def test_an_impossible_option_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        sessions(SessionsOptions(**options))

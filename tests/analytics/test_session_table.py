"""Timelines are in order, and their sessions are those of the pure rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from hypothesis import example, find, given, settings
from tests.analytics.questions.sessions.logs import MINUTE, call, entries_of, logs
from tests.analytics.questions.sessions.reference import Call

from footfall.analytics import Dataset
from footfall.analytics.session_table import session_table, step_names, timelines
from footfall.analytics.shards import Shard
from footfall.identity.sessions import TimelineEntry
from footfall.identity.sessions import sessions as by_rule
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
SECOND = 1_000_000
TIED = [
    Call("a", "x", "track", "view", 0, "m2", 0), Call("a", "x", "reset", None, 0, "m1", 1),
    Call("a", "x", "track", "buy", 0, "m0", 2), Call("a", "x", "reset", None, 0, "m3", 3),
    Call("a", "x", "track", "buy", 0, "m4", 4),
]  # fmt: skip


def rows_of(table: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def has_tied_reset(log: list[Call]) -> bool:
    """Whether a reset and another message are of one time, and ids say otherwise than arrival."""
    return any(
        one.type == "reset" and one[:2] == other[:2] and one.at == other.at and one.seq < other.seq
        and one.mark > other.mark
        for one in log for other in log
    )  # fmt: skip


def test_a_reset_at_the_time_of_another_message_is_drawn() -> None:
    assert find(logs(), has_tied_reset)


@settings(max_examples=25)
@example(TIED)
@given(logs())
def test_sessions_are_those_of_the_rule(entry: MakeEntry, log: list[Call]) -> None:
    of_devices: dict[tuple[str, str | None], list[TimelineEntry]] = defaultdict(list)
    for each in log:
        line = TimelineEntry(each.at * SECOND, "shop", each.mark, None, each.type == "reset")
        of_devices[each.person, each.device].append(line)
    expected = Counter(
        (run[0].occurred_at, run[-1].occurred_at, len(run), run[-1].is_reset)
        for timeline in of_devices.values()
        for run in by_rule(sorted(timeline))
    )

    with Dataset.of(entries_of(entry, log)) as dataset:
        rows = rows_of(session_table(timelines(dataset)))
        shards = [len(session_table(timelines(dataset, Shard(number, 3)))) for number in range(3)]

    assert Counter((row["began"], row["ended"], row["messages"], row["is_closed"]) for row in rows) == expected
    assert sum(shards) == len(rows)


@settings(max_examples=10)
@given(logs())
def test_messages_of_a_person_are_in_order_of_time_and_seq(entry: MakeEntry, log: list[Call]) -> None:
    with Dataset.of(entries_of(entry, log)) as dataset:
        rows = rows_of(timelines(dataset, unit="person", steps=True))

    keys = [(row["unit"], row["time"], row["seq"]) for row in rows]
    assert keys == sorted(keys)
    assert len({unit for unit, *_ in keys}) == len({each.person for each in log})


def test_the_numbers_of_messages_are_read_where_somebody_asks_for_them(entry: MakeEntry) -> None:
    with Dataset.of(entries_of(entry, [call(0, seq=7), call(MINUTE, seq=3)])) as dataset:
        columns = timelines(dataset).column_names
        numbers = [row["seq"] for row in rows_of(timelines(dataset, with_seq=True))]

    assert "seq" not in columns
    assert numbers == [7, 3]


def test_steps_have_names_and_a_call_that_says_who_somebody_is_has_none(entry: MakeEntry) -> None:
    log = [call(0, "page", "/", seq=1), call(1, "identify", None, seq=2), call(2, seq=3)]
    with Dataset.of(entries_of(entry, log)) as dataset:
        steps = [row["step"] for row in rows_of(timelines(dataset, steps=True))]
        (session,) = rows_of(session_table(timelines(dataset, steps=True)))
        names: dict[int, str] = dict(dataset.rows(f"SELECT step, name FROM {step_names(dataset)}"))

    assert [names.get(step) for step in steps] == ["page:/", None, "view"]
    assert (names[session["entry"]], names[session["exit"]]) == ("page:/", "view")


def test_the_device_of_a_session_is_the_anonymous_id_else_the_device_id(entry: MakeEntry) -> None:
    log = [
        entry(1, "view", 0, user="ann", anonymous="a", device="d"), entry(2, "view", 0, user="ann", device="d"),
        entry(3, "view", 0, user="ann", anonymous="null"), entry(4, "view", MINUTE, user="ann"),
    ]  # fmt: skip
    with Dataset.of(log) as dataset:
        rows = rows_of(session_table(timelines(dataset)))
        ids = dataset.persons.dictionary.ids.to_pylist()

    devices = [(None if row["device"] is None else ids[row["device"]], row["messages"]) for row in rows]
    assert sorted(devices, key=str) == [("a", 1), ("d", 1), (None, 2)]

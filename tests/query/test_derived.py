"""Persons, devices and sessions, by brute force in Python over the same messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.query.asked import MINUTE, database, message, rows

from footfall.identity.attribution import Attribution, Observation, attribute, namespace
from footfall.identity.ids import comparable
from footfall.identity.junk import is_junk
from footfall.identity.sessions import TimelineEntry, sessions
from footfall.storage.journal import Entry
from footfall.timestamps import epoch_us

IDS = st.sampled_from([None, "a", "b", "null"])
KINDS = {
    "explicit": "user",
    "sole_owner": "user",
    "same_session": "user",
    "anonymous": "anonymous",
    "contested": "session",
}


def of(values: tuple[str | None, str | None, str | None, int, str], seq: int) -> Entry:
    user, anonymous, device, minutes, type_ = values
    return message(seq, at=minutes * MINUTE, user_id=user, anonymous_id=anonymous, device_id=device, type=type_)


LOGS = st.lists(
    st.tuples(IDS, IDS, IDS, st.sampled_from([0, 10, 30, 61, 90, 121]), st.sampled_from(["track", "reset", "page"])),
    max_size=12,
).map(lambda lines: [of(line, seq) for seq, line in enumerate(lines, 1)])
# Two users of one browser, a reset, a gap of just half an hour and one of more, a device, ids that say nothing.
HARD = [
    of(line, seq)
    for seq, line in enumerate(
        [
            ("a", "b", None, 0, "track"), (None, "b", None, 30, "track"), (None, "b", None, 61, "reset"),
            ("b", "b", None, 61, "track"), (None, "b", None, 90, "track"), (None, None, "b", 0, "track"),
            (None, None, None, 0, "track"), ("null", "null", None, 10, "page"), (None, "a", None, 10, "track"),
        ],
        1,
    )
]  # fmt: skip


def attributions(log: Iterable[Entry]) -> list[tuple[Entry, Attribution]]:
    """Each message with what the pure rules say of it."""
    observed = {
        (entry.row.source, entry.row.message_id): Observation(
            entry.row.source, entry.row.message_id, entry.row.type, entry.row.occurred_at, entry.row.user_id,
            entry.row.anonymous_id, entry.row.device_id, entry.row.previous_id,
        )
        for entry in log
    }  # fmt: skip
    answers = attribute(observed.values(), namespace(""))
    return [(entry, answers[entry.row.source, entry.row.message_id]) for entry in log]


def usable(id_: str | None) -> str | None:
    text = None if id_ is None else comparable(id_)
    return None if text is None or is_junk(text) else text


def in_us(lines: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows with their times as microseconds, sorted."""
    texts = [tuple(epoch_us(cell) if hasattr(cell, "tzinfo") else cell for cell in line) for line in lines]
    return sorted(texts, key=repr)


def test_persons_devices_and_sessions_of_hard_cases_are_those_of_a_count_by_hand() -> None:
    check_persons_devices_and_sessions(HARD)


@pytest.mark.slow
@given(LOGS)
def test_persons_devices_and_sessions_are_those_of_a_count_by_hand(log: list[Entry]) -> None:
    check_persons_devices_and_sessions(log)


def check_persons_devices_and_sessions(log: list[Entry]) -> None:
    pairs = attributions(log)
    persons: dict[str, list[tuple[Entry, Attribution]]] = defaultdict(list)
    devices: dict[tuple[str, str], list[tuple[Entry, Attribution]]] = defaultdict(list)
    timelines: dict[tuple[str, str | None], list[TimelineEntry]] = defaultdict(list)
    for entry, answer in pairs:
        row = entry.row
        browser, product = usable(row.anonymous_id), usable(row.device_id)
        for kind, device in (("installation", browser), ("product", product)):
            if device is not None:
                devices[device, kind].append((entry, answer))
        if answer.counted:
            persons[answer.person_id].append((entry, answer))
            line = TimelineEntry(row.occurred_at, row.source, row.message_id, None, row.type == "reset")
            timelines[answer.person_id, browser if browser is not None else product].append(line)
    with database(log) as opened:
        of_persons, of_devices, of_sessions = (
            in_us(opened.sql(f"from {view}")) for view in ("persons", "devices", "sessions")
        )

    def times(lines: list[tuple[Entry, Attribution]]) -> tuple[int, int, int]:
        moments = [entry.row.occurred_at for entry, _ in lines]
        return min(moments), max(moments), len(lines)

    assert of_persons == in_us(
        (person, KINDS[lines[0][1].reason], lines[0][1].user_id, *times(lines)) for person, lines in persons.items()
    )
    assert of_devices == in_us(
        (device, kind, len({answer.person_id for _, answer in lines if answer.counted}), *times(lines))
        for (device, kind), lines in devices.items()
    )
    assert of_sessions == in_us(
        (person, device, run[0].occurred_at, run[-1].occurred_at, len(run))
        for (person, device), timeline in timelines.items()
        for run in sessions(sorted(timeline))
    )


def test_each_message_has_its_person_and_its_reason() -> None:
    expected = [
        (entry.seq, answer.person_id if answer.reason != "blocked" else None, answer.reason)
        for entry, answer in attributions(HARD)
    ]

    assert rows(HARD, "select seq, person_id, reason from messages order by seq") == expected

"""Times of messages that waited while the wall clock was set: repaired by the boot's clock, marked, or left alone."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, find, given
from hypothesis import strategies as st

from footfall import AsyncClient, Client, ClientOptions
from footfall.client.clock_repair import MARK, with_repaired_times
from footfall.delivery import RetryPolicy
from footfall.errors import UnreachableError
from footfall.events import Batch
from footfall.testing import ManualClock, Recorder
from footfall.timestamps import EPOCH

BOOT = datetime(1970, 1, 1, 0, 0, 40, tzinfo=UTC)  # a gateway's clock before it heard of the time
GIVEN = "2019-05-17T08:00:00+02:00"
QUIET = ClientOptions(linger=10**9, max_batch=10**6, max_batch_bytes=10**9)


def us_of(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def sent(batch: Batch) -> list[tuple[str, str | None]]:
    """The time and the mark of each message of a batch."""
    messages = [json.loads(message) for message in batch.messages]
    return [(message["timestamp"], message["context"]["client"].get("clock")) for message in messages]


def test_a_message_of_1970_is_sent_with_the_time_at_which_it_was_made() -> None:
    clock, recorder = ManualClock(BOOT), Recorder()
    client = Client(recorder, clock=clock, options=QUIET)
    client.track("booted", user_id="gateway")
    clock.advance(30.25)
    clock.set_wall((datetime(2026, 3, 1, 10, tzinfo=UTC) - BOOT).total_seconds() - 30.25)
    client.track("online", user_id="gateway")
    client.close()

    assert recorder.batches[0].sent_at == "2026-03-01T10:00:00.000000Z"
    assert sent(recorder.batches[0]) == [
        ("2026-03-01T09:59:29.750000Z", "repaired"),
        ("2026-03-01T10:00:00.000000Z", None),
    ]


def test_a_time_of_the_callers_is_never_touched() -> None:
    clock, recorder = ManualClock(BOOT), Recorder()
    client = Client(recorder, clock=clock, options=QUIET)
    client.track("imported", user_id="gateway", timestamp=GIVEN)
    client.track("imported", user_id="gateway", timestamp=7.5)
    clock.set_wall(10**9)
    client.close()

    assert sent(recorder.batches[0]) == [(GIVEN, None), ("1970-01-01T00:00:07.500000Z", None)]


def test_a_clock_that_is_set_between_two_attempts_repairs_the_second() -> None:
    async def work() -> None:
        client = AsyncClient(
            recorder, clock=clock, options=ClientOptions(linger=0.0, retry=RetryPolicy(initial=1.0, maximum=1.0))
        )
        client.track("booted", user_id="gateway")
        for _ in range(20):
            await asyncio.sleep(0)
        clock.set_wall(3600.0)
        clock.advance(1.0)
        for _ in range(20):
            await asyncio.sleep(0)
        await client.aclose()

    clock, recorder = ManualClock(datetime(2026, 3, 1, 10, tzinfo=UTC)), Recorder(fail_with=[UnreachableError("gone")])
    asyncio.run(work())

    assert [sent(batch) for batch in recorder.attempts] == [
        [("2026-03-01T10:00:00.000000Z", None)],
        [("2026-03-01T11:00:00.000000Z", "repaired")],
    ]
    assert recorder.messages[0]["messageId"] == json.loads(recorder.attempts[0].messages[0])["messageId"]


Step = tuple[str, int]  # what happens, and for how many µs

steps = st.lists(
    st.one_of(
        st.tuples(st.just("advance"), st.integers(0, 10_000_000)),
        st.tuples(st.just("set"), st.integers(-40_000_000_000, 40_000_000_000)),
        # As a time server does it, little by little.
        st.tuples(st.just("set"), st.integers(-700_000, 700_000)),
        st.tuples(st.sampled_from(["track", "track at"]), st.just(0)),
    ),
    max_size=12,
)


def expected(taken: list[Step]) -> list[tuple[int, str | None] | None]:
    """What a model of the two clocks says of each message: its time in µs and its mark, None for a time that was given.

    The model begins at the same moment as ManualClock's, and sends after the last step.
    """
    passed = sum(us for what, us in taken if what == "advance")
    wall_at_end = us_of("2026-03-01T10:00:00Z") + passed + sum(us for what, us in taken if what == "set")
    messages: list[tuple[int, str | None] | None] = []
    for place, (what, _) in enumerate(taken):
        if what == "track at":
            messages.append(None)
        if what == "track":
            later = taken[place:]
            moved = sum(us for what, us in later if what == "set")
            waited = sum(us for what, us in later if what == "advance")
            is_repaired = abs(moved) > 2_000_000
            messages.append((wall_at_end - waited - (0 if is_repaired else moved), "repaired" if is_repaired else None))
    return messages


@given(steps)
@example([("track", 0), ("set", 2_000_000)])
@example([("track", 0), ("set", 2_000_001)])
@example([("track", 0), ("set", -2_000_001), ("advance", 1)])
@example([("track", 0), ("advance", 5_000_000), ("set", -5_000_000), ("track", 0)])  # two messages of one wall second
@example([("track", 0), ("set", 3_600_000_000), ("track", 0), ("set", -3_600_000_000), ("track at", 0)])
@example([("track", 0), *[("set", 700_000)] * 3])
def test_a_time_is_repaired_if_and_only_if_the_clocks_moved_apart_by_more_than_two_seconds(taken: list[Step]) -> None:
    clock, recorder = ManualClock(datetime(2026, 3, 1, 10, tzinfo=UTC)), Recorder()
    client = Client(recorder, clock=clock, options=QUIET)
    for what, us in taken:
        if what == "advance":
            clock.advance(us / 1_000_000)
        elif what == "set":
            clock.set_wall(us / 1_000_000)
        else:
            assert client.track("e", user_id="kari", timestamp=GIVEN if what == "track at" else None)
    client.close()

    got: list[tuple[str, str | None]] = sent(recorder.batches[0]) if recorder.batches else []
    assert [None if time == GIVEN else (us_of(time), mark) for time, mark in got] == expected(taken)


@pytest.mark.slow
def test_the_hard_cases_are_drawn() -> None:
    def marks(taken: list[Step]) -> list[str | None]:
        return [said[1] for said in expected(taken) if said is not None]

    find(steps, lambda taken: {"repaired", None} <= set(marks(taken)) and None in expected(taken))
    find(steps, lambda taken: [what for what, _ in taken].count("set") > 2 and "repaired" in marks(taken))
    find(steps, lambda taken: any(what == "set" and us < -2_000_000 for what, us in taken) and None in marks(taken))


def entry(message: bytes, wall_us: int | None = 0) -> Any:
    return (1, message, 0.0, wall_us)


def test_only_the_time_and_the_mark_of_a_message_change() -> None:
    # An id of the caller's that looks like what is looked for.
    client_id = {"client": {"id": "c", "seq": 7}}
    before = {"type": "track", "messageId": ',"timestamp":"x"', "timestamp": "1970-01-01T00:00:00.000000Z"}
    after = {"properties": {"timestamp": "1970-01-01T00:00:00.000000Z"}, "context": client_id}
    message = json.dumps(before | after, separators=(",", ":")).encode()

    (changed,) = with_repaired_times([entry(message)], 10_000_000, 1.0)

    client_id["client"]["clock"] = "repaired"
    assert json.loads(changed) == before | after | {"timestamp": "1970-01-01T00:00:09.000000Z"}
    assert len(changed) == len(message) + len(MARK)


def test_messages_are_the_same_objects_where_no_clock_was_set() -> None:
    message = b'{"type":"track"}'

    assert with_repaired_times([entry(message), entry(message, None)], 0, 0.0)[0] is message


def test_a_message_that_is_repaired_stays_within_the_limit_of_its_bytes() -> None:
    clock, recorder = ManualClock(BOOT), Recorder()
    client = Client(recorder, clock=clock, options=ClientOptions(max_message_bytes=600, linger=10**9))
    length = next(n for n in range(600) if not client.track("e", {"t": "x" * n}, user_id="kari"))
    assert 100 < length < 600
    clock.set_wall(10**9)
    client.close()

    assert max(len(message) for message in recorder.batches[0].messages) <= 600

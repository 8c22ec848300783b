"""Messages are counted, and profiled by event and by kind of traits."""

from __future__ import annotations

from typing import Any

import msgspec

from footfall.planning.profiling import DataProfile, read_line
from footfall.planning.profiling.messages import ObservedMessage
from footfall.planning.profiling.profile import QUARTER_US, MessageTally

DAY_1 = 1_793_491_200_000_000  # 2026-11-01T00:00:00Z


def message(day: int | None, source: str = "", **body: Any) -> ObservedMessage:
    at = {} if day is None else {"occurred_at": f"2026-11-{day:02}T00:00:00Z"}
    (read,) = read_line(msgspec.json.encode({"source": source, "message": body, **at}))
    return read


def test_a_tally_has_the_first_and_last_time_whatever_the_order() -> None:
    tally = MessageTally()
    for day in (3, 1, None, 2):
        tally.add(message(day, "web", type="track", event="sold"))

    assert (tally.count, tally.first, tally.last) == (4, DAY_1, DAY_1 + 2 * 96 * QUARTER_US)
    assert tally.quarters == {DAY_1 // QUARTER_US + day * 96: 1 for day in range(3)}
    assert tally.sources == {"web": 4}


def test_a_tally_of_messages_without_a_time_or_a_source_has_neither() -> None:
    tally = MessageTally()
    tally.add(message(None, type="track", event="sold"))

    assert (tally.count, tally.first, tally.last, tally.sources) == (1, None, None, {})


def test_events_and_traits_are_profiled_apart_and_other_messages_are_counted() -> None:
    profile = DataProfile(
        [
            message(1, type="track", event="sold", properties={"price": 1}),
            message(2, type="identify", userId="ann", traits={"plan": "pro"}),
            message(3, type="group", userId="ann", groupId="g", traits={"seats": 3}),
            message(4, type="page", userId="ann", name="home"),
        ]
    )

    assert profile.count == 4
    assert {name: list(event.body.fields) for name, event in profile.events.items()} == {"sold": ["price"]}
    assert {kind: list(traits.body.fields) for kind, traits in profile.traits.items()} == {
        "user": ["plan"],
        "account": ["seats"],
    }

"""What an actor did, in a test, includes pages, screens and the calls that say who somebody is."""

from __future__ import annotations

from typing import Any

from footfall.plan.model import Event, Plan
from footfall.testing.actors import events_of
from footfall.testing.journey_progress import SentEvent


def message(number: int, kind: str, **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "messageId": f"m{number}",
        "userId": "ann",
        "timestamp": f"2026-03-01T10:00:0{number}Z",
        **more,
    }


def test_calls_stand_beside_events_in_order_of_time() -> None:
    plan = Plan(id="p", events={name: Event(name=name, wire_name=name) for name in ("bought", "group")})
    messages = [
        message(3, "track", event="bought", properties={"x": 1}),
        message(1, "page", name="Price list", properties={"url": "/"}),
        message(2, "page"),
        message(4, "identify", traits={"tier": "gold"}),
        message(5, "screen", name="Home"),
        message(6, "group", groupId="g"),
        message(7, "alias", previousId="x"),
    ]

    found = events_of(plan, "user", messages, {"user_id": "ann"}, resolve=plan.events.get)

    at = found[0].at
    assert [(one.event, one.also, one.at - at, one.properties) for one in found] == [
        ("page:Price list", "page", 0, {"url": "/"}),
        ("page", "page", 1_000_000, {}),
        ("bought", "", 2_000_000, {"x": 1}),
        ("identify", "identify", 3_000_000, {"tier": "gold"}),
        ("screen:Home", "screen", 4_000_000, {}),
    ]
    assert isinstance(found[0], SentEvent)

"""The channel of contact is that of the event, else of the source."""

from __future__ import annotations

import pytest

from footfall.plan.channels import ChannelRule, channel_rule
from footfall.plan.model import Event, Plan, Source

PLAN = Plan(
    id="p",
    sources={"till": Source(name="till", channel="store"), "api": Source(name="api")},
    events={
        "chatted": Event(name="chatted", wire_name="Chatted", channel="chat"),
        "sold": Event(name="sold", wire_name="sold"),
    },
)


@pytest.mark.parametrize(
    ("event", "source", "channel"),
    [
        ("chatted", "till", "chat"),
        ("chatted", "api", "chat"),
        ("sold", "till", "store"),
        (None, "till", "store"),
        ("sold", "api", None),
        ("unknown", "unknown", None),
    ],
)
def test_the_channel_of_the_event_goes_before_that_of_the_source(
    event: str | None, source: str, channel: str | None
) -> None:
    assert channel_rule(PLAN).channel(event, source) == channel


def test_without_a_plan_there_is_none() -> None:
    assert channel_rule(None) == ChannelRule({}, {})

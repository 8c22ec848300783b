"""The channel of contact of a message: where the person met the team; pure.

The channel of the event counts, else that of the source that sent it. How a visitor came to a page is no channel but
an origin, see `footfall.web_words.ORIGINS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, get_args

from footfall.plan.model import Channel, Plan

__all__ = ["CHANNELS", "NO_CHANNEL", "ChannelRule", "channel_rule"]

CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
NO_CHANNEL: Final = "(none)"
"""What a message is of that has no channel, in words."""


class ChannelRule(NamedTuple):
    """The channels of a plan: of its events, and of its sources, each by name; those without are left out."""

    of_events: Mapping[str, Channel]
    of_sources: Mapping[str, Channel]

    def channel(self, event: str | None, source: str) -> Channel | None:
        """The channel of a message of an event (its name in the plan; None for another call) from a source."""
        return self.of_events.get(event or "") or self.of_sources.get(source)


def channel_rule(plan: Plan | None) -> ChannelRule:
    """The channels of a plan; without a plan there is none."""
    if plan is None:
        return ChannelRule({}, {})
    events, sources = plan.events.values(), plan.sources.values()
    return ChannelRule(
        {event.name: event.channel for event in events if event.channel is not None},
        {source.name: source.channel for source in sources if source.channel is not None},
    )

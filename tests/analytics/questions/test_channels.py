"""Channels are counted as a plain loop counts them, whatever the log and the shards."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.questions.sessions.logs import DAY, ZONES, entries_of, logs
from tests.analytics.questions.sessions.reference import Call, sessions_of

from footfall.analytics import Dataset
from footfall.analytics.questions.channels import ChannelsOptions, ChannelsResult, channels
from footfall.analytics.window import Span
from footfall.plan.channels import channel_rule
from footfall.plan.model import Event, Plan, Source
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
SECOND = 1_000_000
SOURCES = ["site", "till", "other"]
PLAN = Plan(
    id="test",
    sources={
        "site": Source(name="site", channel="web"), "till": Source(name="till", channel="store"),
        "other": Source(name="other"),
    },
    events={"buy": Event(name="buy", wire_name="buy", channel="shop"), "view": Event(name="view", wire_name="view")},
)  # fmt: skip


class Sent(NamedTuple):
    """A call, and the source that it came from."""

    call: Call
    source: str


def result_of(entries: Sequence[Entry], zone: str, since: int | None, until: int, shards: int) -> ChannelsResult:
    plan = msgspec.structs.replace(PLAN, timezone=zone)
    span = Span(None if since is None else since * SECOND, until * SECOND)
    with Dataset.of(entries, plan) as dataset:
        return context_of(dataset, plan, span, until * SECOND, shards).answer(channels(ChannelsOptions()))


def channel_of(sent: Sent) -> str | None:
    return channel_rule(PLAN).channel(sent.call.name if sent.call.type == "track" else None, sent.source)


def check(entry: MakeEntry, log: list[Call], zone: str, data: st.DataObject) -> None:
    sent = [Sent(each, data.draw(st.sampled_from(SOURCES))) for each in log]
    entries = [
        stored._replace(row=stored.row._replace(source=each.source))
        for stored, each in zip(entries_of(entry, log), sent, strict=True)
    ]
    times = [each.at for each in log]
    until = data.draw(st.sampled_from([max(times) + 1, max(times) + DAY, *times]))
    since = data.draw(st.sampled_from([None, *[time for time in times if time < until]]))

    result = result_of(entries, zone, since, until, data.draw(st.sampled_from([1, 3])))

    inside = [each for each in sent if (since is None or each.call.at >= since) and each.call.at < until]
    of_call = {each.call.seq: each for each in sent}
    sessions = Counter[str | None]()
    number = 0
    # Of equal times, which is before a reset goes by source and message_id.
    for session in sessions_of([each.call._replace(mark=f"{each.source} {each.call.mark}") for each in sent]):
        used = {channel_of(of_call[call.seq]) for call in session if of_call[call.seq] in inside}
        sessions.update(used)
        number += bool(used)
    persons: dict[str, set[str | None]] = defaultdict(set)
    for each in inside:
        persons[each.call.person].add(channel_of(each))
    event(f"{len(persons)} persons, {max((len(used) for used in persons.values()), default=0)} channels")
    messages = Counter(map(channel_of, inside))
    assert {each.channel: (each.messages, each.persons, each.sessions) for each in result.channels} == {
        channel: (count, sum(channel in used for used in persons.values()), sessions[channel])
        for channel, count in messages.items()
    }
    assert (result.messages, result.persons, result.sessions) == (len(inside), len(persons), number)
    assert result.several == sum(len(used) > 1 for used in persons.values())
    assert {frozenset(each.channels): each.persons for each in result.combinations} == Counter(
        map(frozenset, persons.values())
    )


@settings(max_examples=12)
@given(log=logs(), zone=st.sampled_from(ZONES), data=st.data())
def test_any_channels_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Call], zone: str, data: st.DataObject
) -> None:
    check(entry, log, zone, data)


@settings(max_examples=150)
@given(log=logs(), zone=st.sampled_from(ZONES), data=st.data())
@pytest.mark.slow
def test_many_channels_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Call], zone: str, data: st.DataObject
) -> None:
    check(entry, log, zone, data)


def test_of_nothing_there_are_no_channels() -> None:
    result = result_of([], "UTC", None, DAY, 1)

    assert (result.channels, result.combinations, result.persons) == ((), (), 0)

"""Channels: by which channels of contact people meet the team, and how many use several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from footfall.analytics.definitions import PERSONS, window_text
from footfall.analytics.figures import quotient
from footfall.analytics.question import (
    TIMELINE_MESSAGES,
    FlatTable,
    Question,
    ReportContext,
    ShardContext,
    with_options,
)
from footfall.analytics.sections import Amount, FigureDefinition, Section, Table, TableRow, plain, quiet, strong
from footfall.analytics.window import Window
from footfall.plan.channels import CHANNELS, NO_CHANNEL

__all__ = ["ChannelCombination", "ChannelFigures", "ChannelsOptions", "ChannelsResult", "channels"]


class ChannelsOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How many combinations of channels are shown, the most frequent ones; all others are one row."""

    top: int = 10


class ChannelFigures(msgspec.Struct, frozen=True):
    """One channel, None for messages without one. A person and a session count in each channel that they use."""

    channel: str | None
    messages: int
    persons: int
    sessions: int


class ChannelCombination(msgspec.Struct, frozen=True):
    """How many persons used exactly these channels in the window; there is no None where somebody used another."""

    channels: tuple[str | None, ...]
    persons: int


class ChannelsResult(msgspec.Struct, frozen=True):
    """Channels in the order of the plan's format. `persons` are all with a message in the window, `several` those of
    them who used two channels or more, `sessions` all that have a message in it."""

    channels: tuple[ChannelFigures, ...]
    messages: int
    persons: int
    sessions: int
    several: int
    combinations: tuple[ChannelCombination, ...]
    window: Window
    definition: str


class ChannelsPartial(msgspec.Struct, frozen=True):
    """The messages of one shard by the number of their channel (0 is none, then those of CHANNELS), and its persons and
    sessions by the set of channels that they used: the bits of these numbers."""

    messages: dict[int, int]
    persons: dict[int, int]
    sessions: dict[int, int]


def channels(options: ChannelsOptions) -> Question[ChannelsPartial, ChannelsResult]:
    """The question with these options."""
    return with_options(
        "channels", options, ChannelsPartial, _tally, _merge, lambda result: _sections(result, options.top), _table,
        TIMELINE_MESSAGES,
    )  # fmt: skip


def _tally(context: ShardContext, options: ChannelsOptions) -> ChannelsPartial:  # noqa: ARG001 - the shape of a tally
    from footfall.analytics.session_table import timelines  # loaded with pyarrow

    dataset, span = context.dataset, context.report.span
    messages = dataset.rows(
        f"SELECT channel, count(*) FROM {context.messages('channel', 'occurred_at')} "
        f"WHERE {context.where(span)} GROUP BY ALL"
    )
    name = dataset.new_name("channels")
    dataset.connection.register(f"{name}_rows", timelines(dataset, context.shard, by_channel=True))
    dataset.connection.execute(
        f"CREATE TABLE {name} AS SELECT any_value(person) AS person, bit_or(1 << channel::INTEGER) AS used "
        f"FROM {name}_rows WHERE {span.sql('time')} GROUP BY unit"
    )
    persons = dataset.rows(
        f"SELECT used, count(*) FROM (SELECT bit_or(used) AS used FROM {name} GROUP BY person) GROUP BY ALL"
    )
    sessions = dataset.rows(f"SELECT used, count(*) FROM {name} GROUP BY ALL")
    dataset.connection.execute(f"DROP TABLE {name}")
    dataset.connection.unregister(f"{name}_rows")
    return ChannelsPartial(dict(messages), dict(persons), dict(sessions))


def _merge(context: ReportContext, options: ChannelsOptions, partials: Sequence[ChannelsPartial]) -> ChannelsResult:  # noqa: ARG001 - as above
    messages, persons, sessions = (
        sum((Counter(getattr(partial, name)) for partial in partials), Counter[int]())
        for name in ChannelsPartial.__struct_fields__
    )
    window = context.window(context.span)
    combinations = [ChannelCombination(tuple(map(_channel, _numbers(used))), persons[used]) for used in persons]
    return ChannelsResult(
        channels=tuple(
            ChannelFigures(_channel(number), messages[number], _with(persons, number), _with(sessions, number))
            for number in _ORDER
            if messages[number]
        ),
        messages=messages.total(),
        persons=persons.total(),
        sessions=sessions.total(),
        several=sum(each.persons for each in combinations if len(each.channels) > 1),
        combinations=tuple(sorted(combinations, key=lambda each: (-each.persons, list(map(str, each.channels))))),
        window=window,
        definition=_definition(window),
    )


_ORDER = (*range(1, len(CHANNELS) + 1), 0)


def _numbers(used: int) -> list[int]:
    """The numbers of a set of channels, in their order."""
    return [number for number in _ORDER if used >> number & 1]


def _with(counts: Counter[int], number: int) -> int:
    """How many used a channel."""
    return sum(count for used, count in counts.items() if used >> number & 1)


def _channel(number: int) -> str | None:
    return CHANNELS[number - 1] if number else None


def _definition(window: Window) -> str:
    return (
        "The channel of contact of a message: that of its event in the plan, else that of the source that sent it; "
        f"{NO_CHANNEL} without either. Messages: all of the channel, also those of devices and of nobody. Persons and "
        "sessions: with a message of the channel in the window, so that one of several channels is in several rows. A "
        "session is of one person on one device without a gap of over 30 minutes and without a reset; one that goes on "
        f"past an end of the window counts too. Window by corrected time: {window_text(window)}. {PERSONS}"
    )


def _sections(result: ChannelsResult, top: int) -> Iterator[Section]:
    rows = [
        TableRow([
            [strong(each.channel or NO_CHANNEL)], [plain(each.messages)], [plain(each.persons)],
            [_share(each.persons, result.persons)], [plain(each.sessions)],
        ])
        for each in result.channels
    ]  # fmt: skip
    every = [[strong("all")], [plain(result.messages)], [plain(result.persons)], [], [plain(result.sessions)]]
    yield Section(
        "Channels",
        table=Table(("channel", "messages", "persons", "share", "sessions"), [*rows, TableRow(every)])
        if rows
        else None,
        remarks=[] if rows else [[quiet("no message is in the window")]],
        definition=FigureDefinition("channels", result.definition),
    )
    if not result.combinations:
        return
    shown = [
        TableRow([[strong(_names(each))], [plain(each.persons)], [_share(each.persons, result.persons)]])
        for each in result.combinations[:top]
    ]
    if rest := sum(each.persons for each in result.combinations[top:]):
        shown.append(TableRow([[quiet("all others")], [plain(rest)], [_share(rest, result.persons)]]))
    several = [plain(result.several), quiet(" of "), plain(result.persons), quiet(" persons use several channels")]
    yield Section("Which channels persons use", beside=several, table=Table(("channels", "persons", "share"), shown))


def _names(combination: ChannelCombination) -> str:
    return " + ".join(channel or NO_CHANNEL for channel in combination.channels)


def _share(count: int, of: int) -> Any:
    return plain(Amount(quotient(count, of).value, is_share=True))


def _table(result: ChannelsResult) -> FlatTable:
    """A row for each channel, that of messages without one with none."""
    return FlatTable(ChannelFigures.__struct_fields__, tuple(map(msgspec.structs.astuple, result.channels)))

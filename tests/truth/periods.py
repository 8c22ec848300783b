"""What a report counts by time, by loops over messages: expected volumes, what came in, and the overview."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from tests.truth.messages import SECOND, Asked, Message, subject_of, within

from footfall.events import Fault
from footfall.plan.model import Plan, VolumeExpectation
from footfall.storage import Row

__all__ = ["intake_answer", "overview_answer", "volume_answer"]

HOUR, DAY = 3_600 * SECOND, 86_400 * SECOND
_Key = Callable[[Message], str]


def _us(time: datetime) -> int:
    return round(time.timestamp()) * SECOND


def volume_answer(
    plan: Plan, messages: Sequence[Message], event: str, expected: VolumeExpectation, asked: Asked
) -> dict[str, Any]:
    """The whole hours or days of a window with the least and the most messages of an event."""
    own = subject_of(plan, messages, event).messages
    until = asked.now if asked.until is None else min(asked.now, asked.until)
    first = min((message.row.received_at for message in own), default=None)
    if first is not None and first >= until:
        first = min((message.at for message in own if within(message.at, (asked.since, until))), default=None)
    counts: list[tuple[int, int]] = []
    if first is not None:
        begin = first if asked.since is None else max(asked.since, first - 8 * DAY)
        bounds = _bounds(expected.per, begin, until, plan.timezone)
        counts = [
            (sum(start <= message.at < end for message in own), start)
            for start, end in itertools.pairwise(bounds)
            if start >= begin and end <= until and end > first
        ]
    lowest = min(counts, default=None, key=lambda count: count[0])
    highest = max(counts, default=None, key=lambda count: count[0])
    is_met = all(
        (expected.min is None or count >= expected.min) and (expected.max is None or count <= expected.max)
        for count, _ in counts
    )
    return {
        "periods": len(counts), "lowest": lowest, "highest": highest, "met": is_met if counts else None,
    }  # fmt: skip


def _bounds(per: str, begin: int, until: int, timezone: str) -> list[int]:
    """Where hours or days begin, from before `begin` to after `until`. The zone's offset is of whole hours."""
    if per == "hour":
        return list(range(begin - begin % HOUR, until + 2 * HOUR, HOUR))
    day = datetime.fromtimestamp(begin // SECOND, ZoneInfo(timezone)).replace(hour=0, minute=0, second=0, fold=0)
    assert per == "day"
    bounds = [_us(day)]
    while bounds[-1] <= until:
        day += timedelta(days=1)
        bounds.append(_us(day))
    return bounds


def intake_answer(messages: Sequence[Message], quarantined: Sequence[Row], asked: Asked) -> dict[str, Any]:
    """What came in within the window, and why it lies in quarantine."""
    span = asked.span(None)
    stored = [message for message in messages if within(message.at, span)]
    bad = [row for row in quarantined if within(row.occurred_at, span)]
    reasons: Counter[tuple[str, str, str]] = Counter()
    for row in bad:
        faults = msgspec.json.decode(row.faults or b"[]", type=list[Fault])
        paths = {(fault.path.replace("[2]", "[]"), fault.code) for fault in faults}
        reasons.update((row.event or f"({row.type})", *path) for path in paths)
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return {
        "stored": len(stored),
        "quarantined": len(bad),
        "late": sum(message.row.received_at - message.at > DAY for message in stored),
        "reasons": [(*reason, count) for reason, count in ordered[:3]],
    }


def overview_answer(messages: Sequence[Message], asked: Asked) -> dict[str, Any]:
    """What came in by the finest period of which there are not too many, by event and by source, in UTC."""
    chosen = sorted((m for m in messages if within(m.at, asked.span(None))), key=lambda message: message.at)
    starts = {per: [_start(message.at, per) for message in chosen] for per in ("hour", "day", "week", "month")}
    days = len(set(starts["day"]))
    fits = {
        "hour": days <= 3 and len(set(starts["hour"])) <= 48,
        "day": days <= 31,
        "week": len(set(starts["week"])) <= 26,
    }
    per = next((per for per, is_fit in fits.items() if is_fit), "month")
    periods: dict[datetime, list[Message]] = defaultdict(list)
    for message, start in zip(chosen, starts[per], strict=True):
        periods[start].append(message)
    return {
        "per": per,
        "periods": [
            (start, len(group), _persons(group), len({*map(_name, group)}), len({m.row.source for m in group}))
            for start, group in sorted(periods.items())
        ],
        "events": _by(chosen, _name),
        "sources": _by(chosen, lambda message: message.row.source),
    }


def _start(at: int, per: str) -> datetime:
    time = datetime.fromtimestamp(at // SECOND, UTC).replace(minute=0, second=0)
    if per == "hour":
        return time
    day = time.replace(hour=0)
    if per == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if per == "month" else day


def _name(message: Message) -> str:
    return message.event or f"({message.row.type})"


def _persons(messages: Sequence[Message]) -> int:
    return len({message.person for message in messages if message.counted})


def _by(messages: Sequence[Message], key: _Key) -> list[tuple[str, int, int, int, int]]:
    groups: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        groups[key(message)].append(message)
    rows = [
        (name, len(group), _persons(group), min(m.at for m in group), max(m.at for m in group))
        for name, group in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row[1], row[0]))

"""Compares what was seen with what is planned: findings for what differs, and the lifecycle of each event."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

import msgspec

from footfall.errors import Problem
from footfall.plan.model import Event, Plan, Property
from footfall.plan.problems import did_you_mean
from footfall.plan.reading.source_map import SourceMap
from footfall.planning.profiling.drift_monitor import Drift, DriftKey, DriftMonitor, EventTally
from footfall.planning.profiling.volume import volume
from footfall.planning.usage import UsageIndex
from footfall.printable import counted
from footfall.timestamps import format_us

__all__ = ["CODES", "Lifecycle", "compare", "lifecycles"]

CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "seen_unplanned": "An event that the plan does not name is quarantined or means nothing to any report.",
        "never_seen": "An active event that nobody sends leaves its KPIs and journeys empty without a word.",
        "seen_draft": "The collector quarantines a draft: whoever sends it already loses it until it is made active.",
        "seen_deprecated": "A deprecated event that is still sent has a sender who was not told.",
        "seen_by_alias": "An earlier name is accepted until its day; from then on whoever still uses it is lost.",
        "seen_source": "The plan says who sends an event, and the collector quarantines it from anybody else.",
        "volume_low": "Fewer than the plan expects in a full period: a sender may have stopped without a word.",
        "volume_high": "More than the plan expects in a full period: something may be sent twice, or in a loop.",
        "drift_value": "A value outside of the property's enum: a choice was added that the plan does not know.",
        "drift_null": "Null where the plan does not allow it.",
        "drift_type": "A value of another type than the plan's, so that no figure over it can be trusted.",
        "drift_missing": "A required property was not there.",
        "drift_form": "Text without the pattern or format that the plan asks for.",
        "drift_range": "A value, a length or a number of items outside of the plan's bounds.",
        "drift_rule": "A rule over several properties did not hold.",
        "drift_unknown": "A property that the plan does not know is kept, and no report can read it.",
        "property_never_seen": "A planned property that never came is either not coded yet or not needed.",
    }
)
"""Every code of a finding about what was seen, and why it is one."""

_DRIFT: Mapping[str, str] = {
    "additional": "drift_unknown", "enum": "drift_value", "format": "drift_form", "json": "drift_type",
    "null": "drift_null", "pattern": "drift_form",
    "required": "drift_missing", "rule": "drift_rule", "type": "drift_type", "unknown_property": "drift_unknown",
}  # fmt: skip
_REMEDIES: Mapping[str, str] = {
    "drift_value": "add it to the enum, or have the sender mended",
    "drift_null": "say nullable: true, or have the sender mended",
    "drift_type": "have the sender mended, or change the type",
    "drift_missing": "have the sender mended, or take required away",
    "drift_form": "have the sender mended, or loosen the constraint",
    "drift_range": "have the sender mended, or move the bound",
    "drift_rule": "have the sender mended, or change the rule",
    "drift_unknown": "add it to the plan, or have the sender leave it out",
}
_FEW: Final = 20
_SHOWN: Final = 3
_PARTS = re.compile(r"\[\]|\{\}|[^.\[{]+")

Level = Literal["error", "warning"]


class _Finding(NamedTuple):
    """A finding before it has a place.

    `evidence` is what changes from one look to the next (counts, days): it is told with the remedy, so that the message
    stays the same and a baseline knows it again.
    """

    code: str
    where: str
    message: str
    evidence: str
    remedy: str
    level: Level = "error"


class Lifecycle(msgspec.Struct, frozen=True):
    """One event from plan to use: planned (its status), coded and tested (counts, None if unknown), seen, used by.

    `first` and `last` are RFC 3339 in UTC. An event that is not planned has the status "".
    """

    event: str
    planned: str
    owner: str
    coded: int | None
    tested: int | None
    seen: int
    first: str | None
    last: str | None
    used: tuple[str, ...]


def compare(
    monitor: DriftMonitor, *, source_map: SourceMap, since: int | None = None, until: int | None = None
) -> list[Problem]:
    """Everything in which the messages differ from the plan, event by event in the order of the plan.

    `source_map` locates the plan's parts. `since` and `until` bound the window of the volumes (microseconds since
    1970-01-01 UTC), by default from an event's first receipt to the last of all.
    """
    until = monitor.receipt if until is None else until
    found: list[_Finding] = []
    for event in monitor.plan.events.values():
        seen = monitor.planned.get(event.name)
        if seen is None:
            found += _unseen(event)
            continue
        found += _status(event, seen)
        found += _names(event, seen)
        found += _sources(monitor.plan, event, seen)
        found += _drifts(event, seen)
        found += _absent(event, seen)
    for event in monitor.plan.events.values():
        found += _volume(monitor, event, since, until)
    found += _unplanned(monitor)
    return [_problem(finding, source_map) for finding in found]


def _problem(finding: _Finding, source_map: SourceMap) -> Problem:
    at = source_map.find(finding.where)
    return Problem(
        finding.code,
        finding.message,
        remedy="; ".join(part for part in (finding.evidence, finding.remedy) if part),
        where=finding.where,
        file=at.file,
        line=at.line,
        column=at.column,
        level=finding.level,
    )


def _unseen(event: Event) -> Iterator[_Finding]:
    if event.status == "active":
        remedy = "send it, make it a draft, or deprecate it"
        yield _Finding("never_seen", event.name, "was never seen", "", remedy, "warning")


def _status(event: Event, seen: EventTally) -> Iterator[_Finding]:
    if event.status == "draft":
        remedy = "make it active before it is sent"
        yield _Finding("seen_draft", event.name, "is a draft and was seen", _times(seen), remedy)
    elif event.status == "deprecated":
        remedy = "tell whoever sends it, or keep the event"
        message = "is deprecated and was still seen"
        yield _Finding("seen_deprecated", event.name, message, _times(seen), remedy, "warning")


def _names(event: Event, seen: EventTally) -> Iterator[_Finding]:
    until = {alias.name: alias.until for alias in event.aliases}
    for name, count in sorted(seen.names.items()):
        if name in until and name not in (event.name, event.wire_name):
            end = f", which ends on {until[name]}" if until[name] else ""
            message = f"was seen under its earlier name {name!r}{end}"
            remedy = f"send it as {event.wire_name!r}"
            yield _Finding("seen_by_alias", event.name, message, _share(count, seen.count), remedy, "warning")


def _sources(plan: Plan, event: Event, seen: EventTally) -> Iterator[_Finding]:
    for source, count in sorted(seen.sources.items()):
        # A key without a named source is nobody in the plan unless the plan says so.
        if event.sources and source not in event.sources and (source != "default" or source in plan.sources):
            message = f"was seen from {source!r}, the plan says {' or '.join(event.sources)}"
            remedy = "name the source in the plan, or have it stop"
            yield _Finding("seen_source", event.name, message, _share(count, seen.count), remedy)


def _drifts(event: Event, seen: EventTally) -> Iterator[_Finding]:
    for place, drift in seen.drifts.items():
        code = _DRIFT.get(place.code, "drift_range")
        level: Level = "warning" if place.mild else "error"
        message, share = _told(code, place, drift), _share(drift.count, seen.count)
        yield _Finding(code, _where(event, place.path), message, share, _REMEDIES[code], level)


def _where(event: Event, path: str) -> str:
    """A path of keys on the wire as the plan's own names, as far as the plan knows them."""
    named, properties = [event.name], event.properties
    for key in _PARTS.findall(path):
        known = _member(properties, key)
        named.append(known.name if known and known.name else key)
        properties = known.properties if known else ()
        if known is not None and (inside := known.items or known.values) is not None:
            sign = "[]" if known.items else "{}"
            properties = (msgspec.structs.replace(inside, name=sign, wire_name=sign),)
    return ".".join(named).replace(".[]", "[]")


def _member(properties: tuple[Property, ...], key: str) -> Property | None:
    return next((prop for prop in properties if key == (prop.wire_name or prop.name)), None)


def _told(code: str, place: DriftKey, drift: Drift) -> str:
    example = drift.example
    if code == "drift_unknown":
        return "is not in the plan" if place.path else "has a property whose key is empty, which no plan can name"
    if code == "drift_missing":
        return "is required and was not there"
    if code == "drift_rule":
        return f"did not hold ({example.expected})"
    values = sorted(drift.values)[:_SHOWN]
    more = ", …" if len(drift.values) > _SHOWN else ""
    return f"should be {example.expected} and was {' or '.join(values)}{more} ({place.code})"


def _absent(event: Event, seen: EventTally) -> Iterator[_Finding]:
    for prop in event.properties:
        if prop.required or prop.transform == "drop" or seen.keys[prop.wire_name or prop.name]:
            continue  # a required one that is missing is told as such
        if seen.count >= _FEW:
            where, evidence = f"{event.name}.{prop.name}", f"in {counted(seen.count, 'message')}"
            yield _Finding("property_never_seen", where, "never came", evidence, "code it, or take it out", "warning")


def _volume(monitor: DriftMonitor, event: Event, since: int | None, until: int | None) -> Iterator[_Finding]:
    expected = event.volume
    seen = monitor.planned.get(event.name)
    first = None if seen is None else seen.receipt
    if expected is None or seen is None or first is None or until is None or event.status != "active":
        return
    since = first if since is None else max(since, first)
    tally = volume(seen.quarters, expected, since=since, until=until, timezone=monitor.plan.timezone)
    if tally is None:
        return
    of = f"of {counted(tally.periods, f'full {expected.per}')}"
    if tally.low:
        message = f"comes less often than the plan expects, at least {expected.min:,} per {expected.per}"
        evidence = f"{tally.low:,} {of} had fewer, the least {tally.least:,}"
        remedy = "find out who stopped sending, or lower the expectation"
        yield _Finding("volume_low", event.name, message, evidence, remedy, "warning")
    if tally.high:
        message = f"comes more often than the plan expects, at most {expected.max:,} per {expected.per}"
        evidence = f"{tally.high:,} {of} had more, the most {tally.most:,}"
        remedy = "look for what is sent twice, or raise the expectation"
        yield _Finding("volume_high", event.name, message, evidence, remedy, "warning")


def _unplanned(monitor: DriftMonitor) -> Iterator[_Finding]:
    names = {name for event in monitor.plan.events.values() for name in (event.name, event.wire_name)}
    for name, seen in sorted(monitor.unplanned.items()):
        source = f" from {', '.join(sorted(seen.sources))}" if seen.sources else ""
        near = did_you_mean(name, names)
        remedy = near if near.startswith("did you mean") else "add it to the plan, or stop sending it"
        yield _Finding("seen_unplanned", name, "is not in the plan", _times(seen) + source, remedy)


def _times(seen: EventTally) -> str:
    """How often an event came, and when: `4 times, 2026-11-01 to 2026-11-09`."""
    times = "once" if seen.count == 1 else f"{seen.count:,} times"
    if seen.first is None or seen.last is None:
        return times
    first, last = format_us(seen.first)[:10], format_us(seen.last)[:10]
    return f"{times} on {first}" if first == last else f"{times}, {first} to {last}"


def _share(count: int, of: int) -> str:
    return f"in {count:,} of {counted(of, 'message')}"


def lifecycles(
    monitor: DriftMonitor, *, coded: Mapping[str, int] | None = None, tested: Mapping[str, int] | None = None
) -> list[Lifecycle]:
    """A lifecycle for each event, planned ones first. `coded` and `tested` count by the plan's names; None: unknown."""
    users = UsageIndex(monitor.plan)
    made = []
    for event in monitor.plan.events.values():
        seen = monitor.planned.get(event.name, EventTally())
        made.append(_lifecycle(event.name, seen, event, coded, tested, _users(users, event)))
    made += [_lifecycle(name, seen, None, None, None, ()) for name, seen in sorted(monitor.unplanned.items())]
    return made


def _users(index: UsageIndex, event: Event) -> tuple[str, ...]:
    asked = (f"{use.kind}:{use.name}" for use in index.of_event(event.name) if use.kind in {"kpi", "journey"})
    return tuple(dict.fromkeys(asked))


def _lifecycle(
    name: str,
    seen: EventTally,
    event: Event | None,
    coded: Mapping[str, int] | None,
    tested: Mapping[str, int] | None,
    used: tuple[str, ...],
) -> Lifecycle:
    return Lifecycle(
        event=name,
        planned=event.status if event else "",
        owner=event.owner if event else "",
        coded=None if coded is None else coded.get(name, 0),
        tested=None if tested is None else tested.get(name, 0),
        seen=seen.count,
        first=None if seen.first is None else format_us(seen.first),
        last=None if seen.last is None else format_us(seen.last),
        used=used,
    )

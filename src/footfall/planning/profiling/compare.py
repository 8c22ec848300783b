"""Compares what was seen with what is planned: findings for what differs, and the lifecycle of each event."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

import msgspec

from footfall.errors import Problem
from footfall.plan.model import Event, Plan, Property
from footfall.plan.problems import did_you_mean
from footfall.plan.reading.source_map import SourceMap
from footfall.planning.profiling.drift_monitor import Drift, DriftKey, DriftMonitor, EventTally
from footfall.planning.profiling.volume import volume
from footfall.planning.usage import UsageIndex
from footfall.printable import counted
from footfall.timestamps import format_day, format_us

__all__ = ["CODES", "Lifecycle", "compare", "lifecycles"]

CODES: Final[Mapping[str, str]] = {
    "seen_unplanned": "An event that the plan does not name is quarantined or means nothing to any report.",
    "never_seen": "An active event that nobody sends leaves its KPIs and journeys empty without a word.",
    "seen_draft": "The collector quarantines a draft: whoever sends it already loses it until it is made active.",
    "seen_deprecated": "A deprecated event that is still sent has a sender who does not know it.",
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

    `evidence` is what changes from one look to the next (counts, days): it is printed with the remedy, so that the
    message stays the same and matches a baseline.
    """

    code: str
    where: str
    message: str
    evidence: str
    remedy: str
    level: Level = "error"


class Lifecycle(msgspec.Struct, frozen=True, kw_only=True):
    """One event from plan to use: planned (its status), coded and tested (counts, None if unknown), seen, used by.

    `first` and `last` are RFC 3339 in UTC. An event that is not planned has the status "".
    """

    event: str
    planned: str = ""
    owner: str = ""
    coded: int | None = None
    tested: int | None = None
    messages: int = msgspec.field(name="seen")
    first: str | None
    last: str | None
    used: tuple[str, ...] = ()


def compare(
    monitor: DriftMonitor, *, source_map: SourceMap, since: int | None = None, until: int | None = None
) -> list[Problem]:
    """Everything in which the messages differ from the plan, event by event in the order of the plan.

    `source_map` locates the plan's parts. `since` and `until` bound the window of the volumes (microseconds since
    1970-01-01 UTC), by default from an event's first receipt to the last of all.
    """
    until = monitor.receipt if until is None else until
    findings: list[_Finding] = []
    for event in monitor.plan.events.values():
        tally = monitor.planned.get(event.name)
        if tally is None:
            findings += _unseen(event)
            continue
        findings += _status(event, tally)
        findings += _names(event, tally)
        findings += _sources(monitor.plan, event, tally)
        findings += _drifts(event, tally)
        findings += _absent(event, tally)
    for event in monitor.plan.events.values():
        findings += _volume(monitor, event, since, until)
    findings += _unplanned(monitor)
    return [_problem(finding, source_map) for finding in findings]


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


def _status(event: Event, tally: EventTally) -> Iterator[_Finding]:
    if event.status == "draft":
        remedy = "make it active before it is sent"
        yield _Finding("seen_draft", event.name, "is a draft and was seen", _times(tally), remedy)
    elif event.status == "deprecated":
        remedy = "tell whoever sends it, or keep the event"
        message = "is deprecated and was still seen"
        yield _Finding("seen_deprecated", event.name, message, _times(tally), remedy, "warning")


def _names(event: Event, tally: EventTally) -> Iterator[_Finding]:
    until = {alias.name: alias.until for alias in event.aliases}
    for name, count in sorted(tally.names.items()):
        if name in until and name not in (event.name, event.wire_name):
            end = f", which ends on {until[name]}" if until[name] else ""
            message = f"was seen under its earlier name {name!r}{end}"
            remedy = f"send it as {event.wire_name!r}"
            yield _Finding("seen_by_alias", event.name, message, _share(count, tally.count), remedy, "warning")


def _sources(plan: Plan, event: Event, tally: EventTally) -> Iterator[_Finding]:
    for source, count in sorted(tally.sources.items()):
        # A key without a named source is nobody in the plan unless the plan says so.
        if event.sources and source not in event.sources and (source != "default" or source in plan.sources):
            message = f"was seen from {source!r}, the plan says {' or '.join(event.sources)}"
            remedy = "name the source in the plan, or have it stop"
            yield _Finding("seen_source", event.name, message, _share(count, tally.count), remedy)


def _drifts(event: Event, tally: EventTally) -> Iterator[_Finding]:
    for key, drift in tally.drifts.items():
        code = _DRIFT.get(key.code, "drift_range")
        level: Level = "warning" if key.mild else "error"
        message, share = _drift_message(code, key, drift), _share(drift.count, tally.count)
        yield _Finding(code, _where(event, key.path), message, share, _REMEDIES[code], level)


def _where(event: Event, path: str) -> str:
    """A path of keys on the wire as the plan's own names, as far as the plan knows them."""
    named, properties = [event.name], event.properties
    for key in _PARTS.findall(path):
        prop = _member(properties, key)
        named.append(prop.name if prop and prop.name else key)
        properties = prop.properties if prop else ()
        if prop is not None and (inside := prop.items or prop.values) is not None:
            sign = "[]" if prop.items else "{}"
            properties = (msgspec.structs.replace(inside, name=sign, wire_name=sign),)
    return ".".join(named).replace(".[]", "[]")


def _member(properties: tuple[Property, ...], key: str) -> Property | None:
    return next((prop for prop in properties if key == (prop.wire_name or prop.name)), None)


def _drift_message(code: str, key: DriftKey, drift: Drift) -> str:
    example = drift.example
    if code == "drift_unknown":
        return "is not in the plan" if key.path else "has a property whose key is empty, which no plan can name"
    if code == "drift_missing":
        return "is required and was not there"
    if code == "drift_rule":
        return f"did not hold ({example.expected})"
    values = sorted(drift.values)[:_SHOWN]
    more = ", …" if len(drift.values) > _SHOWN else ""
    return f"should be {example.expected} and was {' or '.join(values)}{more} ({key.code})"


def _absent(event: Event, tally: EventTally) -> Iterator[_Finding]:
    for prop in event.properties:
        if prop.required or prop.transform == "drop" or tally.keys[prop.wire_name or prop.name]:
            continue  # a required one that is missing is a drift
        # What is not public could not be in a message that is only counted.
        number = tally.count if prop.sensitivity == "public" else tally.whole
        if number >= _FEW:
            where, evidence = f"{event.name}.{prop.name}", f"in {counted(number, 'message')}"
            yield _Finding("property_never_seen", where, "never came", evidence, "code it, or take it out", "warning")


def _volume(monitor: DriftMonitor, event: Event, since: int | None, until: int | None) -> Iterator[_Finding]:
    expected = event.volume
    tally = monitor.planned.get(event.name)
    first = None if tally is None else tally.receipt
    if expected is None or tally is None or first is None or until is None or event.status != "active":
        return
    since = first if since is None else max(since, first)
    totals = volume(tally.quarters, event.name, expected, since=since, until=until, plan=monitor.plan)
    if totals is None:
        return
    of = f"of {counted(totals.periods, f'full {expected.per}')}"
    if totals.low:
        message = f"comes less often than the plan expects, at least {expected.min:,} per {expected.per}"
        evidence = f"{totals.low:,} {of} had fewer, the least {totals.least:,}"
        remedy = "find out who stopped sending, or lower the expectation"
        yield _Finding("volume_low", event.name, message, evidence, remedy, "warning")
    if totals.high:
        message = f"comes more often than the plan expects, at most {expected.max:,} per {expected.per}"
        evidence = f"{totals.high:,} {of} had more, the most {totals.most:,}"
        remedy = "look for what is sent twice, or raise the expectation"
        yield _Finding("volume_high", event.name, message, evidence, remedy, "warning")


def _unplanned(monitor: DriftMonitor) -> Iterator[_Finding]:
    names = {name for event in monitor.plan.events.values() for name in (event.name, event.wire_name)}
    for name, tally in sorted(monitor.unplanned.items()):
        source = f" from {', '.join(sorted(tally.sources))}" if tally.sources else ""
        remedy = did_you_mean(name, names, "add it to the plan, or stop sending it")
        yield _Finding("seen_unplanned", name, "is not in the plan", _times(tally) + source, remedy)


def _times(tally: EventTally) -> str:
    """How often an event came, and when: `4 times, 2026-11-01 to 2026-11-09`."""
    times = "once" if tally.count == 1 else f"{tally.count:,} times"
    if tally.first is None or tally.last is None:
        return times
    first, last = format_day(tally.first), format_day(tally.last)
    return f"{times} on {first}" if first == last else f"{times}, {first} to {last}"


def _share(count: int, of: int) -> str:
    return f"in {count:,} of {counted(of, 'message')}"


def lifecycles(
    monitor: DriftMonitor, *, coded: Mapping[str, int] | None = None, tested: Mapping[str, int] | None = None
) -> list[Lifecycle]:
    """A lifecycle for each event, planned ones first. `coded` and `tested` count by the plan's names; None: unknown."""
    users = UsageIndex(monitor.plan)
    planned = [
        _lifecycle(
            event.name,
            monitor.planned.get(event.name, EventTally()),
            planned=event.status,
            owner=event.owner,
            coded=None if coded is None else coded.get(event.name, 0),
            tested=None if tested is None else tested.get(event.name, 0),
            used=_users(users, event),
        )
        for event in monitor.plan.events.values()
    ]
    return planned + [_lifecycle(name, tally) for name, tally in sorted(monitor.unplanned.items())]


def _users(index: UsageIndex, event: Event) -> tuple[str, ...]:
    names = (f"{use.kind}:{use.name}" for use in index.of_event(event.name) if use.kind in {"kpi", "journey"})
    return tuple(dict.fromkeys(names))


def _lifecycle(event: str, tally: EventTally, **planned: Any) -> Lifecycle:
    first, last = (None if us is None else format_us(us) for us in (tally.first, tally.last))
    return Lifecycle(event=event, messages=tally.count, first=first, last=last, **planned)

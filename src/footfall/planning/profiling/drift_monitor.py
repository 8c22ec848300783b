"""Watches messages against a plan: how often each event came, when and from whom, and each fault by place and kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from footfall.events import Fault
from footfall.plan.checking.validate import Validator
from footfall.plan.fault_paths import general_path
from footfall.plan.model import Event, Plan, Property
from footfall.planning.profiling.messages import ObservedMessage
from footfall.planning.profiling.profile import QUARTER_US
from footfall.timestamps import format_us

__all__ = ["Drift", "DriftKey", "DriftMonitor", "EventTally"]

_KEY = re.compile(r"[^.\[]*")


class DriftKey(NamedTuple):
    """Where and how messages differ: the path, the fault's code, whether it is only a warning.

    The path is of keys on the wire, with `[]` for any item of an array and `{}` for any value of a map.
    """

    path: str
    code: str
    mild: bool


class Drift(msgspec.Struct):
    """How many messages differ in one way, when first and last, and one fault as an example."""

    example: Fault
    count: int = 0
    values: Counter[str] = msgspec.field(default_factory=Counter)
    first: int | None = None
    last: int | None = None


class EventTally(msgspec.Struct):
    """What came of one event. Times are microseconds since 1970-01-01 UTC, None where no message had one.

    `keys` counts the keys of the properties, `names` what it was called on the wire, `quarters` by the quarter of an
    hour. `receipt` is when a collector first received it; where nobody knows, when it first happened.
    """

    count: int = 0
    first: int | None = None
    last: int | None = None
    receipt: int | None = None
    sources: Counter[str] = msgspec.field(default_factory=Counter)
    names: Counter[str] = msgspec.field(default_factory=Counter)
    keys: Counter[str] = msgspec.field(default_factory=Counter)
    quarters: Counter[int] = msgspec.field(default_factory=Counter)
    drifts: dict[DriftKey, Drift] = msgspec.field(default_factory=dict)


_VALUES = 20


class DriftMonitor:
    """Sees messages one by one. `planned` is by the plan's name, `unplanned` by the name on the wire.

    `first` and `last` are when the messages happened, `receipt` the last one's, where it is known, else as `last`.

    Values are checked as `plan.checking` checks them, with the transformed types where a message was received.
    """

    def __init__(self, plan: Plan, messages: Iterable[ObservedMessage] = ()) -> None:
        self.plan = plan
        self.planned: dict[str, EventTally] = {}
        self.unplanned: dict[str, EventTally] = {}
        self.count = 0
        self.first: int | None = None
        self.last: int | None = None
        self.receipt: int | None = None
        self._maps: dict[str, tuple[tuple[str, bool], ...]] = {}
        # By whether the transforms of the plan were applied.
        self._validators = {True: Validator(plan, stage="collector"), False: Validator(plan, stage="client")}
        for seen in messages:
            self.see(seen)

    def see(self, seen: ObservedMessage) -> None:
        """Take one message into account; only track messages are events."""
        self.count += 1
        self.first, self.last = _widen(self.first, self.last, seen.at)
        receipt = _receipt(seen)
        self.receipt = _widen(None, self.receipt, receipt)[1]
        if seen.type != "track":
            return
        validator = self._validators[seen.received]
        event = validator.resolve(seen.event, "" if receipt is None else format_us(receipt)[:10])
        if event is None:
            _count(self.unplanned.setdefault(seen.event, EventTally()), seen)
            return
        entry = self.planned.setdefault(event.name, EventTally())
        _count(entry, seen)
        self._check(validator, event, entry, seen)

    def _check(self, validator: Validator, event: Event, entry: EventTally, seen: ObservedMessage) -> None:
        checked = validator.check(event, seen.body)
        for mild, faults in ((False, checked.faults), (True, checked.warnings)):
            told: set[DriftKey] = set()
            for fault in faults:
                place = DriftKey(self._general(event, fault.path), fault.code, mild)
                drift = entry.drifts.setdefault(place, Drift(fault))
                if fault.got in drift.values or len(drift.values) < _VALUES:
                    drift.values[fault.got] += 1
                if place not in told:  # a message counts once, in however many of its lines it differs
                    told.add(place)
                    drift.count += 1
                    drift.first, drift.last = _widen(drift.first, drift.last, seen.at)

    def _general(self, event: Event, path: str) -> str:
        """A path without what is data in it: places in arrays, and the keys of maps."""
        path = general_path(path)
        if event.name not in self._maps:
            self._maps[event.name] = tuple(_maps("", event.properties))
        for prefix, is_last in self._maps[event.name]:
            if path.startswith(f"{prefix}."):
                rest = "" if is_last else _KEY.sub("", path[len(prefix) + 1 :], count=1)
                path = f"{prefix}{{}}{rest}"
        return path


def _maps(path: str, properties: Iterable[Property]) -> Iterator[tuple[str, bool]]:
    """The paths of all maps, outer ones first, and whether a map's values have nothing inside."""
    for prop in properties:
        here = f"{path}.{prop.wire_name or prop.name}" if path else prop.wire_name or prop.name
        if prop.values is not None:
            yield here, prop.values.type not in {"array", "map", "object"}
        yield from _inside_of(here, prop)


def _inside_of(path: str, prop: Property) -> Iterator[tuple[str, bool]]:
    for sign, inner in (("[]", prop.items), ("{}", prop.values)):
        if inner is not None:
            if inner.values is not None:
                yield f"{path}{sign}", inner.values.type not in {"array", "map", "object"}
            yield from _inside_of(f"{path}{sign}", inner)
    yield from _maps(path, prop.properties)


def _count(entry: EventTally, seen: ObservedMessage) -> None:
    entry.count += 1
    entry.names[seen.event] += 1
    if seen.source:
        entry.sources[seen.source] += 1
    entry.first, entry.last = _widen(entry.first, entry.last, seen.at)
    entry.receipt = _widen(entry.receipt, None, _receipt(seen))[0]
    if seen.at is not None:
        entry.quarters[seen.at // QUARTER_US] += 1
    entry.keys.update(seen.values.keys())


def _receipt(seen: ObservedMessage) -> int | None:
    return seen.at if seen.receipt is None else seen.receipt


def _widen(first: int | None, last: int | None, at: int | None) -> tuple[int | None, int | None]:
    if at is None:
        return first, last
    return at if first is None else min(first, at), at if last is None else max(last, at)

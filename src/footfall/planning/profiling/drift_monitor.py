"""Compares messages with a plan: how often each event came, when and from whom, and each fault by path and kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from footfall.events import Fault
from footfall.plan.checking.counted import faults_of_counted
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Event, Plan, Property
from footfall.planning.profiling.messages import ObservedMessage
from footfall.planning.profiling.profile import MessageTally
from footfall.timestamps import format_day

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
    """How many messages differ in one way, the values that do, and one fault as an example."""

    example: Fault
    count: int = 0
    values: Counter[str] = msgspec.field(default_factory=Counter)


class EventTally(MessageTally):
    """The messages of one event, with what differs from the plan.

    `keys` counts the keys of the properties, `names` the names on the wire. `receipt` is when a collector first
    received one; where that is not known, when it happened.
    """

    def __init__(self) -> None:
        super().__init__()
        self.receipt: int | None = None
        self.names: Counter[str] = Counter()
        self.keys: Counter[str] = Counter()
        self.drifts: dict[DriftKey, Drift] = {}

    def add(self, message: ObservedMessage) -> None:
        """Count one message."""
        super().add(message)
        self.names[message.event] += 1
        self.keys.update(message.values.keys())
        receipt = _receipt(message)
        if receipt is not None:
            self.receipt = receipt if self.receipt is None else min(self.receipt, receipt)


_VALUES = 20


class DriftMonitor:
    """Compares messages with a plan, one by one. `planned` is by the plan's name, `unplanned` by the name on the wire.

    `receipt` is the last receipt of any message, as `EventTally` has the first. Values are checked as `plan.checking`
    checks them, with the transformed types where a message was received.
    """

    def __init__(self, plan: Plan, messages: Iterable[ObservedMessage] = ()) -> None:
        self.plan = plan
        self.planned: dict[str, EventTally] = {}
        self.unplanned: dict[str, EventTally] = {}
        self.count = 0
        self.receipt: int | None = None
        self._maps: dict[str, tuple[tuple[str, bool], ...]] = {}
        # By whether the transforms of the plan were applied.
        self._validators = {True: Validator(plan, stage="collector"), False: Validator(plan, stage="client")}
        for message in messages:
            self.add(message)

    def add(self, message: ObservedMessage) -> None:
        """Take one message into account; only track messages are events."""
        self.count += 1
        receipt = _receipt(message)
        if receipt is not None:
            self.receipt = receipt if self.receipt is None else max(self.receipt, receipt)
        if message.type != "track":
            return
        validator = self._validators[message.received]
        event = validator.resolve(message.event, "" if receipt is None else format_day(receipt))
        if event is None:
            self.unplanned.setdefault(message.event, EventTally()).add(message)
            return
        tally = self.planned.setdefault(event.name, EventTally())
        tally.add(message)
        self._check(validator, event, tally, message)

    def _check(self, validator: Validator, event: Event, tally: EventTally, message: ObservedMessage) -> None:
        checked = validator.check(event, message.body)
        faults_of_body = faults_of_counted(checked.faults) if message.is_counted else checked.faults
        for mild, faults in ((False, faults_of_body), (True, checked.warnings)):
            counted: set[DriftKey] = set()
            for fault in faults:
                key = DriftKey(self._general(event, fault.general_path), fault.code, mild)
                drift = tally.drifts.setdefault(key, Drift(fault))
                if fault.got in drift.values or len(drift.values) < _VALUES:
                    drift.values[fault.got] += 1
                if key not in counted:  # a message counts once, in however many of its lines it differs
                    counted.add(key)
                    drift.count += 1

    def _general(self, event: Event, path: str) -> str:
        """A path without the keys of maps, which are data."""
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
        key = prop.wire_name or prop.name
        yield from _maps_inside(f"{path}.{key}" if path else key, prop)


def _maps_inside(path: str, prop: Property) -> Iterator[tuple[str, bool]]:
    if prop.values is not None:
        yield path, prop.values.type not in {"array", "map", "object"}
    for sign, content in (("[]", prop.items), ("{}", prop.values)):
        if content is not None:
            yield from _maps_inside(f"{path}{sign}", content)
    yield from _maps(path, prop.properties)


def _receipt(message: ObservedMessage) -> int | None:
    return message.at if message.receipt is None else message.receipt

"""Judge: compares each call with the plan: its event, its properties, and the source of its file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final, Literal

import msgspec

from footfall.errors import Problem
from footfall.events import Fault
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Event, Plan, Property
from footfall.plan.problems import did_you_mean
from footfall.planning.scan.calls import Sent
from footfall.planning.scan.dictionaries import options_of, plain
from footfall.planning.scan.resolved import as_json
from footfall.planning.scan.sdks import SDKS
from footfall.planning.scan.sources import SourceGlobs
from footfall.planning.scan.values import (
    Choice,
    Const,
    DictEntry,
    Dictionary,
    External,
    Items,
    Param,
    Unknown,
    Value,
    reason_of,
)

__all__ = ["PROPERTY_CODES", "SCAN_CODES", "CallChecker", "CallVerdict"]

PROPERTY_CODES = frozenset(
    {"maybe_missing_property", "missing_property", "new_enum_value", "unknown_property", "wrong_value"}
)
"""The findings about the properties of an event, not about the event itself."""

SCAN_CODES: Final[Mapping[str, str]] = {
    "coverage_too_low": "The share of planned events that the code sends is a promise to those who read reports.",
    "deprecated_event_sent": "The plan asks senders to stop: reports no longer count on this event.",
    "maybe_missing_property": "On some way through the code a required property is not set: that event is faulty.",
    "missing_property": "An event without a required property is faulty, and the collector quarantines it.",
    "never_sent": "A planned, active event that nothing sends leaves the KPIs and journeys that use it empty.",
    "new_enum_value": "The enum is open, so the value is taken, but nobody who reads the plan expects it.",
    "source_not_python": "A file that cannot be parsed cannot be scanned, so whatever it sends is not known.",
    "source_too_large": "A very large file is made by a program; what it sends is not known.",
    "source_unreadable": "The operating system refused to hand over the file, so whatever it sends is not known.",
    "too_involved": "Following this function takes more steps than the scan spends on one; what it sends is not known.",
    "unknown_property": "The plan does not know the property, so nobody will find it in a report.",
    "unmapped_source": "The event names its sources, and no `sources.*.paths` of the plan matches this file.",
    "unplanned_event": "The collector quarantines an event that is not in the plan, and no report counts it.",
    "unresolved_call": "What this call sends is decided when it runs, so the scan does not judge it.",
    "wrong_source": "The plan says which sources may send the event, and this file belongs to another.",
    "wrong_value": "The value breaks what the plan says of the property or trait, so every such event is faulty.",
}
"""Why each kind of finding of `footfall plan scan` is one."""

_WARNINGS = frozenset(
    {
        "deprecated_event_sent", "maybe_missing_property", "never_sent", "new_enum_value", "source_too_large",
        "too_involved", "unmapped_source", "unresolved_call",
    }
)  # fmt: skip

_MAYBE_MISSING = ("maybe_missing_property", " on every way through the code", "give it on each way")
_SINGLE = frozenset({"date", "datetime", "decimal", "integer", "number", "string", "uuid"})
# The plan's types that a value of a known JSON type can never have.
_NEVER: Mapping[str, frozenset[str]] = {
    "array": _SINGLE | {"boolean", "map", "object"},
    "boolean": _SINGLE | {"array", "map", "object"},
    "integer": frozenset({"array", "boolean", "date", "datetime", "map", "object", "string", "uuid"}),
    "number": frozenset({"array", "boolean", "date", "datetime", "map", "object", "string", "uuid"}),
    "string": frozenset({"array", "boolean", "integer", "map", "number", "object"}),
}  # fmt: skip
_ARTICLES = {
    "array": "an array",
    "boolean": "true or false",
    "integer": "an integer",
    "number": "a number",
    "string": "text",
}


class CallVerdict(msgspec.Struct, frozen=True):
    """What the plan says of one call: the planned event, or None, the sources of its file, and what is wrong.

    `is_test` says that only a test sends it: both the call and the code that names its event are in tests.
    """

    sent: Sent
    name: str
    event: Event | None
    sources: frozenset[str]
    problems: tuple[Problem, ...]
    resolved: bool
    is_test: bool = False


class CallChecker:
    """Judges calls by one plan. Literals are checked by the plan's own Validator, every policy at its strictest."""

    def __init__(self, plan: Plan, root: str = "") -> None:
        events = {name: msgspec.structs.replace(event, enforcement={}) for name, event in plan.events.items()}
        self._plan = msgspec.structs.replace(plan, enforcement={}, events=events)
        self._validator = Validator(self._plan, stage="test")
        self._sources = SourceGlobs(plan, root)
        self._names = sorted({event.wire_name for event in events.values()} | set(events))

    def check(self, sent: Sent) -> CallVerdict:
        """The verdict on one message that the code sends."""
        sources = self._sources.of(sent.origin.file)
        name, event, problems, is_resolved = "", None, list[Problem](), True
        if sent.kind == "track":
            name, event, problems, is_resolved = self._track(sent, sources)
        elif sent.kind in {"identify", "group"} and sent.receiver is None:
            problems = list(self._traits(sent))
        return CallVerdict(sent, name, event, sources, tuple(problems), is_resolved)

    def _track(self, sent: Sent, sources: frozenset[str]) -> tuple[str, Event | None, list[Problem], bool]:
        """The name of the event, the planned event, what is wrong, and whether it is known what is sent."""
        value = plain(sent.event)
        if not isinstance(value, Const):
            problem = self._unresolved(sent, value) if sent.receiver is None else self._no_client(sent, "")
            return getattr(value, "prefix", ""), None, [problem], False
        name = str(value.value)
        event = self._validator.resolve(name) if isinstance(value.value, str) else None
        if sent.receiver is not None:
            return name, event, [] if event is None else [self._no_client(sent, name)], False
        if event is None:
            return name, None, [self._unplanned(sent, value.value)], True
        problems = [*self._status(sent, event), *self._source(sent, event, sources), *self._properties(sent, event)]
        return name, event, problems, True

    # The event.

    def _unresolved(self, sent: Sent, event: Value) -> Problem:
        why = reason_of(event)
        prefix = event.prefix if isinstance(event, Unknown) else ""
        near = [name for name in self._names if prefix and name.startswith(prefix)]
        nobody = f", and nothing that was scanned calls {event.of}" if isinstance(event, Param) else ""
        hint = f"; planned events that begin so: {', '.join(near[:5])}" if near else ""
        remedy = "send a constant, or one constant on each way through the code"
        return _problem("unresolved_call", f"the event {why}{nobody}{hint}", sent, remedy=remedy)

    def _no_client(self, sent: Sent, name: str) -> Problem:
        message = f"whether this is a client is not known: it {reason_of(sent.receiver)}"
        remedy = "annotate it with the client's class, or name it with --client"
        return _problem("unresolved_call", message, sent, where=name, remedy=remedy)

    def _unplanned(self, sent: Sent, name: object) -> Problem:
        if not isinstance(name, str):
            return _problem("unplanned_event", f"the event is {name!r}, not text", sent, remedy="give the event's name")
        remedy = did_you_mean(name, self._names, "add it to the plan, or send a planned event")
        return _problem("unplanned_event", f"there is no event {name!r} in the plan", sent, where=name, remedy=remedy)

    def _status(self, sent: Sent, event: Event) -> Iterator[Problem]:
        if event.status == "deprecated":
            instead = event.deprecated.replaced_by if event.deprecated is not None else None
            remedy = f"send {instead!r} instead" if instead else "stop sending it"
            message = "is deprecated" + (
                f" since {event.deprecated.since}" if event.deprecated and event.deprecated.since else ""
            )
            yield _problem("deprecated_event_sent", message, sent, where=event.name, remedy=remedy)

    def _source(self, sent: Sent, event: Event, sources: frozenset[str]) -> Iterator[Problem]:
        if not event.sources or not self._sources.says_paths or sources & set(event.sources):
            return
        if sources:
            code, origin = "wrong_source", " and ".join(sorted(sources))
            remedy = "add the source to the event, or send it from the other code"
        else:
            code, origin = "unmapped_source", "a file that belongs to no source"
            remedy = "add a glob for the file to the paths of a source"
        message = f"is sent from {origin}, and the plan lets {' and '.join(event.sources)} send it"
        yield _problem(code, message, sent, where=event.name, remedy=remedy)

    # Properties.

    def _properties(self, sent: Sent, event: Event) -> list[Problem]:
        """What is wrong with the properties; with one of several events the best dictionary counts."""
        properties = sent.properties
        options = (Dictionary({}),) if properties is None else options_of(properties)
        each = [list(self._dictionary(sent, event, option)) for option in options]
        is_choice = sent.is_choice or (isinstance(properties, Choice) and properties.loose)
        return min(each, key=len) if is_choice else _once(problem for problems in each for problem in problems)

    def _dictionary(self, sent: Sent, event: Event, value: Value) -> Iterator[Problem]:
        if isinstance(value, Const) and value.value is None:
            value = Dictionary({})
        if isinstance(value, Const | Items):
            kind = "an array" if isinstance(value, Items) else repr(value.value)
            yield _problem(
                "wrong_value", f"the properties are {kind}, not a dictionary", sent, where=event.name,
                remedy="give a dictionary", part="*",
            )  # fmt: skip
            return
        if not isinstance(value, Dictionary):
            why = reason_of(value) if isinstance(value, Unknown | Param) else "are an object"
            yield _problem(
                "unresolved_call", f"the dictionary of properties {why}", sent, where=event.name,
                remedy="write the dictionary where it is sent, or return it from a function that was scanned", part="*",
            )  # fmt: skip
            return
        entries = self._by_wire_name(sent, event, value.entries)
        planned = {prop.wire_name or prop.name: prop for prop in event.properties}
        for key, prop in planned.items():
            yield from self._presence(sent, event, prop, entries.get(key), value.rest is not None)
        for key, entry in entries.items():
            where = f"{event.name}.{key}"
            if key in planned:
                yield from _of_options(entry.value, partial(self._option, sent, event, key, planned[key]))
            elif event.additional is not True and not key.startswith(SDKS[sent.sdk].ignored or ()):
                remedy = did_you_mean(key, planned, "add it to the plan, or take it out")
                yield _problem("unknown_property", "is not in the plan", sent, where=where, remedy=remedy, part=key)
        if value.rest is None:
            yield from self._rules(sent, event, entries)

    def _by_wire_name(self, sent: Sent, event: Event, entries: Mapping[str, DictEntry]) -> dict[str, DictEntry]:
        names = {prop.name: prop.wire_name or prop.name for prop in event.properties} if sent.by_name else {}
        by_wire_name = {names.get(key, key): entry for key, entry in entries.items()}
        # A generated class leaves out what is UNSET.
        return {
            key: entry
            for key, entry in by_wire_name.items()
            if not (isinstance(entry.value, External) and entry.value.name.endswith(".UNSET"))
        }

    def _presence(
        self, sent: Sent, event: Event, prop: Property, entry: DictEntry | None, may_hold_more: bool
    ) -> Iterator[Problem]:
        where = f"{event.name}.{prop.wire_name or prop.name}"
        if not prop.required or may_hold_more or (entry is not None and entry.certain):
            return
        code, how, remedy = ("missing_property", "", "give it") if entry is None else _MAYBE_MISSING
        yield _problem(code, f"is required and not given{how}", sent, where=where, remedy=remedy, part="*")

    def _option(self, sent: Sent, event: Event, key: str, prop: Property, value: Value) -> Iterator[Problem]:
        if isinstance(value, Unknown):
            if value.type and prop.type in _NEVER.get(value.type, ()):
                yield _problem(
                    "wrong_value", f"expected {_article(prop.type)}, got {_article(value.type)}", sent,
                    where=f"{event.name}.{key}", remedy=f"give {_article(prop.type)}", part=key,
                )  # fmt: skip
            return
        holes: list[str] = []
        text = as_json({key: value}, holes)
        if text is None or key in holes:
            return
        checked = self._validator.check(event, text)
        for faults, code in ((checked.faults, "wrong_value"), (checked.warnings, "new_enum_value")):
            yield from (_fault(code, fault, sent, event.name) for fault in _faults_of(faults, key, holes))

    def _rules(self, sent: Sent, event: Event, entries: Mapping[str, DictEntry]) -> Iterator[Problem]:
        """Rules over several properties, where every property is known."""
        if not event.rules or not all(entry.certain for entry in entries.values()):
            return
        holes: list[str] = []
        text = as_json({key: entry.value for key, entry in entries.items()}, holes)
        if text is None or holes:
            return
        for fault in self._validator.check(event, text).faults:
            if fault.code == "rule":
                yield _fault("wrong_value", fault, sent, event.name)

    def _traits(self, sent: Sent) -> Iterator[Problem]:
        kind: Literal["user", "account"] = "user" if sent.kind == "identify" else "account"
        for option in options_of(sent.properties or Const(None)):
            for key, entry in option.entries.items() if isinstance(option, Dictionary) else ():
                yield from _of_options(entry.value, partial(self._trait, sent, kind, key))

    def _trait(self, sent: Sent, kind: Literal["user", "account"], key: str, value: Value) -> Iterator[Problem]:
        holes: list[str] = []
        text = as_json({key: value}, holes)
        if text is None or key in holes:
            return
        for fault in _faults_of(self._validator.check_traits(kind, text).faults, key, holes):
            yield _fault("wrong_value", fault, sent, f"traits.{kind}")


def _of_options(value: Value, check: Callable[[Value], Iterable[Problem]]) -> list[Problem]:
    """What is wrong with the options of a value. Of options that may never come true, one that is right is enough."""
    each = [list(check(plain(option))) for option in options_of(value)]
    is_fine = isinstance(value, Choice) and value.loose and not all(each)
    return [] if is_fine else _once(problem for problems in each for problem in problems)


def _faults_of(faults: Iterable[Fault], key: str, holes: list[str]) -> Iterator[Fault]:
    """The faults of one property that do not come from what is not known of it."""
    for fault in faults:
        if fault.code in {"rule", "json"}:
            continue
        mine = fault.path == key or fault.path.startswith((f"{key}.", f"{key}["))
        unknown = any(fault.path == hole or fault.path.startswith((f"{hole}.", f"{hole}[")) for hole in holes)
        # A key that the plan does not know is a fault of the event; inside a value it is a fault of the value.
        if mine and not unknown:
            yield fault


def _article(kind: str) -> str:
    return _ARTICLES.get(kind, f"a {kind}")


def _fault(code: str, fault: Fault, sent: Sent, where: str) -> Problem:
    got = f", got {fault.got}" if fault.got else ""
    message = f"{fault.code}: expected {fault.expected}{got}"
    return _problem(
        code, message, sent, where=f"{where}.{fault.path}", remedy="give what the plan says, or change the plan",
        part=re.split(r"[.\[]", fault.path)[0],
    )  # fmt: skip


def _problem(code: str, message: str, sent: Sent, *, remedy: str, where: str = "", part: str = "") -> Problem:
    """A finding at the place where its part of the message is given."""
    cause = sent.cause(part)
    via = f", through {' and '.join(cause.via)}" if cause.via else ""
    return Problem(
        code,
        message + via,
        remedy=remedy,
        where=where,
        file=cause.location.file,
        line=cause.location.line,
        column=cause.location.column,
        level="warning" if code in _WARNINGS else "error",
    )


def _once(problems: Iterable[Problem]) -> list[Problem]:
    distinct = {(problem.code, problem.where, problem.message): problem for problem in problems}
    return list(distinct.values())

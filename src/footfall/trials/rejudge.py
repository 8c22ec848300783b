"""Judges kept messages anew, by another plan: the collector's own steps, as if each had just come in with that plan.

What a message is, its time and whose it is stay as they were fixed when it was first accepted; only the plan's word is
new. A transform that the new plan adds counts as done by the client: the value is checked as it is, then transformed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from footfall.collector.judge import Judge
from footfall.collector.kept import Rejudged, judge_kept
from footfall.plan.checking.transform import Transforms
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Event, Plan, Property
from footfall.storage.journal import Entry

__all__ = ["Rejudge"]

# Hashes are compared with each other and with nothing outside, so any key will do.
_KEY = b"a trial, never sent"
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Rejudge:
    """Judges by `plan`. `in_force` is the plan that the kept messages were sent under, None where there was none."""

    def __init__(self, plan: Plan, in_force: Plan | None) -> None:
        older = {} if in_force is None else in_force.events
        checked = _events(plan, lambda event: _kept(event, older.get(event.name), new=False))
        added = _events(plan, lambda event: _kept(event, older.get(event.name), new=True))
        self._judge = Judge(checked, "", Validator(checked, place="collector"))
        self._transforms = Transforms(added, _KEY)
        self._added = added
        self._changed = frozenset(name for name, event in added.events.items() if any(map(_has, event.properties)))

    def outcome(self, entry: Entry) -> Rejudged:
        """What would become of one message."""
        judged = judge_kept(entry.row, lambda _: self._judge)
        if not judged.is_stored or judged.row is None:
            return judged
        body = self._transformed(judged.row.event, judged.row.body)
        return Rejudged(judged.row._replace(body=body), judged.faults)

    def _transformed(self, event: str | None, body: bytes) -> bytes:
        """The body as a client with the new plan would have sent it."""
        if event not in self._changed or event is None:
            return body
        members = _decode_members(body)
        properties = members.get("properties")
        if properties is None:
            return body
        changed = self._transforms.transform(self._added.events[event], properties).properties
        return msgspec.json.encode({**members, "properties": msgspec.Raw(bytes(changed))})


def _events(plan: Plan, change: Callable[[Event], Event]) -> Plan:
    return msgspec.structs.replace(plan, events={name: change(event) for name, event in plan.events.items()})


def _kept(event: Event, older: Event | None, *, new: bool) -> Event:
    """The event with only its new transforms, or only those that it had before."""
    held = () if older is None else older.properties
    return msgspec.structs.replace(event, properties=_properties(event.properties, held, new=new))


def _properties(properties: Iterable[Property], older: Iterable[Property], *, new: bool) -> tuple[Property, ...]:
    before: Mapping[str, Property] = {prop.name: prop for prop in older}
    return tuple(_property(prop, before.get(prop.name), new=new) for prop in properties)


def _property(prop: Property, older: Property | None, *, new: bool) -> Property:
    is_new = prop.transform is not None and (older is None or older.transform != prop.transform)
    inner = {
        part: _property(inside, getattr(older, part, None), new=new)
        for part in ("items", "values")
        if (inside := getattr(prop, part)) is not None
    }
    return msgspec.structs.replace(
        prop,
        transform=prop.transform if is_new == new else None,
        properties=_properties(prop.properties, older.properties if older else (), new=new),
        **inner,
    )


def _has(prop: Property) -> bool:
    inside = (prop.items, prop.values, *prop.properties)
    return prop.transform is not None or any(part is not None and _has(part) for part in inside)

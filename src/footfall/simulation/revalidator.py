"""Validates kept messages again by another plan, with the steps that the collector applies to a new message.

A message keeps the type, time and person that were fixed when it was first accepted; only the plan's checks are new,
and its consent: what may only be counted under the new plan belongs to nobody then, and what may not be kept is lost.
A transform that the new plan adds counts as done by the client: the value is checked as it is, then transformed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from footfall.collector.bundle_consent import BundleConsent
from footfall.collector.bundle_rules import BundleRules
from footfall.collector.revalidation import Revalidated, revalidate
from footfall.plan.checking.transform import Transforms
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Event, Plan, Property
from footfall.storage.journal import Entry

__all__ = ["Revalidator"]

# Hashes are compared with each other and with nothing outside, so any key will do.
_KEY = b"a simulation, never sent"
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Revalidator:
    """Validates by `plan`. `current` is the plan that the kept messages were sent under, None where there was none."""

    def __init__(self, plan: Plan, current: Plan | None) -> None:
        older = {} if current is None else current.events
        checked = _events(plan, lambda event: _with_transforms(event, older.get(event.name), new=False))
        added = _events(plan, lambda event: _with_transforms(event, older.get(event.name), new=True))
        validator = Validator(checked, stage="collector")
        consent = None if plan.consent is None else BundleConsent([(checked, validator)], _KEY)
        self._rules = BundleRules(checked, "", validator, consent=consent)
        self._transforms = Transforms(added, _KEY)
        self._added = added
        self._changed = frozenset(name for name, event in added.events.items() if any(map(_has, event.properties)))

    def outcome(self, entry: Entry) -> Revalidated:
        """What the collector would answer for one message under the new plan."""
        judged = revalidate(entry.row, lambda _: self._rules)
        if not judged.is_stored or judged.row is None:
            return judged
        body = self._transformed(judged.row.event, judged.row.body)
        return Revalidated(judged.row._replace(body=body), judged.faults)

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


def _with_transforms(event: Event, older: Event | None, *, new: bool) -> Event:
    """The event with only its new transforms, or only those that it had before."""
    before = () if older is None else older.properties
    return msgspec.structs.replace(event, properties=_properties(event.properties, before, new=new))


def _properties(properties: Iterable[Property], older: Iterable[Property], *, new: bool) -> tuple[Property, ...]:
    before: Mapping[str, Property] = {prop.name: prop for prop in older}
    return tuple(_property(prop, before.get(prop.name), new=new) for prop in properties)


def _property(prop: Property, older: Property | None, *, new: bool) -> Property:
    is_new = prop.transform is not None and (older is None or older.transform != prop.transform)
    nested = {
        part: _property(inside, getattr(older, part, None), new=new)
        for part in ("items", "values")
        if (inside := getattr(prop, part)) is not None
    }
    return msgspec.structs.replace(
        prop,
        transform=prop.transform if is_new == new else None,
        properties=_properties(prop.properties, older.properties if older else (), new=new),
        **nested,
    )


def _has(prop: Property) -> bool:
    inside = (prop.items, prop.values, *prop.properties)
    return prop.transform is not None or any(part is not None and _has(part) for part in inside)

"""Judges kept messages anew, by another plan: the collector's own steps, as if each had just come in with that plan.

What a message is, its time and whose it is stay as they were fixed when it was first accepted; only the plan's word is
new. A transform that the new plan adds counts as done by the client: the value is checked as it is, then transformed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from footfall.clock import format_us
from footfall.collector.draft import Frame
from footfall.collector.judge import Judge
from footfall.collector.pipeline import judge
from footfall.collector.settings import CollectorSettings
from footfall.collector.wire import Envelope, read_single
from footfall.errors import RequestError
from footfall.events import Fault
from footfall.plan.model import Event, Plan, Property
from footfall.plan.transform import Transforms
from footfall.plan.validate import Validator
from footfall.storage.journal import Entry, Row

__all__ = ["Outcome", "Rejudge"]

# Hashes are compared with each other and with nothing outside, so any key will do.
_KEY = b"a trial, never sent"
_decode_faults = msgspec.json.Decoder(tuple[Fault, ...]).decode
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Outcome(msgspec.Struct, frozen=True):
    """What the new plan makes of a message: its row if it is stored or quarantined (None: rejected), and its faults."""

    row: Row | None
    faults: tuple[Fault, ...]

    @property
    def is_stored(self) -> bool:
        """Whether it would be stored."""
        return self.row is not None and self.row.kind == "stored"


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
        self._settings = CollectorSettings()

    def outcome(self, entry: Entry) -> Outcome:
        """What would become of one message."""
        row = entry.row
        try:
            envelope = read_single(row.body, row.type or "track", self._settings)
        except RequestError as error:
            return Outcome(row._replace(kind="quarantined"), (Fault("", error.code, "", ""),))
        shared = _context(row.envelope)
        judged = judge(
            Envelope(envelope.pieces, row.type or None, None, None, shared),
            Frame(
                source=row.source,
                received_at=row.received_at,
                day=format_us(row.received_at)[:10],
                skew=0,
                type=row.type or None,
                context=shared,
                settings=self._settings,
                judge_for=lambda _: self._judge,
                shared=row.envelope,
            ),
        )
        if not judged.changes.rows:
            return Outcome(None, judged.verdicts[0].faults)
        made = judged.changes.rows[0]
        is_stored = made.kind == "stored"
        body = self._transformed(made.event, row.body) if is_stored else row.body
        faults = () if is_stored or made.faults is None else _decode_faults(made.faults)
        kept = row._replace(kind=made.kind, event=made.event, device_id=made.device_id, faults=made.faults, body=body)
        return Outcome(kept, faults)

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


def _context(envelope: bytes | None) -> dict[str, Any]:
    said = {} if envelope is None else msgspec.json.decode(envelope)
    context = said.get("context") if type(said) is dict else None
    return context if type(context) is dict else {}


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

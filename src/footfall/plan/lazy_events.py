"""The events of a plan that came from a bundle: each is read when it is first asked for.

A process that validates a few events of a plan of a thousand pays for those few. What is asked for by name alone is
read without the rest.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from footfall.errors import PlanError, Problem
from footfall.plan.model import Alias, Event, Plan

__all__ = ["EventNames", "LazyEvents", "event_names", "settled", "to_json"]

_Part = TypeVar("_Part", bound=msgspec.Struct)
to_json = msgspec.json.Encoder(decimal_format="number").encode
"""The canonical JSON of a part of a plan."""

_read_event = msgspec.json.Decoder(Event, float_hook=Decimal).decode


class EventNames(msgspec.Struct, frozen=True):
    """What an event is called."""

    wire_name: str
    aliases: tuple[Alias, ...] = ()


_read_names = msgspec.json.Decoder(EventNames).decode


class LazyEvents(Mapping[str, Event]):
    """Events by name, in the order of the plan, over their canonical JSON.

    Equal to any mapping with equal events. May be shared by threads. Asking for an event raises PlanError if its text
    is not what this footfall would write: then a newer one wrote it.
    """

    __slots__ = ("_bundle", "_read", "_texts")

    def __init__(self, texts: Mapping[str, msgspec.Raw], *, bundle: str) -> None:
        self._texts = texts
        self._bundle = bundle
        self._read: dict[str, Event] = {}

    def __getitem__(self, name: str) -> Event:
        event = self._read.get(name)
        return self._read.setdefault(name, self._unpack(name)) if event is None else event

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __contains__(self, name: object) -> bool:
        return name in self._texts

    def __repr__(self) -> str:
        return f"LazyEvents({', '.join(self)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)  # a copy is a plain dict: the texts are views into the bundle

    @property
    def texts(self) -> Mapping[str, msgspec.Raw]:
        """The canonical JSON of each event."""
        return self._texts

    def names(self) -> Iterator[tuple[str, EventNames]]:
        """The names of every event, without reading the rest of it."""
        for name, text in self._texts.items():
            try:
                yield name, _read_names(text)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise self._refused(name, str(error)) from None

    def problems(self) -> list[Problem]:
        """What is wrong with any event, after reading all of them."""
        problems: list[Problem] = []
        for name in self:
            try:
                self[name]
            except PlanError as error:
                problems += error.problems
        return problems

    def _unpack(self, name: str) -> Event:
        text = self._texts[name]
        try:
            event = _read_event(text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._refused(name, str(error)) from None
        if to_json(settled(event)) != bytes(text):
            raise self._refused(name, "it says what this footfall does not know")
        return event

    def _refused(self, name: str, why: str) -> PlanError:
        message = f"the event {name!r} in the bundle cannot be read: {why}"
        remedy = "make the bundle anew with `footfall plan bundle`"
        return PlanError([Problem("bad_bundle", message, remedy=remedy, file=self._bundle)])


def event_names(plan: Plan) -> Iterable[tuple[str, Event | EventNames]]:
    """The name in the plan and the names on the wire of every event, at the least cost."""
    return plan.events.names() if isinstance(plan.events, LazyEvents) else plan.events.items()


@functools.cache
def _defaults(kind: type[msgspec.Struct]) -> tuple[tuple[str, Any], ...]:
    fields = msgspec.structs.fields(kind)
    return tuple((field.name, field.default) for field in fields if field.default is not msgspec.NODEFAULT)


def settled(part: _Part) -> _Part:
    """Put the default itself in the place of what equals it: msgspec leaves out a default only when it is identical."""
    same: dict[str, Any] = {}
    for field, default in _defaults(type(part)):
        value = getattr(part, field)
        if value is not default and value == default:
            same[field] = default
    return msgspec.structs.replace(part, **same) if same else part

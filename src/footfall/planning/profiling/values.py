"""The profile of one property's values: how often it was there, its JSON types, its values and their bounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from footfall.plan.checking.equal import CANONICAL
from footfall.plan.checking.explain import MISFIT, PropertyCheck, make_check, read_decimal
from footfall.plan.checking.formats import FORMATS
from footfall.plan.model import Property

__all__ = ["CAP", "DEPTH", "ValueProfile"]

CAP: Final = 64
"""How many different values of one place are remembered; beyond that only that there were more."""

DEPTH: Final = 8
"""Objects and arrays inside of one another beyond this depth are counted and not looked into."""

_LONG = 80
_MANY_KEYS = 200
# The most specific first: the first that every value had is the form of the property.
_STRING_FORMS: Final = (
    "datetime", "date", "uuid", "email", "url", "ipv4", "ipv6", "ip", "mac", "sha256", "semver", "phone", "time",
    "duration", "currency", "country", "language", "hostname",
)  # fmt: skip


def _reader(kind: str) -> Any:
    node: PropertyCheck = make_check(Property(type=kind), received=False, secret=lambda _: False)  # type: ignore[arg-type]  # one of the plan's types
    return lambda value: node.read(value) is not MISFIT


_READERS: Mapping[str, Any] = {
    form: FORMATS[form] if form in FORMATS and form != "uuid" else _reader(form)
    for form in (*_STRING_FORMS, "decimal", "number")
}


class ValueProfile(msgspec.Struct, eq=False):
    """Counts the values of one property, item or map value over many messages, within bounds.

    `present` counts every value, null included; `kinds` the JSON types (`integer` and `number` apart, by how the number
    was written). `distinct` maps scalar values to how often they came, None once there were more than CAP different
    ones, or one that is too long to be a choice. `forms` are the string forms that every string had, `scale` the most
    digits after a point. `fits_number` and `fits_decimal` say whether every number can be one of that type of the plan.
    """

    present: int = 0
    kinds: Counter[str] = msgspec.field(default_factory=Counter)
    distinct: Counter[str | int | bool] | None = msgspec.field(default_factory=Counter)
    forms: tuple[str, ...] = _STRING_FORMS
    numeric_text: bool = True
    pointed_text: bool = False
    low: Decimal | int | None = None
    high: Decimal | int | None = None
    scale: int = 0
    fits_number: bool = True
    fits_decimal: bool = True
    length_low: int | None = None
    length_high: int = 0
    items: ValueProfile | None = None
    items_low: int | None = None
    items_high: int = 0
    fields: dict[str, ValueProfile] = {}
    overflown: ValueProfile | None = None
    _respelled: bool = False

    @property
    def nulls(self) -> int:
        """How often it was null."""
        return self.kinds["null"]

    def add(self, value: Any, depth: int = 0) -> None:
        """Take one value into account, as `footfall.plan.checking.explain.decode` gives it."""
        self.present += 1
        kind = _KINDS.get(type(value), "string")
        self.kinds[kind] += 1
        match value:
            case bool():
                self._remember(value)
            case int() | Decimal():
                self._add_number(value)
            case str():
                self._add_string(value)
            case list():
                self._add_array(value, depth)
            case dict():
                self._add_object(value, depth)

    def _add_number(self, value: int | Decimal) -> None:
        self.fits_number = self.fits_number and _READERS["number"](value)
        self.fits_decimal = self.fits_decimal and _READERS["decimal"](value)
        if isinstance(value, Decimal) and value.is_finite():
            self._point(value)
        self._bound(value)
        if isinstance(value, int) and value.bit_length() <= 64:
            self._remember(value)
        else:
            self.distinct = None

    def _point(self, value: Decimal) -> None:
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and exponent < 0:
            self.scale = max(self.scale, -exponent)

    def _bound(self, value: int | Decimal) -> None:
        self.low = value if self.low is None or value < self.low else self.low
        self.high = value if self.high is None or value > self.high else self.high

    def _add_string(self, value: str) -> None:
        length = len(value)
        self.length_low = length if self.length_low is None else min(self.length_low, length)
        self.length_high = max(self.length_high, length)
        text = _canonical(value)
        self._respelled = self._respelled or text != value
        self._narrow(form for form in self.forms if _READERS[form](value))
        number = read_decimal(value)
        if number is MISFIT:
            self.numeric_text = False
        else:
            self.pointed_text = self.pointed_text or "." in value
            self._point(number)
            self._bound(number)
        if length > _LONG or not value.isprintable():
            self.distinct = None
        else:
            self._remember(text)

    def _narrow(self, forms: Iterable[str]) -> None:
        self.forms = tuple(forms)
        if self._respelled and CANONICAL.keys().isdisjoint(self.forms):
            self.distinct = None  # it counts texts as one value that are two where some are no such value

    def _add_array(self, value: list[Any], depth: int) -> None:
        self.distinct = None
        self._count_items(len(value))
        if self.items is None:
            self.items = ValueProfile()
        if depth < DEPTH:
            for item in value:
                self.items.add(item, depth + 1)

    def _add_object(self, value: dict[str, Any], depth: int) -> None:
        self.distinct = None
        if depth < DEPTH:
            self.add_fields(value, depth + 1)

    def add_fields(self, members: Mapping[str, Any], depth: int = 0) -> None:
        """Take the members of an object into account. Beyond 200 different keys they are all one place: a map's."""
        self._count_items(len(members))
        for key, value in members.items():
            if self.overflown is None and key not in self.fields:
                if len(self.fields) < _MANY_KEYS:
                    self.fields[key] = ValueProfile()
                else:
                    self._overflow()
            (self.overflown or self.fields[key]).add(value, depth)

    def _overflow(self) -> ValueProfile:
        self.overflown = ValueProfile()
        for field in self.fields.values():
            self.overflown.merge(field)
        return self.overflown

    def _count_items(self, count: int) -> None:
        self.items_low = count if self.items_low is None else min(self.items_low, count)
        self.items_high = max(self.items_high, count)

    def _remember(self, value: str | int | bool) -> None:
        if self.distinct is None:
            return
        # True equals 1 in Python and is another value in JSON; a place that mixes them is no choice of values.
        self.distinct[value] += 1
        if len(self.distinct) > CAP:
            self.distinct = None

    def merge(self, other: ValueProfile) -> None:
        """Take over what another profile saw, as if its values had come here."""
        self.present += other.present
        self.kinds += other.kinds
        self.distinct = None if self.distinct is None or other.distinct is None else self.distinct + other.distinct
        if self.distinct is not None and len(self.distinct) > CAP:
            self.distinct = None
        self._respelled = self._respelled or other._respelled
        self._narrow(form for form in self.forms if form in other.forms)
        self.numeric_text = self.numeric_text and other.numeric_text
        self.pointed_text = self.pointed_text or other.pointed_text
        self.scale = max(self.scale, other.scale)
        self.fits_number = self.fits_number and other.fits_number
        self.fits_decimal = self.fits_decimal and other.fits_decimal
        for bound in (other.low, other.high):
            if bound is not None:
                self._bound(bound)
        self.length_low = _least(self.length_low, other.length_low)
        self.length_high = max(self.length_high, other.length_high)
        self.items_low = _least(self.items_low, other.items_low)
        self.items_high = max(self.items_high, other.items_high)
        if other.items is not None:
            self.items = self.items or ValueProfile()
            self.items.merge(other.items)
        if other.overflown is not None:
            # The values of all its fields are in there.
            (self.overflown or self._overflow()).merge(other.overflown)
            return
        for key, field in other.fields.items():
            if self.overflown is None:
                self.fields.setdefault(key, ValueProfile()).merge(field)
                if len(self.fields) > _MANY_KEYS:
                    self._overflow()
            else:
                self.overflown.merge(field)


def _canonical(text: str) -> str:
    """The text itself; of a UUID or a datetime the one spelling that all its spellings are compared by."""
    return next((same for read in CANONICAL.values() if (same := read(text)) != text), text)


def _least(low: int | None, other: int | None) -> int | None:
    return min((each for each in (low, other) if each is not None), default=None)


_KINDS: Mapping[type, str] = {
    type(None): "null", bool: "boolean", int: "integer", Decimal: "number",
    str: "string", list: "array", dict: "object",
}  # fmt: skip

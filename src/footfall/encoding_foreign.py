"""Values that JSON has no form for, as JSON: each gets a form that says what it was, or a fault.

    datetime                   RFC 3339; a naive one is taken as UTC
    date, time                 ISO 8601
    timedelta                  seconds, exact
    Decimal, int               a JSON number with its exact digits
    UUID, Path                 its text
    Enum                       its value
    dataclass, attrs           an object of its fields; those with a leading underscore stay behind
    msgspec Struct, namedtuple an object of its fields
    pydantic model             an object of what its `model_dump()` (pydantic 1: `dict()`) gives
    what has keys and items    an object: sqlite3.Row, a record of a database driver
    lazy text                  its text, now: Django's gettext_lazy, Babel's LazyString
    proxy                      the object behind it: Django's SimpleLazyObject, werkzeug's LocalProxy
    IP address, zone, URL      its text
    bytes                      {"$bytes": base64}
    set                        a list, sorted
    numpy scalar, array        as the same value in Python; so is all that has `tolist()` (a pandas Series)
    other times                their `isoformat()`
    NaN, infinity              null, and a fault `not_finite`
    numbers over 1.8e308       their text, and a fault `not_finite`: JSON has no bound, but its readers have doubles
    lone surrogates            U+FFFD, and a fault `surrogate`
    keys that are not text     their text; two that become the same: the last one, and a fault `duplicate_key`
    anything else              null, and a fault `unencodable`; so an iterator, which only its owner may read

A structure that contains itself, is nested too deep or has too many values has no encoding at all.
"""

from __future__ import annotations

import base64
import dataclasses
import itertools
import math
from collections import UserString, deque
from collections.abc import Callable, Iterable, Mapping, Sequence, ValuesView
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from types import NoneType
from typing import Any
from uuid import UUID

import msgspec
import orjson

from footfall.encoding_plain import MAX_DEPTH, MAX_VALUES, rfc3339
from footfall.events import Fault

__all__ = ["encode_foreign", "fields_of_object", "lazy_text"]

_LAZY = frozenset({"LazyProxy", "LazyString", "LazyText", "_LazyString"})  # Babel, flask-babel, speaklater, starlette
_MISSING = frozenset({"NAType", "NaTType"})  # what pandas has where there is no value; NaT is a datetime
_TEXTS = frozenset({"ipaddress", "zoneinfo"})  # modules whose objects are their text
_MAX_INT_BITS = 200_000  # 60,000 digits; printing one takes longer than its length


def encode_foreign(value: object) -> tuple[bytes | None, tuple[Fault, ...]]:
    """The JSON text of any value, None where it has none, and what had to be changed for it.

    Hardly ever raises: where no stack or memory is left.
    """
    rewrite = _Rewrite()
    clean = rewrite.value(value, "")
    if rewrite.fatal is None:
        return orjson.dumps(clean), tuple(rewrite.faults)
    return None, (*rewrite.faults, rewrite.fatal)


def lazy_text(value: object) -> str | None:
    """The text of an object that makes it when it is asked; None for any other. Raises what its own code raises."""
    return str(value) if _is_lazy(type(value)) and not isinstance(value, str) else None


def _is_lazy(kind: type) -> bool:
    return hasattr(kind, "casefold") or kind.__name__ in _LAZY  # Django's has all methods of text


def fields_of_object(value: object) -> dict[str, Any] | None:
    """The fields of a Struct, a dataclass, or an object of attrs or pydantic; None for any other.

    Raises what the value's own code raises.
    """
    if isinstance(value, msgspec.Struct):
        return _struct_fields(value)
    kind = type(value)
    fields = next((opened(value) for fits, opened in _PROTOCOLS if fits(kind)), None)
    return fields if isinstance(fields, dict) else None


def _struct_fields(value: msgspec.Struct) -> dict[str, Any]:
    tag = value.__struct_config__.tag
    fields: dict[str, Any] = {str(value.__struct_config__.tag_field): tag} if tag is not None else {}
    for name, wire_name in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
        if (item := getattr(value, name)) is not msgspec.UNSET:
            fields[wire_name] = item
    return fields


def _class_of(value: object) -> str:
    """The name of a value's class, past a metaclass that raises when it is asked."""
    name: str = type.__dict__["__name__"].__get__(type(value))
    return name


class _Rewrite:
    """One value on its way to types that orjson can be trusted with."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.fatal: Fault | None = None
        self._open: set[int] = set()
        self._left = MAX_VALUES

    def value(self, value: Any, path: str) -> Any:
        if self.fatal is not None:
            return None
        self._left -= 1
        if self._left < 0:
            self.fatal = Fault(path, "unencodable", f"at most {MAX_VALUES} values", "more")
            return None
        try:
            for kinds, rewrite in _REWRITES:
                if isinstance(value, kinds):
                    return rewrite(self, value, path)
            return self._other(value, path)
        except Exception as error:  # noqa: BLE001 - a property, a comparison or an iteration of the caller's raised
            return self._lost(path, "unencodable", "a JSON value", f"{_class_of(value)}: {_class_of(error)}")

    def _lost(self, path: str, code: str, expected: str, got: str) -> object:
        self.faults.append(Fault(path, code, expected, got))
        return None

    def _nested(self, value: object, path: str, inside: Callable[[], Any]) -> Any:
        if id(value) in self._open:
            self.fatal = Fault(path, "unencodable", "a structure that ends", "one that contains itself")
            return None
        if len(self._open) >= MAX_DEPTH:
            self.fatal = Fault(path, "unencodable", f"at most {MAX_DEPTH} levels", "more")
            return None
        self._open.add(id(value))
        try:
            return inside()
        finally:
            self._open.discard(id(value))

    def constant(self, value: bool | None, _path: str) -> object:
        return None if isinstance(value, NoneType) else bool(value)

    def text(self, value: str, path: str) -> str:
        # A proxy says that it is text, and is none.
        value = str.__str__(value) if issubclass(type(value), str) else str(value)
        try:
            value.encode()
        except UnicodeEncodeError:
            self.faults.append(Fault(path, "surrogate", "Unicode text", "a lone surrogate"))
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return value

    def integer(self, value: int, path: str) -> object:
        number = int.__int__(value) if issubclass(type(value), int) else int(str(value))
        if -(2**63) <= number < 2**64:
            return number
        if number.bit_length() > _MAX_INT_BITS:
            return self._lost(path, "unencodable", f"at most {_MAX_INT_BITS} bits", "more")
        return self._number(path, number, format(Decimal(number), "f"))  # str() of an int stops at 4,300 digits

    def float(self, value: float, path: str) -> object:
        number = float.__float__(value) if issubclass(type(value), float) else float(str(value))
        return number if math.isfinite(number) else self._not_finite(path, number)

    def decimal(self, value: Decimal, path: str) -> object:
        if not issubclass(type(value), Decimal):
            value = Decimal(str(value))
        if not value.is_finite():
            return self._not_finite(path, value)
        return self._number(path, value, Decimal.__str__(value))

    def _number(self, path: str, number: int | Decimal, text: str) -> object:
        """A number with its exact digits; as text where a reader of JSON would have to take it for infinity."""
        try:
            fits = math.isfinite(float(number))
        except OverflowError:
            fits = False
        if fits:
            return orjson.Fragment(text)
        self.faults.append(Fault(path, "not_finite", "a number that a double can hold", "a larger one, sent as text"))
        return text

    def _not_finite(self, path: str, value: object) -> object:
        return self._lost(path, "not_finite", "a finite number", str(value))

    def moment(self, value: datetime, path: str) -> object:
        return self._not_finite(path, "not a time") if _class_of(value) in _MISSING else rfc3339(value)

    def isoformat(self, value: date | time, _path: str) -> object:
        return value.isoformat()

    def seconds(self, value: timedelta, _path: str) -> object:
        micros = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
        return orjson.Fragment(
            str(Decimal(micros).scaleb(-6).normalize() if micros % 1_000_000 else micros // 1_000_000)
        )

    def enum(self, value: Enum, path: str) -> object:
        return self._nested(value, path, lambda: self.value(value.value, path))

    def as_text(self, value: object, path: str) -> object:
        return self.text(str(value), path)

    def binary(self, value: bytes | bytearray | memoryview, _path: str) -> object:
        return {"$bytes": base64.b64encode(bytes(value)).decode()}

    def struct(self, value: msgspec.Struct, path: str) -> object:
        return self.mapping(_struct_fields(value), path, owner=value)

    def mapping(self, value: Mapping[Any, Any], path: str, owner: object = None) -> object:
        def inside() -> dict[str, Any]:
            content: dict[str, Any] = {}
            # A copy first: another thread may be adding keys.
            for key, item in dict(value).items():
                name = self._key(key, path)
                if name is None:
                    continue
                member = f"{path}.{name}" if path else name
                if name in content:
                    self.faults.append(Fault(member, "duplicate_key", "one value", "several"))
                content[name] = self.value(item, member)
            return content

        return self._nested(value if owner is None else owner, path, inside)

    def _key(self, key: object, path: str) -> str | None:
        if type(key) is str:
            return self.text(key, path)
        plain = self.value(key, path)
        if isinstance(plain, dict | list):
            self._lost(path, "unencodable", "a key that is text", type(key).__name__)
            return None
        return plain if type(plain) is str else orjson.dumps(plain).decode()

    def _some(self, value: Iterable[Any]) -> list[Any]:
        """All values of a container, or as many as show that there are too many: some say they are endless."""
        return list(itertools.islice(value, self._left + 1))

    def sequence(self, value: Iterable[Any], path: str) -> object:
        items = self._some(value)
        return self._nested(
            value, path, lambda: [self.value(item, f"{path}[{index}]") for index, item in enumerate(items)]
        )

    def record_or_sequence(self, value: Any, path: str) -> object:
        names = getattr(value, "_fields", None)
        if isinstance(names, tuple) and len(names) == len(value):
            return self.mapping(dict(zip(names, value, strict=True)), path, owner=value)
        if hasattr(type(value), "keys"):  # sqlite3.Row
            return self.mapping(dict(value), path, owner=value)
        return self.sequence(value, path)

    def unordered(self, value: AbstractSet[Any], path: str) -> object:
        items = self._some(value)
        try:
            items.sort()
        except TypeError:
            # Values of several types have no order: that of their JSON is always the same.
            items.sort(key=lambda item: encode_foreign(item)[0] or b"")
        return self._nested(
            value, path, lambda: [self.value(item, f"{path}[{index}]") for index, item in enumerate(items)]
        )

    def _other(self, value: Any, path: str) -> object:
        kind = type(value)
        if _class_of(value) in _MISSING:
            return self._not_finite(path, "no value")
        opened = next((opened for fits, opened in _PROTOCOLS if fits(kind)), None)
        if opened is None:
            return self._lost(path, "unencodable", "a JSON value", _class_of(value))
        return self._nested(value, path, lambda: self._opened(opened(value), value, path))

    def _opened(self, inside: Any, value: object, path: str) -> object:
        if type(inside) is type(value):
            return self._lost(path, "unencodable", "a JSON value", _class_of(value))
        return self.value(inside, path)


def _public(value: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names if not name.startswith("_")}


def _of_numpy_time(value: Any) -> object:
    """`tolist()` would give bare numbers for times in nanoseconds."""
    text = str(value)
    if text == "NaT":
        return math.nan
    if _class_of(value) == "timedelta64":
        return float(value / type(value)(1, "s"))
    return f"{text}Z" if "T" in text else text


def _of_array(value: Any) -> object:
    has_times = getattr(getattr(value, "dtype", None), "kind", "") in ("m", "M")
    return list(value) if has_times else value.tolist()


# How to open the objects of libraries that are not imported here, by what their classes have; the first that fits.
_PROTOCOLS: tuple[tuple[Callable[[type], bool], Callable[[Any], object]], ...] = (
    (dataclasses.is_dataclass, lambda value: _public(value, (field.name for field in dataclasses.fields(value)))),
    (
        lambda kind: hasattr(kind, "__attrs_attrs__"),
        lambda value: _public(value, (field.name for field in type(value).__attrs_attrs__)),
    ),
    (
        lambda kind: hasattr(kind, "model_dump") and hasattr(kind, "model_fields"),
        lambda value: value.model_dump(warnings=False),
    ),
    (lambda kind: hasattr(kind, "__fields__") and hasattr(kind, "dict"), lambda value: value.dict()),
    (
        lambda kind: kind.__module__ == "numpy" and kind.__name__ in ("datetime64", "timedelta64"),
        _of_numpy_time,
    ),
    (lambda kind: hasattr(kind, "tolist"), _of_array),
    (_is_lazy, str),
    (lambda kind: hasattr(kind, "keys") and hasattr(kind, "__getitem__"), dict),
    (lambda kind: hasattr(kind, "isoformat"), lambda value: value.isoformat()),
    (
        # The last two are pydantic's URLs, and those of yarl and httpx.
        lambda kind: kind.__module__ in _TEXTS or hasattr(kind, "unicode_string") or kind.__name__ == "URL",
        str,
    ),
)


# The first row whose types fit decides; an Enum may also be a str or an int, and a datetime is a date.
_REWRITES: tuple[tuple[type | tuple[type, ...], Callable[[_Rewrite, Any, str], object]], ...] = (
    ((bool, NoneType), _Rewrite.constant),
    (Enum, _Rewrite.enum),
    (str, _Rewrite.text),
    (int, _Rewrite.integer),
    (float, _Rewrite.float),
    (Decimal, _Rewrite.decimal),
    (datetime, _Rewrite.moment),
    ((date, time), _Rewrite.isoformat),
    (timedelta, _Rewrite.seconds),
    ((UUID, PurePath, UserString), _Rewrite.as_text),
    ((bytes, bytearray, memoryview), _Rewrite.binary),
    (Mapping, _Rewrite.mapping),
    (msgspec.Struct, _Rewrite.struct),
    (AbstractSet, _Rewrite.unordered),
    ((Sequence, deque), _Rewrite.record_or_sequence),
    (ValuesView, _Rewrite.sequence),
)

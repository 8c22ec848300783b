"""Any Python value as JSON text, fast where it is plain and with care where it is not; nothing makes it raise.

What JSON has no form for gets one that says what it was:

    datetime                   RFC 3339; a naive one is taken as UTC
    date, time                 ISO 8601
    timedelta                  seconds, exact
    Decimal, int               a JSON number with its exact digits
    UUID, Path                 its text
    Enum                       its value
    dataclass, msgspec Struct  an object of its fields; a dataclass's fields with a leading underscore stay behind
    namedtuple                 an object of its fields
    bytes                      {"$bytes": base64}
    set                        a list, sorted
    numpy scalar, array        as the Python value that it stands for
    NaN, infinity              null, and a fault `not_finite`
    numbers over 1.8e308       their text, and a fault `not_finite`: JSON has no bound, but its readers have doubles
    lone surrogates            U+FFFD, and a fault `surrogate`
    keys that are not text     their text; two that become the same: the last one, and a fault `duplicate_key`
    anything else              null, and a fault `unencodable`

A structure that contains itself, is nested too deep or holds too many values has no encoding at all.

orjson is fast but not total: it writes NaN as null without a word, drops the seconds of a UTC offset, and a property of
an Enum, a dataclass or a tzinfo that raises can end the process inside it. So only exact builtin types reach it.
"""

from __future__ import annotations

import base64
import dataclasses
import itertools
import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from types import NoneType
from typing import Any
from uuid import UUID

import msgspec
import orjson

from footfall.events import Fault

__all__ = ["MAX_DEPTH", "MAX_VALUES", "encode"]

MAX_DEPTH = 60  # the collector takes 64, of which the message around the value needs some
MAX_VALUES = 100_000

_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_ATOMS = frozenset({str, int, bool, NoneType})
_MAX_INT_BITS = 200_000  # 60,000 digits; printing one takes longer than its length
_MAX_EXPONENT = 308  # the largest power of ten that a double holds


def encode(value: object) -> tuple[bytes | None, tuple[Fault, ...]]:
    """The JSON text of `value`, and what had to be changed for it, each with its path inside `value`.

    The text is None when there is none; the faults say why. Never raises, and changes nothing in `value`.
    """
    try:
        if _is_plain(value, MAX_DEPTH, [MAX_VALUES]):
            return orjson.dumps(value, _direct, _OPTIONS), ()
    except Exception:  # noqa: BLE001, S110 - whatever the value's own code raised, the careful way deals with it
        pass
    return _encode_carefully(value)


def _is_plain(value: object, depth: int, budget: list[int]) -> bool:
    """Whether orjson can be trusted with a value; False is always safe."""
    kind = type(value)
    if kind is dict:
        items: Iterable[object] = value.values()  # type: ignore[attr-defined]  # kind says that it is a dict
    elif kind is list or kind is tuple:
        items = value  # type: ignore[assignment]  # kind says that it is a list or a tuple
    else:
        return _is_plain_leaf(kind, value)
    budget[0] -= len(value)  # type: ignore[arg-type]  # a container, as seen above
    if depth == 0 or budget[0] < 0:
        return False
    for item in items:
        kind = type(item)
        if kind in _ATOMS or (kind is float and item - item == 0.0):  # type: ignore[operator]  # NaN - NaN, ∞ - ∞: NaN
            continue
        if kind is dict or kind is list or kind is tuple:
            if not _is_plain(item, depth - 1, budget):
                return False
        elif not _is_plain_leaf(kind, item):
            return False
    return True


def _is_plain_leaf(kind: type, value: Any) -> bool:
    if kind is float:
        return math.isfinite(value)
    if kind is Decimal:
        return value.is_finite() and value.adjusted() < _MAX_EXPONENT  # type: ignore[no-any-return]  # as kind says
    if kind is UUID:
        # A UUID that was never initialised has no `int`; asking here raises, asking inside orjson ends the process.
        return value.int >= 0  # type: ignore[no-any-return]  # kind says that it is a UUID
    return kind in _ATOMS or kind is datetime or kind is date


def _direct(value: object) -> object:
    """The types besides JSON's own that `_is_plain` lets through."""
    if type(value) is Decimal:
        return orjson.Fragment(str(value))
    if type(value) is datetime:
        return _moment(value)
    if type(value) is date:
        return value.isoformat()
    raise TypeError


def _moment(value: datetime) -> str:
    offset = value.utcoffset()
    if offset is None:
        return value.isoformat() + "Z"
    if offset.seconds % 60 or offset.microseconds:
        value = value.astimezone(UTC)  # RFC 3339 has no seconds in an offset
    return value.isoformat()


def _encode_carefully(value: object) -> tuple[bytes | None, tuple[Fault, ...]]:
    rewrite = _Rewrite()
    try:
        clean = rewrite.value(value, "")
        if rewrite.fatal is None:
            return orjson.dumps(clean), tuple(rewrite.faults)
    except Exception as error:  # noqa: BLE001 - no value may reach the caller as an exception
        return None, (Fault("", "unencodable", "a JSON value", type(error).__name__),)
    return None, (*rewrite.faults, rewrite.fatal)


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
            return self._lost(path, "unencodable", "a JSON value", f"{type(value).__name__}: {type(error).__name__}")

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

    def text(self, value: str, path: str) -> str:
        value = str.__str__(value)
        try:
            value.encode()
        except UnicodeEncodeError:
            self.faults.append(Fault(path, "surrogate", "Unicode text", "a lone surrogate"))
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return value

    def integer(self, value: int, path: str) -> object:
        number = int.__int__(value)
        if -(2**63) <= number < 2**64:
            return number
        if number.bit_length() > _MAX_INT_BITS:
            return self._lost(path, "unencodable", f"at most {_MAX_INT_BITS} bits", "more")
        return self._number(path, number, format(Decimal(number), "f"))  # str() of an int stops at 4,300 digits

    def float(self, value: float, path: str) -> object:
        number = float.__float__(value)
        return number if math.isfinite(number) else self._not_finite(path, number)

    def decimal(self, value: Decimal, path: str) -> object:
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
        text = _moment(value)
        # pandas' NaT is a datetime that prints as NaT.
        return text if text[:1].isdigit() else self._not_finite(path, "not a time")

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
        tag = value.__struct_config__.tag
        fields = {str(value.__struct_config__.tag_field): tag} if tag is not None else {}
        for name, wire_name in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
            if (item := getattr(value, name)) is not msgspec.UNSET:
                fields[wire_name] = item
        return self.mapping(fields, path, owner=value)

    def mapping(self, value: Mapping[Any, Any], path: str, owner: object = None) -> object:
        def inside() -> dict[str, Any]:
            made: dict[str, Any] = {}
            # A copy first: another thread may be adding keys.
            for key, item in dict(value).items():
                name = self._key(key, path)
                if name is None:
                    continue
                place = f"{path}.{name}" if path else name
                if name in made:
                    self.faults.append(Fault(place, "duplicate_key", "one value", "several"))
                made[name] = self.value(item, place)
            return made

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
            value, path, lambda: [self.value(item, f"{path}[{place}]") for place, item in enumerate(items)]
        )

    def named_tuple_or_sequence(self, value: tuple[Any, ...], path: str) -> object:
        names = getattr(value, "_fields", None)
        if isinstance(names, tuple) and len(names) == len(value):
            return self.mapping(dict(zip(names, value, strict=True)), path, owner=value)
        return self.sequence(value, path)

    def unordered(self, value: AbstractSet[Any], path: str) -> object:
        items = self._some(value)
        try:
            items.sort()
        except TypeError:
            # Values of several types have no order of their own: that of their JSON is at least always the same.
            items.sort(key=lambda item: encode(item)[0] or b"")
        return self._nested(
            value, path, lambda: [self.value(item, f"{path}[{place}]") for place, item in enumerate(items)]
        )

    def _other(self, value: Any, path: str) -> object:
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = [field.name for field in dataclasses.fields(value) if not field.name.startswith("_")]
            return self.mapping({name: getattr(value, name) for name in names}, path, owner=value)
        if type(value).__module__ == "numpy":
            return self._numpy(value, path)
        return self._lost(path, "unencodable", "a JSON value", type(value).__name__)

    def _numpy(self, value: Any, path: str) -> object:
        if type(value).__name__ == "datetime64":
            text = str(value)  # `item()` would give nanoseconds as a bare number
            if text == "NaT":
                return self._not_finite(path, text)
            return f"{text}Z" if "T" in text else text
        plain = value.tolist() if hasattr(value, "tolist") else value
        if type(plain) is type(value):
            return self._lost(path, "unencodable", "a JSON value", type(value).__name__)
        return self.value(plain, path)


# The first row whose types fit decides; an Enum may also be a str or an int, and a datetime is a date.
_REWRITES: tuple[tuple[type | tuple[type, ...], Callable[[_Rewrite, Any, str], object]], ...] = (
    ((bool, NoneType), lambda _rewrite, value, _path: value),
    (Enum, _Rewrite.enum),
    (str, _Rewrite.text),
    (int, _Rewrite.integer),
    (float, _Rewrite.float),
    (Decimal, _Rewrite.decimal),
    (datetime, _Rewrite.moment),
    ((date, time), _Rewrite.isoformat),
    (timedelta, _Rewrite.seconds),
    ((UUID, PurePath), _Rewrite.as_text),
    ((bytes, bytearray, memoryview), _Rewrite.binary),
    (Mapping, _Rewrite.mapping),
    (msgspec.Struct, _Rewrite.struct),
    (tuple, _Rewrite.named_tuple_or_sequence),
    (AbstractSet, _Rewrite.unordered),
    ((Sequence, deque), _Rewrite.sequence),
)

"""The slow way to validate: compares one decoded value with the plan and lists every fault.

A `PropertyCheck` is a property prepared for one stage. Its type is a reader (JSON value to Python value, or `MISFIT`),
its constraints are a table of predicates, so `explain` has no branch per type. The fast way (`checking.fast_decoder`)
falls back to the same readers and predicates, which is why the two agree.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, NamedTuple

import msgspec

from footfall.events import Fault
from footfall.plan.checking.formats import FORMATS, UUID
from footfall.plan.model import Property
from footfall.plan.wording import join_key, one_of, say_got, say_type, shorten
from footfall.timestamps import read_datetime

__all__ = [
    "DECIMAL_TEXT", "MISFIT", "Constraint", "Faults", "PropertyCheck", "decode", "explain", "make_check",
    "read_decimal",
]  # fmt: skip

MISFIT: Any = msgspec.UNSET
"""What a reader returns for a value that is not of its type."""

DECIMAL_TEXT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")
_DECIMAL_DIGITS = 100
# The rest of a value with more faults is not checked: its sender could choose how long that takes.
_MOST_FAULTS = 100
_ANY = Property(type="any", nullable=True)
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]


def _read_float(text: str) -> Decimal:
    # Exact digits; to every check an exponent beyond those of Decimal is the same as an infinite number.
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("Infinity")


decode: Callable[[bytes | msgspec.Raw], Any] = msgspec.json.Decoder(float_hook=_read_float).decode
"""JSON text to plain values; a number with a point or an exponent becomes a Decimal with its exact digits.

Raises ValueError for what is not JSON, and RecursionError for what is nested too deeply.
"""


def _read_only(kind: type) -> Callable[[Any], Any]:
    return lambda value: value if type(value) is kind else MISFIT


def _read_number(value: Any) -> Any:
    if type(value) is not int and type(value) is not Decimal:
        return MISFIT
    try:
        number = float(value)
    except OverflowError:
        return MISFIT
    return number if math.isfinite(number) else MISFIT


def read_decimal(value: Any) -> Any:
    """The exact Decimal of a JSON number, or of a string with one in ASCII digits; else `MISFIT`.

    It has at most 100 digits before and after the point, so adding and printing it is bounded work.
    """
    is_text = type(value) is str and DECIMAL_TEXT.fullmatch(value)
    if is_text or (type(value) is int and value.bit_length() <= 4 * _DECIMAL_DIGITS):
        value = Decimal(value)
    if type(value) is not Decimal or not value.is_finite():
        return MISFIT
    size = value.adjusted()
    if -6 <= size < _DECIMAL_DIGITS and len(str(value)) <= _DECIMAL_DIGITS:
        return value  # written without an exponent, so its length bounds its decimals
    return value if size < _DECIMAL_DIGITS and -_exponent(value) <= _DECIMAL_DIGITS else MISFIT


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent


def _read_as(kind: Any) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        try:
            return msgspec.convert(value, kind) if type(value) is str else MISFIT
        except msgspec.ValidationError:
            return MISFIT

    return read


_read_usual_datetime = _read_as(_Moment)


def _read_datetime(value: Any) -> Any:
    # msgspec first, which the fast way uses too: both then round the digits of a fraction alike.
    moment = _read_usual_datetime(value)
    if moment is not MISFIT or type(value) is not str:
        return moment
    moment = read_datetime(value)
    return MISFIT if moment is None else moment


def _read_uuid(value: Any) -> Any:
    return value if type(value) is str and UUID.fullmatch(value) else MISFIT


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "string": _read_only(str),
    "integer": _read_only(int),
    "number": _read_number,
    "decimal": read_decimal,
    "boolean": _read_only(bool),
    "datetime": _read_datetime,
    "date": _read_as(date),
    "uuid": _read_uuid,
    "object": _read_only(dict),
    "array": _read_only(list),
    "map": _read_only(dict),
    "any": lambda value: value,
    "union": lambda _value: MISFIT,  # its members read
    "absent": lambda _value: MISFIT,
}


class Constraint(NamedTuple):
    """One check of a value that has its type: the fault's code, the predicate, what it expects."""

    code: str
    accepts: Callable[[Any], object]
    expected: str
    open: bool = False


class PropertyCheck:
    """A property prepared for checking: reader, constraints, parts. `hidden` keeps its values out of texts."""

    __slots__ = (
        "children", "constraints", "expected", "hidden", "inner", "key", "keys", "kind", "members", "nullable", "prop",
        "read", "required",
    )  # fmt: skip

    def __init__(self, prop: Property, kind: str, constraints: tuple[Constraint, ...], hidden: bool) -> None:
        self.prop = prop
        self.kind = kind
        self.key = prop.wire_name or prop.name
        self.required = prop.required and kind != "absent"
        self.nullable = prop.nullable and kind != "absent"
        self.hidden = hidden
        self.read = _READERS[kind]
        self.expected = say_type(kind, prop.types)
        self.constraints = constraints
        self.children: tuple[PropertyCheck, ...] = ()
        self.keys: frozenset[str] = frozenset()
        self.inner: PropertyCheck | None = None
        self.members: tuple[PropertyCheck, ...] = ()

    def of(self, value: Any) -> PropertyCheck:
        """The member of a union whose type `value` is of; this check itself if it is no union, or none fits."""
        return next((member for member in self.members if member.read(value) is not MISFIT), self)


class Faults(msgspec.Struct, eq=False):
    """Faults of a value: what is `wrong`, new values of an open enum (`novel`), and `unknown` keys."""

    wrong: list[Fault] = []
    novel: list[Fault] = []
    unknown: list[Fault] = []

    def __bool__(self) -> bool:
        return bool(self.wrong or self.novel or self.unknown)


def explain(node: PropertyCheck, value: Any, path: str, faults: Faults) -> None:
    """Add to `faults` every fault of `value`, a decoded JSON value at `path`, in the order of the plan.

    After a hundred faults it looks at no more items of arrays and maps. It lists at most a hundred new values of open
    enums, and a hundred unknown keys.
    """
    if value is None and node.kind != "absent":
        if not node.nullable:
            faults.wrong.append(Fault(path, "null", node.expected, "null"))
        return
    if node.members:
        node = node.of(value)
    parsed = node.read(value)
    if parsed is MISFIT:
        faults.wrong.append(Fault(path, "type", node.expected, say_got(value, node.hidden)))
        return
    for code, accepts, expected, is_open in node.constraints:
        if not accepts(parsed):
            fault = Fault(path, code, expected, say_got(value, node.hidden))
            if not is_open:
                faults.wrong.append(fault)
            elif len(faults.novel) < _MOST_FAULTS:
                faults.novel.append(fault)
    if node.kind == "object":
        _explain_object(node, value, path, faults)
    elif node.inner is not None and type(value) is list:
        for index, item in enumerate(value):
            if len(faults.wrong) >= _MOST_FAULTS:
                break
            explain(node.inner, item, f"{path}[{index}]", faults)
    elif node.inner is not None:
        for key, item in sorted(value.items()):
            if len(faults.wrong) >= _MOST_FAULTS:
                break
            explain(node.inner, item, join_key(path, "*" if node.hidden else key), faults)


def _explain_object(node: PropertyCheck, value: dict[str, Any], path: str, faults: Faults) -> None:
    for child in node.children:
        inside = f"{path}.{child.key}" if path else child.key
        if child.key in value:
            explain(child, value[child.key], inside, faults)
        elif child.required:
            faults.wrong.append(Fault(inside, "required", child.expected, "nothing"))
    if node.prop.additional is not True and not node.keys.issuperset(value):
        closed = node.prop.additional is False
        listed = faults.wrong if closed else faults.unknown
        for key in sorted(value.keys() - node.keys)[: max(0, _MOST_FAULTS - len(listed))]:
            # The plan does not say how sensitive an unknown property is, so its value is never shown.
            fault = Fault(
                join_key(path, key),
                "additional" if closed else "unknown_property",
                "a property of the plan",
                say_got(value[key], hidden=True),
            )
            listed.append(fault)


def make_check(
    prop: Property, *, received: bool, secret: Callable[[Property], bool], inherited: bool = False
) -> PropertyCheck:
    """The node of a property.

    `received` says that transforms were already applied, so that the transformed type is what must be there. `secret`
    says whether a property's values must not be shown; what is inside a secret property is secret as well, and so is
    what has a secret part, as a wrong type could put that part's value in its place.
    """
    own = _as_received(prop) if received and prop.transform else prop
    kind = "absent" if received and prop.transform == "drop" else own.type
    inherited = inherited or secret(prop)
    children = tuple(
        make_check(part, received=received, secret=secret, inherited=inherited)
        for part in (own.properties if kind == "object" else ())
    )
    item = {"array": own.items or _ANY, "map": own.values or _ANY}.get(kind)
    item_check = make_check(item, received=received, secret=secret, inherited=inherited) if item else None
    parts = (*children, item_check) if item_check else children
    node = PropertyCheck(own, kind, _constraints(own, kind), inherited or any(part.hidden for part in parts))
    node.children = children
    node.keys = frozenset(child.key for child in children)
    node.inner = item_check
    if kind == "union":
        alone = (msgspec.structs.replace(own, type=name, types=()) for name in own.types)
        node.members = tuple(
            PropertyCheck(member, member.type, _constraints(member, member.type), node.hidden) for member in alone
        )
    return node


def _as_received(prop: Property) -> Property:
    return msgspec.structs.replace(
        prop,
        type="string",
        types=(),
        format="sha256" if prop.transform == "hash" else None,
        enum=(), pattern=None, min_length=None, max_length=None, items=None, values=None, properties=(),
        additional=None,
    )  # fmt: skip


def _constraints(prop: Property, kind: str) -> tuple[Constraint, ...]:
    return tuple(check for make in _MAKERS.get(kind, ()) if (check := make(prop)) is not None)


def _enum(prop: Property, members: Iterable[object]) -> Constraint | None:
    return Constraint("enum", frozenset(members).__contains__, one_of(prop.enum), prop.open) if prop.enum else None


def _enum_text(prop: Property) -> Constraint | None:
    return _enum(prop, (member for member in prop.enum if type(member) is str))


def _enum_integer(prop: Property) -> Constraint | None:
    return _enum(prop, (member for member in prop.enum if type(member) is int))


def _enum_decimal(prop: Property) -> Constraint | None:
    read = (read_decimal(member) for member in prop.enum)
    return _enum(prop, (member for member in read if member is not MISFIT))


def _pattern(prop: Property) -> Constraint | None:
    most = prop.max_length
    if prop.pattern is None or most is None:
        return None
    from footfall.plan.regex_dialect import compile_pattern  # loaded with the first property that has a pattern

    # A value that is too long is never searched: its sender could choose how long that takes.
    search = compile_pattern(prop.pattern).search
    return Constraint("pattern", lambda text: len(text) > most or search(text), shorten(f"a match of {prop.pattern}"))


def _format(prop: Property) -> Constraint | None:
    # A bundle may come from a newer footfall with more formats: an unknown one is not checked.
    predicate = FORMATS.get(prop.format or "")
    return None if predicate is None else Constraint("format", predicate, f"the format {prop.format}")


def _decimals(value: Decimal) -> int:
    return len(f"{value:f}".partition(".")[2].rstrip("0"))


_Make = Callable[[Property], Constraint | None]


def _bound(
    key: str, fits: Callable[[Any, Any], bool], expected: str, *, of: Callable[[Any], Any] = lambda value: value,
    limit_of: Callable[[Any], Any] = lambda limit: limit,
) -> _Make:  # fmt: skip
    """The check of one bound: what `of` makes of a value `fits` what `limit_of` makes of the key."""

    def make(prop: Property) -> Constraint | None:
        stated = getattr(prop, key)
        if stated is None:
            return None
        limit = limit_of(stated)
        return Constraint(key, lambda value: fits(of(value), limit), shorten(expected.format(stated)))

    return make


_MIN, _MAX = _bound("min", operator.ge, "at least {}"), _bound("max", operator.le, "at most {}")
# A number is a double, so its bound is one too: else 0.1 would be above a maximum of 0.1.
_MIN_NUMBER = _bound("min", operator.ge, "at least {}", limit_of=float)
_MAX_NUMBER = _bound("max", operator.le, "at most {}", limit_of=float)
_MIN_LENGTH = _bound("min_length", operator.ge, "{} or more characters", of=len)
_MAX_LENGTH = _bound("max_length", operator.le, "{} or fewer characters", of=len)
_MIN_ITEMS = _bound("min_items", operator.ge, "{} or more items", of=len)
_MAX_ITEMS = _bound("max_items", operator.le, "{} or fewer items", of=len)
# By value: 1.50 has one decimal, so that a sender's trailing zeros are no fault.
_SCALE = _bound("scale", operator.le, "{} or fewer decimals", of=_decimals)

_MAKERS: Mapping[str, tuple[_Make, ...]] = {
    "string": (_enum_text, _pattern, _format, _MIN_LENGTH, _MAX_LENGTH),
    "uuid": (_enum_text,),
    "integer": (_enum_integer, _MIN, _MAX),
    "number": (_enum_integer, _MIN_NUMBER, _MAX_NUMBER),
    "decimal": (_enum_decimal, _MIN, _MAX, _SCALE),
    "array": (_MIN_ITEMS, _MAX_ITEMS),
    "map": (_MIN_ITEMS, _MAX_ITEMS),
}

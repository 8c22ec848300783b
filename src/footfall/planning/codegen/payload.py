"""Makes an example of an event's properties that the plan itself takes: by its examples, enums, bounds and patterns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any

import msgspec

from footfall.plan.checking.explain import make_check
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Event, Plan, Property
from footfall.plan.regex_dialect import compile_pattern, parse_pattern
from footfall.planning.codegen.wording import compact

__all__ = ["FORMAT_EXAMPLES", "example_payload"]

FORMAT_EXAMPLES: Mapping[str, str] = {
    "country": "SE",
    "currency": "EUR",
    "date": "2026-03-01",
    "date-time": "2026-03-01T12:30:00Z",
    "duration": "PT15M",
    "email": "ann@example.com",
    "hostname": "shop.example.com",
    "ip": "192.0.2.1",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "language": "en-GB",
    "mac": "00:00:5e:00:53:01",
    "phone": "+4670123456",
    "semver": "1.4.2",
    "sha256": "0" * 64,
    "time": "12:30:00Z",
    "uri": "https://example.com/a",
    "url": "https://example.com/a",
    "uuid": "01890a5d-ac96-774b-bcce-b302099a8057",
}
"""Format -> a text that has it."""
_CLASS_EXAMPLES = {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a"}


def example_payload(event: Event) -> bytes:
    """The JSON text of an example of all properties, indented; of the required ones where all together break a rule.

    Where no valid example can be made, for a pattern that cannot be followed or a rule over required properties,
    the text has the right shape all the same.
    """
    validator = Validator(Plan(id="example", events={event.name: event}), stage="client")
    whole = _object(event.properties)
    needed = _object(tuple(prop for prop in event.properties if prop.required))
    for candidate in (whole, needed):
        text = compact(candidate).encode()
        if not validator.check(event, text).faults:
            return msgspec.json.format(text, indent=2)
    return msgspec.json.format(compact(whole).encode(), indent=2)


def _object(properties: Iterable[Property]) -> dict[str, Any]:
    return {prop.wire_name or prop.name: _value(prop) for prop in properties}


def _value(prop: Property) -> Any:
    if prop.examples:
        return prop.examples[0]
    if prop.enum:
        node = make_check(prop, received=False, secret=lambda _: False)
        right = (member for member in prop.enum if all(each.accepts(member) for each in node.of(member).constraints))
        return next(right, prop.enum[0])
    return _MAKERS[prop.type](prop)


def _string(prop: Property) -> str:
    formatted = FORMAT_EXAMPLES.get(prop.format or "")
    if formatted is not None and (prop.pattern is None or compile_pattern(prop.pattern).search(formatted)):
        return formatted
    if prop.pattern is not None:
        # As far as a match can be read off: the fewest repetitions, the first choices.
        return "".join(map(_piece, parse_pattern(prop.pattern)))
    return "text".ljust(prop.min_length or 0, "x")[: prop.max_length]


def _piece(part: Any) -> str:
    name, value = str(part[0]), part[1]
    if name == "LITERAL":
        return chr(value)
    if name in {"ANY", "NOT_LITERAL"}:
        return "a" if name == "ANY" or value != ord("a") else "b"
    if name == "IN":
        return _member(value)
    if name == "BRANCH":
        return "".join(map(_piece, value[1][0]))
    if name == "SUBPATTERN":
        return "".join(map(_piece, value[3]))
    if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        return "".join(map(_piece, value[2])) * int(value[0])
    return ""


def _member(members: Any) -> str:
    name, value = str(members[0][0]), members[0][1]
    if name == "LITERAL":
        return chr(value)
    if name == "RANGE":
        return chr(value[0])
    return _CLASS_EXAMPLES.get(str(value), "a")


def _bounded(prop: Property, likely: Decimal, step: Decimal) -> Decimal:
    low, high = prop.min, prop.max
    if (low is None or low <= likely) and (high is None or likely <= high):
        return likely
    if low is None:
        assert high is not None
        return (high / step).to_integral_value(rounding="ROUND_FLOOR") * step
    return (low / step).to_integral_value(rounding=ROUND_CEILING) * step


def _decimal(prop: Property) -> Decimal:
    scale = min(2 if prop.scale is None else prop.scale, 2)
    return _bounded(prop, Decimal("129.90") if scale == 2 else Decimal(129), Decimal(1).scaleb(-scale))


def _map(prop: Property) -> dict[str, Any]:
    value = None if prop.values is None else _value(prop.values)
    return {f"key_{number}": value for number in range(1, max(prop.min_items or 1, 1) + 1)}


def _array(prop: Property) -> list[Any]:
    item = None if prop.items is None else _value(prop.items)
    count = max(prop.min_items or 1, 1)
    return [item] * (count if prop.max_items is None else min(count, prop.max_items))


_MAKERS: Mapping[str, Callable[[Property], Any]] = {
    "any": lambda _: "anything",
    "array": _array,
    "boolean": lambda _: True,
    "date": lambda _: "2026-03-01",
    "datetime": lambda _: "2026-03-01T12:30:00Z",
    "decimal": _decimal,
    "integer": lambda prop: int(_bounded(prop, Decimal(3), Decimal(1))),
    "map": _map,
    "number": lambda prop: float(_bounded(prop, Decimal("21.5"), Decimal("0.1"))),
    "object": lambda prop: _object(prop.properties),
    "string": _string,
    "union": lambda prop: _value(msgspec.structs.replace(prop, type=prop.types[0], types=())),
    "uuid": lambda _: FORMAT_EXAMPLES["uuid"],
}

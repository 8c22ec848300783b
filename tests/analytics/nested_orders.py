"""Orders with lines, an address and a context, of persons with traits: drawn logs, and plain loops over them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple

import msgspec
from hypothesis import strategies as st
from tests.analytics.conftest import make_entry

from footfall.plan.model import (
    Aggregate,
    Count,
    Difference,
    Event,
    Plan,
    Property,
    Quantity,
    Ratio,
    SumOf,
    Unique,
    Where,
)
from footfall.plan.reading.event_filters import read_event_filter
from footfall.storage.journal import Entry

__all__ = [
    "PLAN",
    "Order",
    "chosen",
    "composed",
    "composed_figures",
    "conditions",
    "currency_figures",
    "entries_of",
    "figures",
    "logs",
    "measures",
    "where_of",
]


def _text(name: str) -> Property:
    return Property(name=name, wire_name=name, type="string")


_PRICE = Property(name="price", wire_name="Price", type="decimal", currency="currency")
_LINE = Property(
    type="object",
    properties=(
        _text("sku"), _PRICE, Property(name="quantity", wire_name="qty", type="integer"),
        Property(name="tags", wire_name="tags", type="array", items=Property(type="string")),
    ),
)  # fmt: skip
_AMOUNT = Property(name="amount", wire_name="amount", type="decimal", currency="code")
_FEE = Property(type="object", properties=(_AMOUNT, _text("code")))
_GEO = Property(
    name="geo", wire_name="geo", type="object", properties=(Property(name="north", wire_name="n", type="boolean"),)
)
PLAN = Plan(
    id="test",
    events={
        "order": Event(
            name="order",
            wire_name="order",
            properties=(
                Property(name="total", wire_name="total", type="integer"),
                _text("currency"),
                Property(name="address", wire_name="addr", type="object", properties=(_text("city"), _GEO)),
                Property(name="labels", wire_name="labels", type="map", values=Property(type="string")),
                Property(name="lines", wire_name="Lines", type="array", items=_LINE),
                Property(name="fees", wire_name="fees", type="array", items=_FEE),
                Property(name="tags", wire_name="tags", type="array", items=Property(type="string")),
            ),
        ),
    },
    traits={"user": (_text("plan"), Property(name="age", wire_name="Age", type="integer"))},
)
"""Its wire names differ from its names, so that no reader takes one for the other."""


class Order(NamedTuple):
    """A message: an order with properties, or an identify with traits."""

    user: str
    at: int
    body: Mapping[str, Any]
    batch: Mapping[str, Any] | None
    is_order: bool = True


def _some(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with any of these parts, some of which may be null."""
    return st.fixed_dictionaries({}, optional={key: st.none() | part for key, part in parts.items()})


_words = st.sampled_from(["a", "b"])
_codes = st.sampled_from(["EUR", "SEK"])
_amounts = st.sampled_from([Decimal(text) for text in ("0.10", "2.5", "-1", "7", "12345678901234567890.125")])
_lists = st.lists(_words, max_size=2)
_lines = _some(sku=_words, Price=_amounts, qty=st.integers(0, 3), tags=_lists)
_fees = _some(amount=_amounts, code=_codes)
_orders = _some(
    total=st.integers(0, 3), currency=_codes, addr=_some(city=_words, geo=_some(n=st.booleans())),
    labels=_some(color=_words), Lines=st.lists(_lines, max_size=3), fees=st.lists(_fees, max_size=2), tags=_lists,
)  # fmt: skip
_contexts = _some(page=_some(path=_words), app=_some(version=_words), locale=_words)
_batches = st.none() | st.fixed_dictionaries({"context": _contexts})
_order = st.builds(
    lambda user, at, properties, context, batch: Order(
        user, at, {"type": "track", "event": "order", "properties": properties, **context}, batch
    ),
    st.sampled_from("xyz"), st.integers(0, 9), _orders, _some(context=_contexts), _batches,
)  # fmt: skip
_identify = st.builds(
    lambda user, at, traits: Order(user, at, {"type": "identify", "traits": traits}, None, is_order=False),
    st.sampled_from("xyz"), st.integers(0, 9), _some(plan=_words, Age=st.integers(17, 19)),
)  # fmt: skip
logs = st.lists(_order | _order | _identify, max_size=8)
"""Any messages of three persons in ten seconds, so that some have equal times."""

_json = msgspec.json.Encoder(decimal_format="number").encode

SINGLE = ("total", "currency", "address.city", "address.geo.north", "labels.color", "context.page.path",
          "context.app.version", "context.locale", "traits.plan", "traits.age")  # fmt: skip
IN_ITEMS = ("lines[].sku", "lines[].quantity", "lines[].tags[]", "tags[]", "fees[].code")

_texts = {
    "total": "{gte: 2}", "currency": "EUR", "address.city": "[a, null]", "address.geo.north": "true",
    "labels.color": "{not: a}", "context.page.path": "a", "context.app.version": "{not: [a, null]}",
    "context.locale": "b", "traits.plan": "a", "traits.age": "{gt: 17, lt: 19}", "lines[].sku": "a",
    "lines[].quantity": "{gte: 1, lt: 3}", "lines[].tags[]": "b", "tags[]": "{not: a}", "fees[].code": "SEK",
    "lines[]": "{sku: a, quantity: {gte: 2}, 'tags[]': b}", "fees[]": "{code: EUR, amount: {gt: 1}}",
}  # fmt: skip
conditions = st.lists(st.sampled_from(sorted(_texts.items())), max_size=3, unique=True).map(
    lambda pairs: ", ".join(f"'{name}': {text}" for name, text in pairs)
)
"""The text of a `where`, each condition at most once."""


def where_of(text: str) -> tuple[Where, ...]:
    return read_event_filter(f"order {{{text}}}", PLAN, "TEST").where


_by = st.lists(st.sampled_from([*SINGLE, *IN_ITEMS]), max_size=2, unique=True).map(tuple)
_operands = st.sampled_from(["total", "lines[].price", "lines[].quantity", "fees[].amount", "traits.age"])
_functions: st.SearchStrategy[Any] = st.sampled_from(["sum", "average", "minimum", "maximum", "median"])
_percents = st.sampled_from([Decimal(text) for text in ("0", "12.5", "50", "90", "99.9", "100")])
_where = conditions.map(where_of)
measures = st.one_of(
    st.builds(lambda name, where, by: Count(event="order", property=name, where=where, by=by),
              st.sampled_from(["", "lines[]", "lines[].tags[]", "tags[]"]), _where, _by),
    st.builds(lambda name, where, by: Unique(event="order", property=name, where=where, by=by),
              st.sampled_from(["actor", "lines[].sku", "address.city", "traits.plan"]), _where, _by),
    st.builds(lambda f, name, where, by: Aggregate(function=f, event="order", property=name, where=where, by=by),
              _functions, _operands, _where, _by),
    st.builds(lambda at, name, where, by: Aggregate(
        function="percentile", event="order", property=name, at=at, where=where, by=by
    ), _percents, _operands, _where, _by),
)  # fmt: skip

_alike = ("total", "traits.age", "lines[].quantity", ""), ("lines[].price", "fees[].amount")


@st.composite
def composed(draw: st.DrawFn) -> Quantity:
    """A ratio, a sum or a difference of figures with the same groups; all money, or none but in a ratio."""
    names = draw(st.sampled_from(_alike))
    by = draw(_by) if "" in names else ()

    def quantity(depth: int, *, is_ratio: bool) -> Quantity:
        if depth and draw(st.booleans()):
            kind = draw(st.sampled_from(["ratio", "sum_of", "difference"]))
            parts = [quantity(depth - 1, is_ratio=kind == "ratio") for _ in range(3 if kind == "sum_of" else 2)]
            if kind == "sum_of":
                return SumOf(parts=tuple(parts))
            return Ratio(of=parts[0], to=parts[1]) if kind == "ratio" else Difference(of=parts[0], less=parts[1])
        name = draw(st.sampled_from(("", *names) if is_ratio else names))
        if not name:
            return Count(event="order", where=draw(_where), by=by)
        return Aggregate(function=draw(_functions), event="order", property=name, where=draw(_where), by=by)

    return quantity(2, is_ratio=False)


def entries_of(log: Sequence[Order]) -> list[Entry]:
    """The log as stored messages, in its order; the times of some are equal."""
    return [
        make_entry(
            number, "order" if order.is_order else None, order.at, user=order.user, type=order.body["type"],
            body=_json({key: value for key, value in order.body.items() if value is not None}),
            envelope=None if order.batch is None else _json(order.batch),
        )
        for number, order in enumerate(log, 1)
    ]  # fmt: skip


# From here on plain loops, which know nothing of how names are read.

_WAYS: Mapping[str, tuple[str, ...]] = {
    "address.city": ("addr", "city"), "address.geo.north": ("addr", "geo", "n"), "labels.color": ("labels", "color"),
    "lines[]": ("Lines", "[]"), "lines[].sku": ("Lines", "[]", "sku"), "lines[].price": ("Lines", "[]", "Price"),
    "lines[].quantity": ("Lines", "[]", "qty"), "lines[].tags[]": ("Lines", "[]", "tags", "[]"),
    "tags[]": ("tags", "[]"), "fees[]": ("fees", "[]"), "fees[].code": ("fees", "[]", "code"),
    "fees[].amount": ("fees", "[]", "amount"),
}  # fmt: skip

Place = tuple[int, ...]
"""Which item of each array that a value is in."""


class _Log(NamedTuple):
    log: Sequence[Order]

    def traits(self, user: str) -> dict[str, Any]:
        latest: dict[str, Any] = {}
        said = [(order.at, number, order) for number, order in enumerate(self.log) if not order.is_order]
        for _, _, order in sorted(said, key=lambda each: each[:2]):
            latest |= order.body["traits"] if order.user == user else {}
        return latest

    def values(self, order: Order, name: str) -> Iterator[tuple[Place, Any]]:
        """Every value of a name, null ones too, by its place."""
        if name.startswith("traits."):
            key = {"traits.plan": "plan", "traits.age": "Age"}[name]
            yield (), self.traits(order.user).get(key)
        elif name.startswith("context."):
            keys = name.split(".")[1:]
            sides = [_dug(side, keys) for side in (order.body.get("context"), (order.batch or {}).get("context"))]
            yield (), sides[1] if sides[0] is None else sides[0]
        else:
            yield from _walk(order.body["properties"], _WAYS.get(name, (name,)), ())


def _dug(value: Any, keys: Sequence[str]) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _walk(value: Any, keys: Sequence[str], place: Place) -> Iterator[tuple[Place, Any]]:
    if not keys:
        yield place, value
    elif keys[0] == "[]":
        for number, each in enumerate(value or ()):
            yield from _walk(each, keys[1:], (*place, number))
    else:
        yield from _walk(value.get(keys[0]) if isinstance(value, dict) else None, keys[1:], place)


def _met(where: Where, value: Any) -> bool:
    if where.op == "in":
        return value in where.values
    if where.op == "not_in":
        return value not in where.values
    bound: Any = where.values[0]
    return value is not None and {
        "gt": value > bound, "gte": value >= bound, "lt": value < bound, "lte": value <= bound,
    }[where.op]  # fmt: skip


def chosen(log: Sequence[Order], where: Sequence[Where]) -> list[Order]:
    """The orders that meet all conditions."""
    return [order for order in log if order.is_order and all(_holds(_Log(log), order, part, "", ()) for part in where)]


def _holds(log: _Log, order: Order, where: Where, item: str, place: Place) -> bool:
    name = item + ("." if item and where.property and not where.property.startswith("[") else "") + where.property
    if where.op != "any":
        return any(_met(where, value) for at, value in log.values(order, name) if at == place)
    places = [at for at, _ in log.values(order, name) if at[: len(place)] == place]
    return any(all(_holds(log, order, inner, name, at) for inner in where.where) for at in places)


Key = tuple[Any, ...]


def figures(log: Sequence[Order], asked: Count | Aggregate | Unique, by: Sequence[str]) -> dict[Key, Fraction | None]:
    """The figure of each group; of all that there is it is the group ().

    What is grouped by items is in each group of its items, once.
    """
    read = _Log(log)
    groups: dict[Key, list[tuple[Order, Any]]] = defaultdict(list)
    own = _arrays(asked.property)
    others = sorted({array for name in by for array in _arrays(name)} - {*own}, key=lambda name: name.count("[]"))
    for order in chosen(log, asked.where):
        operand = asked.property if asked.property not in ("", "actor") else ""
        for place, value in read.values(order, operand) if operand else [((), None)]:
            places = {"": (), **{array: place[: number + 1] for number, array in enumerate(own)}}
            for key in {_key(read, order, by, each) for each in _assigned(read, order, others, places)}:
                groups[key].append((order, value))
    return {key: _figure(asked, rows) for key, rows in groups.items()}


def composed_figures(log: Sequence[Order], asked: Quantity, by: Sequence[str]) -> dict[Key, Fraction | None]:
    """The same of a measure of any depth: a group of any part is one of the whole, and the total is there always."""
    if isinstance(asked, Count | Aggregate | Unique):
        return {**({} if by else {(): _nothing(asked)}), **figures(log, asked, by)}
    parts = [(part, composed_figures(log, part, by)) for part in _parts(asked)]
    keys = {key for _, groups in parts for key in groups}
    return {key: _together(asked, [groups.get(key, _nothing(part)) for part, groups in parts]) for key in keys}


def currency_figures(log: Sequence[Order], asked: Quantity) -> dict[str | None, Fraction | None] | Fraction | None:
    """The figure in each currency, or the one figure of what is no money."""
    if isinstance(asked, Count | Aggregate | Unique):
        name = {"lines[].price": "currency", "fees[].amount": "fees[].code"}.get(asked.property)
        if name is None:
            return figures(log, asked, ()).get((), _nothing(asked))
        return {key[0]: figure for key, figure in figures(log, asked, (name,)).items()}
    parts = [(part, currency_figures(log, part)) for part in _parts(asked)]
    codes = {code for _, answer in parts if isinstance(answer, dict) for code in answer}
    if not codes:
        return _together(asked, [_nothing(part) if isinstance(answer, dict) else answer for part, answer in parts])
    return {
        code: _together(asked, [
            answer.get(code, _nothing(part)) if isinstance(answer, dict) and answer
            else _nothing(part) if isinstance(answer, dict) else answer
            for part, answer in parts
        ])
        for code in codes
    }  # fmt: skip


def _parts(asked: Quantity) -> Sequence[Quantity]:
    if isinstance(asked, SumOf):
        return asked.parts
    assert isinstance(asked, Ratio | Difference)
    return (asked.of, asked.to if isinstance(asked, Ratio) else asked.less)


def _nothing(asked: Quantity) -> Fraction | None:
    if isinstance(asked, Count | Aggregate | Unique):
        return None if isinstance(asked, Aggregate) and asked.function != "sum" else Fraction(0)
    return _together(asked, [_nothing(part) for part in _parts(asked)])


def _together(asked: Quantity, values: Sequence[Fraction | None]) -> Fraction | None:
    numbers = [value for value in values if value is not None]
    if len(numbers) < len(values):
        return None
    if isinstance(asked, SumOf):
        return sum(numbers, Fraction(0))
    first, second = numbers
    if isinstance(asked, Ratio):
        return first / second if second else None
    return first - second


def _arrays(name: str) -> list[str]:
    parts = name.split("[]")[:-1]
    return ["[]".join(parts[: number + 1]) + "[]" for number in range(len(parts))]


Places = Mapping[str, Place | None]


def _assigned(log: _Log, order: Order, arrays: Sequence[str], places: Places) -> Iterator[Places]:
    """Each way to choose an item of each array, inside of those that are chosen; None where there is no item."""
    if not arrays:
        yield places
        return
    around = places[["", *_arrays(arrays[0])][-2]]
    items: list[Place | None] = [
        place for place, _ in log.values(order, arrays[0]) if around is not None and place[:-1] == around
    ]
    for item in items or [None]:
        yield from _assigned(log, order, arrays[1:], {**places, arrays[0]: item})


def _key(log: _Log, order: Order, by: Sequence[str], places: Places) -> Key:
    key = []
    for name in by:
        place = places[["", *_arrays(name)][-1]]
        key.append(next((value for at, value in log.values(order, name) if at == place), None))
    return tuple(key)


def _figure(asked: Count | Aggregate | Unique, rows: Sequence[tuple[Order, Any]]) -> Fraction | None:
    if isinstance(asked, Count):
        return Fraction(len(rows))
    if isinstance(asked, Unique):
        values = {order.user if asked.property == "actor" else value for order, value in rows}
        return Fraction(len(values - {None}))
    numbers = sorted(Fraction(value) for _, value in rows if value is not None)
    if asked.at is not None and numbers:
        place = Fraction(asked.at) / 100 * (len(numbers) - 1)
        low, high = numbers[floor(place)], numbers[ceil(place)]
        return low + (high - low) * (place - floor(place))
    if asked.function == "sum" or not numbers:
        return sum(numbers, Fraction(0)) if asked.function == "sum" else None
    return {
        "average": sum(numbers, Fraction(0)) / len(numbers),
        "minimum": numbers[0],
        "maximum": numbers[-1],
        "median": (numbers[(len(numbers) - 1) // 2] + numbers[len(numbers) // 2]) / 2,
    }[asked.function]

"""Draws whole plans for the round trips: every type, every key, names and values that other formats know otherwise."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from footfall.plan import Plan, read

__all__ = ["plans", "properties"]

_TEXT = st.sampled_from(
    ["Total", 'with "quotes" and: colons', "null", "0o17", "größe", "two\nlines", "- dash #no", "1e3"]
)
_NAMES = st.sampled_from(["total", "orderID", "a", "größe", "_x", "Total", "total_2", "is_new", "x1", "class", "items"])
_WIRE = st.sampled_from(["total", "Order ID", "$set", "a.b", "größe", "order-id", "Total", "x y", "context", "1st"])
_X = st.dictionaries(st.sampled_from(["x_team", "x_title", "x_default", "x_labels_of"]), st.sampled_from(["v", 3, [1]]))
_TWO = ("string", "integer")


def _some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keys)


def _ordered(low: str, high: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    def both(pair: tuple[Any, Any]) -> dict[str, Any]:
        return {low: min(pair), high: max(pair)}

    return st.one_of(
        st.just({}),
        values.map(lambda v: {low: v}),
        values.map(lambda v: {high: v}),
        st.tuples(values, values).map(both),
    )


def _joined(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(lambda made: {key: value for part in made for key, value in part.items()})


def _typed(type_: Any, *parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return _joined(st.just({"type": type_}), *parts)


_NUMBERS = st.sampled_from([-5, 0, 1, 7, 2**60])
_LENGTHS = _ordered("min_length", "max_length", st.integers(0, 40))
_COUNTS = _ordered("min_items", "max_items", st.integers(0, 40))
_STRINGS = st.one_of(
    _typed("string", _LENGTHS, _some(pattern=st.sampled_from(["^a", r"\d+", "(?P<n>a)", "(?i)b"]))),
    _typed("string", _some(format=st.sampled_from(["uri", "email", "uuid", "country", "ip", "semver", "url", "time"]))),
    _typed("string", _some(examples=st.just(["a", "bb"]), transform=st.sampled_from(["hash", "mask"]))),
    _typed("string", st.just({"enum": ["a", "b", "NO"]}), _some(open=st.booleans())),
)
_LEAVES = st.one_of(
    _STRINGS,
    _typed("integer", _ordered("min", "max", _NUMBERS), _some(unit=st.just("ms"))),
    _typed("integer", st.just({"enum": [1, 2]}), _some(open=st.booleans())),
    _typed("number", _ordered("min", "max", _NUMBERS)),
    _typed("decimal", _ordered("min", "max", _NUMBERS), _some(scale=st.integers(0, 4))),
    st.sampled_from(["boolean", "datetime", "date", "uuid", "any", "object"]).map(lambda word: {"type": word}),
    _typed(list(_TWO), _LENGTHS, _ordered("min", "max", _NUMBERS)),
    st.sampled_from([["boolean", "number"], ["datetime", "integer"], ["uuid", "boolean"]]).map(lambda t: {"type": t}),
    st.just({"type": "any", "nullable": True, "x_json_schema": {"type": ["array", "string"]}}),
)
_META = _some(
    description=_TEXT,
    nullable=st.booleans(),
    sensitivity=st.sampled_from(["public", "personal"]),
    retention=st.just("7d"),
    no_lint=st.just(["some_rule"]),
)


_ADDITIONAL = _some(additional=st.booleans())


def _nested(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        _typed("array", inner.map(lambda prop: {"items": prop}), _COUNTS, _META),
        _typed("map", inner.map(lambda prop: {"values": prop}), _COUNTS, _META),
        _typed("object", _members(inner).map(lambda members: {"properties": members}), _ADDITIONAL, _META),
    )


def _members(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    named = _joined(inner, _some(required=st.booleans(), wire_name=_WIRE), _X)
    return st.dictionaries(_NAMES, named, max_size=3).filter(_distinct)


def _distinct(members: dict[str, Any]) -> bool:
    wire = [prop.get("wire_name", name) for name, prop in members.items()]
    return len(set(wire)) == len(wire)


_flat = _joined(_LEAVES, _META)
_deep = st.recursive(_flat, _nested, max_leaves=4)
# `recursive` alone nests nearly always.
properties = st.booleans().flatmap(lambda flat: _flat if flat else _deep)

_POLICIES = st.sampled_from(["keep", "warn", "quarantine"])
_PLACES = _some(
    **{place: _some(unknown_property=_POLICIES, invalid=_POLICIES) for place in ("test", "client", "collector")}
)
_EVENT = _joined(
    _some(
        description=_TEXT,
        owner=st.just("shop"),
        sources=st.just(["till"]),
        actor=st.just(["user"]),
        since=st.just("2026-01-01"),
        links=st.just(["https://a.example/b"]),
        purpose=st.just(["kpi:orders"]),
        enforcement=_PLACES,
        aliases=st.just([{"name": "old name"}]),
        properties=_members(properties),
        additional=st.booleans(),
    ),
    st.sampled_from([{}, {"status": "draft"}, {"status": "deprecated"}]),
    _X,
)
_HEADER = _some(
    description=_TEXT,
    timezone=st.just("Europe/Oslo"),
    naming=st.just({"events": {"style": "snake_case"}}),
    enforcement=_PLACES,
    traits=st.fixed_dictionaries({"user": st.just({"email": {"type": "string", "format": "email"}})}),
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A plan with one to three events, as it is loaded."""
    first = draw(_EVENT)
    events = {"order_paid": first}
    if draw(st.booleans()):
        events["pageViewed"] = {**draw(_EVENT), "wire_name": "Page Viewed"}
        events["pageViewed"].pop("aliases", None)
    document = {
        "plan": draw(st.sampled_from(["bakery", "My.Plan", "a_b"])),
        **draw(_HEADER),
        "teams": {"shop": {"contact": "a@b.example"}},
        "sources": {"till": {"kind": "device"}},
        "events": events,
        "kpis": {"orders": {"measure": {"count": "order_paid"}}},
    }
    return read(document).require()

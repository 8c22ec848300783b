"""Plans for the tests of diff and lock: drawn by hypothesis, and edits of them that are known by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import Phase, settings
from hypothesis import strategies as st

from footfall.plan import read
from footfall.plan.model import Count, Event, Kpi, Plan, Property, PropertyType, ScalarType
from footfall.planning.diff import Change, diff

SINGLE = ("string", "integer", "number", "decimal", "boolean", "datetime", "date", "uuid", "any")
FORMS = ("enum", "pattern", "format", "length")
WORDS = ("red", "blue", "green")
# To see that something is drawn, the first example will do.
UNSHRUNK = settings(phases=[Phase.generate], max_examples=1_000)
PROPERTY_NAMES = ("size", "color", "note", "price")
EVENT_NAMES = ("shirt_sold", "shirt_seen", "shirt_returned")


def replace(part: Any, **fields: Any) -> Any:
    return msgspec.structs.replace(part, **fields)


def plan_of(document: dict[str, Any]) -> Plan:
    return read(document).require()


@st.composite
def properties(
    draw: st.DrawFn, name: str = "size", kinds: tuple[str, ...] = SINGLE, forms: tuple[str, ...] = FORMS
) -> Property:
    """A property of one of these types, with some of the constraints that the type has; of a text one form of them."""
    kind: Any = draw(st.sampled_from((*kinds, kinds[0], kinds[0])))
    fields: dict[str, Any] = {
        "required": draw(st.booleans()),
        "nullable": draw(st.booleans()),
        "description": draw(st.sampled_from(["", "How large"])),
    }
    if kind == "string":
        form = draw(st.sampled_from(forms))
        if form == "enum":
            fields["enum"] = draw(st.sampled_from([(), WORDS[:1], WORDS[:2], WORDS[1:], WORDS]))
            fields["open"] = bool(fields["enum"]) and draw(st.booleans())
        elif form == "pattern":
            fields["pattern"] = draw(st.sampled_from([None, "e", "^[a-z]+$"]))
        elif form == "format":
            fields["format"] = draw(st.sampled_from([None, "ip", "ipv4", "url", "uri"]))
        else:
            fields["min_length"] = draw(st.sampled_from([None, 0, 3, 4]))
            fields["max_length"] = draw(st.sampled_from([None, 4, 40]))
    if kind in {"integer", "number", "decimal"}:
        fields["min"] = draw(st.sampled_from([None, Decimal(0), Decimal(1)]))
        fields["max"] = draw(st.sampled_from([None, Decimal(2), Decimal(10)]))
        fields["unit"] = draw(st.sampled_from([None, "cm", "m"]))
        fields["currency"] = draw(st.sampled_from([None, None, "EUR", "SEK"]))
    if kind == "integer":
        fields["enum"] = draw(st.sampled_from([(), (), (0, 1), (1, 2)]))
        fields["open"] = bool(fields["enum"]) and draw(st.booleans())
    if kind == "decimal":
        fields["scale"] = draw(st.sampled_from([None, 0, 2]))
    return Property(name=name, wire_name=name, type=kind, **fields)


@st.composite
def nested(draw: st.DrawFn, name: str = "size") -> Property:
    """A property of any type, objects, arrays, maps and unions too."""
    form = draw(st.sampled_from(["plain", "plain", "plain", "plain", "object", "array", "map", "union"]))
    common: dict[str, Any] = {
        "name": name,
        "wire_name": name,
        "required": draw(st.booleans()),
        "nullable": draw(st.booleans()),
    }
    if form == "plain":
        return draw(properties(name))
    if form == "union":
        both: tuple[ScalarType, ...] = draw(st.sampled_from([("string", "integer"), ("integer", "boolean")]))
        types: tuple[ScalarType, ...] = draw(st.sampled_from([both, ("boolean", "integer", "string")]))
        return Property(type="union", types=types, **common)
    if form == "object":
        names = draw(st.lists(st.sampled_from(PROPERTY_NAMES), unique=True, max_size=2))
        return Property(type="object", properties=tuple(draw(properties(one)) for one in names), **common)
    inner: Property = replace(draw(properties("")), required=False)
    limits: dict[str, Any] = {
        "min_items": draw(st.sampled_from([None, 0, 1])), "max_items": draw(st.sampled_from([None, 1, 3]))
    }  # fmt: skip
    if form == "array":
        return Property(type="array", items=inner, **limits, **common)
    return Property(type="map", values=inner, **limits, **common)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Property, Property]:
    """Two definitions of one property: of equal types that differ in one key, or of any types."""
    way = draw(st.sampled_from(["values", "one key", "anything"]))
    if way == "values":
        plain = Property(name="size", wire_name="size", type="string")
        enums = st.sampled_from([(), WORDS[:1], WORDS[:2], WORDS[1:], WORDS])
        one, two = draw(enums), draw(enums)
        return (
            replace(plain, enum=one, open=bool(one) and draw(st.booleans())),
            replace(plain, enum=two, open=bool(two) and draw(st.booleans())),
        )
    old = draw(nested())
    if way == "anything" or old.type not in SINGLE:
        return old, draw(nested())
    form = "enum" if old.enum else "pattern" if old.pattern else "format" if old.format else "length"
    other = draw(properties(kinds=(old.type,), forms=(form,)))
    differing = [key for key in Property.__struct_fields__ if getattr(old, key) != getattr(other, key)]
    constraints = [key for key in differing if key not in {"required", "nullable", "description"}]
    keys = draw(st.sampled_from(draw(st.sampled_from([constraints, differing])) or ["name"]))
    both = ("enum", "open") if keys in {"enum", "open"} else (keys,)
    return old, replace(old, **{key: getattr(other, key) for key in both})


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A plan of up to three events with up to four properties each, and a KPI on each event."""
    events = {}
    for name in draw(st.lists(st.sampled_from(EVENT_NAMES), unique=True, min_size=1, max_size=3)):
        held = draw(st.lists(st.sampled_from(PROPERTY_NAMES), unique=True, min_size=1, max_size=4))
        wire = draw(st.sampled_from([name, name.replace("_", " ").title()]))
        events[name] = Event(name=name, wire_name=wire, properties=tuple(draw(nested(one)) for one in held))
    kpis = {f"count_of_{name}": Kpi(name=f"count_of_{name}", measure=Count(event=name), window=None) for name in events}
    return Plan(id="shirts", events=events, kpis=kpis)


def with_event(plan: Plan, event: Event) -> Plan:
    return msgspec.structs.replace(plan, events={**plan.events, event.name: event})


def with_property(plan: Plan, event: str, prop: Property) -> Plan:
    """The plan with this property in the place of the one of its name."""
    old = plan.events[event]
    return with_event(
        plan, replace(old, properties=tuple(prop if one.name == prop.name else one for one in old.properties))
    )


def _without(plan: Plan, event: str, name: str) -> Plan:
    old = plan.events[event]
    return with_event(plan, replace(old, properties=tuple(one for one in old.properties if one.name != name)))


def _flip(key: str, on: str, off: str) -> Callable[[Plan, str, Property], tuple[Plan, str, str]]:
    def edit(plan: Plan, event: str, prop: Property) -> tuple[Plan, str, str]:
        now = not getattr(prop, key)
        return with_property(plan, event, replace(prop, **{key: now})), on if now else off, f"{event}.{prop.name}"

    return edit


def _remove(plan: Plan, event: str, prop: Property) -> tuple[Plan, str, str]:
    return _without(plan, event, prop.name), "property_removed", f"{event}.{prop.name}"


def _rename(plan: Plan, event: str, prop: Property) -> tuple[Plan, str, str]:
    name = f"{prop.name}_now"
    held = tuple(replace(one, name=name) if one.name == prop.name else one for one in plan.events[event].properties)
    return with_event(plan, replace(plan.events[event], properties=held)), "property_renamed", f"{event}.{name}"


def _rewire(plan: Plan, event: str, prop: Property) -> tuple[Plan, str, str]:
    moved = replace(prop, wire_name=f"{prop.name}Now")
    return with_property(plan, event, moved), "property_wire_name_changed", f"{event}.{prop.name}"


def _describe(plan: Plan, event: str, prop: Property) -> tuple[Plan, str, str]:
    said = replace(prop, description=f"{prop.description}!")
    return with_property(plan, event, said), "property_described", f"{event}.{prop.name}"


def _retype(plan: Plan, event: str, prop: Property) -> tuple[Plan, str, str]:
    kind: PropertyType = "boolean" if prop.type != "boolean" else "date"
    other = Property(name=prop.name, wire_name=prop.wire_name, type=kind, required=prop.required)
    return with_property(plan, event, other), "type_changed", f"{event}.{prop.name}"


def _protect(plan: Plan, event: str, prop: Property) -> tuple[Plan, str, str]:
    return (
        with_property(plan, event, replace(prop, sensitivity="personal")), "sensitivity_raised", f"{event}.{prop.name}"
    )  # fmt: skip


def _keep(plan: Plan, event: str, prop: Property) -> tuple[Plan, str, str]:
    return with_property(plan, event, replace(prop, retention=60)), "retention_shortened", f"{event}.{prop.name}"


EDITS: Mapping[str, Callable[[Plan, str, Property], tuple[Plan, str, str]]] = {
    "remove": _remove,
    "rename": _rename,
    "rewire": _rewire,
    "describe": _describe,
    "retype": _retype,
    "protect": _protect,
    "keep": _keep,
    "require": _flip("required", "property_now_required", "property_now_optional"),
    "null": _flip("nullable", "null_allowed", "null_refused"),
}


@st.composite
def edited(draw: st.DrawFn) -> tuple[Plan, Plan, set[tuple[str, str]], set[str]]:
    """A plan, the plan after some edits of different properties and events, what diff must say, the edits' names."""
    base = draw(plans())
    spots = [(event.name, prop) for event in base.events.values() for prop in event.properties]
    chosen = draw(st.lists(st.sampled_from(spots), unique_by=lambda spot: (spot[0], spot[1].name), max_size=5))
    plan, expected, names = base, set[tuple[str, str]](), set[str]()
    for event, prop in chosen:
        name = draw(st.sampled_from(sorted(EDITS)))
        plan, kind, where = EDITS[name](plan, event, prop)
        expected.add((kind, where))
        names.add(name)
    untouched = [name for name in plan.events if name not in {event for event, _ in chosen}]
    for name in draw(st.lists(st.sampled_from(untouched), unique=True)) if untouched else ():
        events = {key: event for key, event in plan.events.items() if key != name}
        kpis = {key: kpi for key, kpi in plan.kpis.items() if key != f"count_of_{name}"}
        plan = replace(plan, events=events, kpis=kpis)
        expected |= {("event_removed", name), ("kpi_removed", f"kpis.count_of_{name}")}
        names.add("remove event")
    if draw(st.booleans()):
        plan = with_event(plan, Event(name="shirt_washed", wire_name="shirt_washed"))
        expected.add(("event_added", "shirt_washed"))
        names.add("add event")
    return base, plan, expected, names


SHOP: dict[str, Any] = {
    "plan": "shop",
    "teams": {"growth": {"contact": "growth@shop.example"}, "web": {}},
    "sources": {"backend": {"kind": "server"}},
    "events": {
        "order_completed": {
            "owner": "web",
            "sources": ["backend"],
            "properties": {
                "total": {"type": "decimal", "required": True, "unit": "EUR"},
                "payment": {"type": "string", "enum": ["card", "cash"]},
                "note": {"type": "string"},
            },
        },
        "cart_filled": {"properties": {"items": {"type": "integer"}}},
    },
    "kpis": {
        "revenue": {"owner": "growth", "measure": {"sum": "order_completed.total"}},
        "card_orders": {"owner": "web", "measure": {"count": "order_completed", "where": {"payment": "card"}}},
        "conversion": {"owner": "growth", "measure": {"journey": "purchase", "from": "cart", "to": "buy"}},
    },
    "journeys": {
        "purchase": {
            "owner": "growth",
            "steps": [{"id": "cart", "event": "cart_filled"}, {"id": "buy", "event": "order_completed"}],
        }
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The shop with one value put at a dotted path, or taken away (None)."""
    *parents, last = path.split(".")
    document: dict[str, Any] = {**SHOP}
    part = document
    for key in parents:
        part[key] = {**part.get(key, {})}
        part = part[key]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return document


def compare(*edits: tuple[str, Any]) -> list[Change]:
    """The changes from the shop to the shop after these edits, each a dotted path and a value."""
    (path, value), *rest = edits
    document = changed(path, value)
    for more, other in rest:
        top = more.split(".", maxsplit=1)[0]
        document[top] = changed(more, other)[top]
    return diff(plan_of(SHOP), plan_of(document))

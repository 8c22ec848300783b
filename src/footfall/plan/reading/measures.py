"""Reads measures and conditions: the figures that KPIs are made of, checked against the events they count."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Protocol, cast

from footfall.plan.calls import call_of, split_property
from footfall.plan.model import (
    NUMERIC,
    Aggregate,
    Conversion,
    Count,
    Event,
    Journey,
    Measure,
    Property,
    Ratio,
    Unique,
    Where,
)
from footfall.plan.problems import MISSING, Location, Path, Problems, did_you_mean
from footfall.plan.reading.constraints import SCALARS
from footfall.plan.reading.field_types import NODE, TEXT, TEXTS, Key, Record
from footfall.plan.reading.members import SEGMENT_KEY, SegmentNames, is_about_segments, read_members
from footfall.plan.reading.subjects import Subjects
from footfall.plan.reading.yaml_source import YamlNode, kind_of
from footfall.plan.wording import say_types

__all__ = ["MEASURES", "ORDERINGS", "MeasureReader", "Properties", "read_any_where", "read_where"]

_ACTOR = "actor"  # in `unique: EVENT.actor`: the person, or the device where there is no person

_FUNCTIONS = ("sum", "average", "minimum", "maximum", "median")
ORDERINGS: Final = ("gt", "gte", "lt", "lte")
"""The comparisons of a condition that need an order."""

_SIMPLE = ("count", *_FUNCTIONS, "unique")
_FORMS = (*_SIMPLE, "ratio", "journey")

MEASURES: Final[Mapping[str, Record]] = {
    **{form: Record({form: Key(TEXT), "where": Key(NODE), "by": Key(TEXTS)}) for form in _SIMPLE},
    "ratio": Record({"ratio": Key(Record({"of": Key(NODE, required=True), "to": Key(NODE, required=True)}))}),
    "journey": Record({"journey": Key(TEXT), "from": Key(TEXT, required=True), "to": Key(TEXT, required=True)}),
}
"""The keys of a measure by its form: a measure has exactly one of these."""

_Simple = Count | Aggregate | Unique


class MeasureReader:
    """Reads the `measure` of KPIs; None, with a problem, for a measure that cannot be read."""

    def __init__(self, subjects: Subjects, journeys: Mapping[str, Journey]) -> None:
        self._subjects = subjects
        self._journeys = journeys
        self._problems = subjects.names.problems

    def read(self, node: YamlNode, path: Path) -> Measure | None:
        """A measure of any form."""
        return self._read(node, path, _FORMS)

    def _read(self, node: YamlNode, path: Path, forms: tuple[str, ...]) -> Measure | None:
        written = [form for form in forms if form in node.marks]
        if len(written) != 1:
            elsewhere = next((form for form in _FORMS if form in node.marks), None)
            reason = f"has {len(written)} forms ({', '.join(written)})" if written else "has no form"
            if elsewhere is not None and not written:
                reason = f"cannot be a {elsewhere} inside a ratio"
            unknown = next((did_you_mean(key, forms) for key in node.marks if key not in {"where", "by"}), "")
            remedy = unknown if unknown.startswith("did") and not written else f"use exactly one of {', '.join(forms)}"
            self._problems.add("bad_measure", f"the measure {reason}", at=node, path=path, remedy=remedy)
            return None
        form = written[0]
        values = MEASURES[form].read(node, path, self._problems)
        if values is MISSING or form not in values:
            return None
        if form == "ratio":
            return self._ratio(values["ratio"], node.value["ratio"], path)
        return self._conversion(values, node, path) if form == "journey" else self._simple(form, values, node, path)

    def _ratio(self, parts: dict[str, Any], node: YamlNode, path: Path) -> Measure | None:
        of, to = (self._read(parts[key], (*path, key), _SIMPLE) if key in parts else None for key in ("of", "to"))
        if of is None or to is None:
            return None
        ratio = Ratio(of=cast("_Simple", of), to=cast("_Simple", to))
        if ratio.of.by and ratio.to.by and ratio.of.by != ratio.to.by:
            self._problems.add(
                "bad_measure",
                "the parts of the ratio are grouped by different properties",
                at=node,
                path=path,
                remedy="use the same `by` in both, or leave it out of one",
            )
        return ratio

    def _conversion(self, values: dict[str, Any], node: YamlNode, path: Path) -> Measure | None:
        name = values["journey"]
        if not self._subjects.names.check("journeys", "journey", name, node.value["journey"], (*path, "journey")):
            return None
        if name not in self._journeys or "from" not in values or "to" not in values:
            return None
        steps = [step.id for step in self._journeys[name].steps]
        for key in ("from", "to"):
            if values[key] not in steps:
                what = f"step of {name}"
                self._problems.unknown(what, values[key], steps, at=node.value[key], path=(*path, key))
                return None
        if steps.index(values["from"]) >= steps.index(values["to"]):
            self._problems.add(
                "backwards",
                f"{values['to']!r} does not come after {values['from']!r} in {name}",
                at=node.value["to"],
                path=path,
                remedy=f"the steps are {' → '.join(steps)}",
            )
            return None
        return Conversion(journey=name, start=values["from"], end=values["to"])

    def _simple(self, form: str, values: dict[str, Any], node: YamlNode, path: Path) -> Measure | None:
        at, part_path = node.value[form], (*path, form)
        text, name = values[form], ""
        if form != "count":
            text, name = split_property(text)
            if not text:
                remedy = f"write {values[form]}.PROPERTY" + (f" or {values[form]}.{_ACTOR}" if form == "unique" else "")
                self._problems.add("bad_measure", f"{form} takes EVENT.PROPERTY", at=at, path=part_path, remedy=remedy)
                return None
        elif "." in text and call_of(text) is None:
            remedy = f"write count: {text.partition('.')[0]}, or use unique or sum"
            self._problems.add("bad_measure", "count takes an event alone", at=at, path=part_path, remedy=remedy)
            return None
        event = self._subjects.event(text, at, part_path)
        if event is None:
            return None
        if form == "unique" and name != _ACTOR:
            self._scalar(event, name, at, part_path)
        elif form in _FUNCTIONS:
            self._numeric(event, name, form, at, part_path)
        where = read_where(values.get("where"), event, self._subjects, (*path, "where"))
        by = values.get("by", ())
        for item in node.value["by"].value if by else ():
            if isinstance(item.value, str):
                self._scalar(event, item.value, item, (*path, "by"))
        if form == "count":
            return Count(event=text, where=where, by=by)
        if form == "unique":
            return Unique(event=text, property=name, where=where, by=by)
        return Aggregate(function=cast("Any", form), event=text, property=name, where=where, by=by)

    def _scalar(self, event: Event, name: str, at: YamlNode, path: Path) -> None:
        prop = self._subjects.property(event, name, at, path)
        if prop is not None:
            _is_scalar(prop, at, path, self._problems)

    def _numeric(self, event: Event, name: str, form: str, at: YamlNode, path: Path) -> None:
        prop = self._subjects.property(event, name, at, path)
        if prop is not None and prop.type not in NUMERIC:
            message = f"{event.name}.{name} is of type {say_types(prop.type, prop.types)}, which has no {form}"
            remedy = "use an integer, number or decimal property, or count"
            self._problems.add("not_numeric", message, at=at, path=path, remedy=remedy)


def _is_scalar(prop: Property, at: YamlNode, path: Path, problems: Problems) -> bool:
    if prop.type in SCALARS:
        return True
    remedy = "use a property that is a single value"
    message = f"{prop.name!r} is of type {prop.type}, not a single value"
    problems.add("not_scalar", message, at=at, path=path, remedy=remedy)
    return False


class Properties(SegmentNames, Protocol):
    """Knows the properties of events and the segments of persons, and gathers what is wrong."""

    def property(self, event: Event, name: str, at: Location, path: Path) -> Property | None:
        """The property of an event; None, with a problem, when there is none."""


def read_where(node: YamlNode | None, event: Event, properties: Properties, path: Path) -> tuple[Where, ...]:
    """The conditions of a `where` mapping on properties of `event`, and on the person; all of them must be true."""
    conditions: list[Where] = []
    for name, condition in _conditions_of(node, properties, path).items():
        assert node is not None
        part_path = (*path, name)
        if is_about_segments(name, event):
            conditions += read_members(condition, properties, part_path)
            continue
        prop = properties.property(event, name, node.key(name), part_path)
        if prop is not None and _is_scalar(prop, condition, part_path, properties.problems):
            conditions += _Conditions(prop, part_path, properties.problems).read(condition)
    return tuple(conditions)


def read_any_where(node: YamlNode | None, properties: Properties, path: Path) -> tuple[Where, ...]:
    """The conditions of a `where` on any message, which has no properties: on its person alone."""
    conditions: list[Where] = []
    for name, condition in _conditions_of(node, properties, path).items():
        assert node is not None
        if is_about_segments(name, None):
            conditions += read_members(condition, properties, (*path, name))
        else:
            message = f"* is every message, which has no property {name!r}"
            remedy = f"name an event, or ask by {SEGMENT_KEY}: NAME"
            properties.problems.add("bad_condition", message, at=node.key(name), path=(*path, name), remedy=remedy)
    return tuple(conditions)


def _conditions_of(node: YamlNode | None, properties: Properties, path: Path) -> Mapping[str, YamlNode]:
    """The conditions of a `where` by their keys; nothing, with a problem, for what is no mapping."""
    if node is None:
        return {}
    if isinstance(node.value, dict):
        return node.value
    message = f"takes a mapping from properties to values, not {kind_of(node.value)}"
    properties.problems.add("wrong_type", message, at=node, path=path, remedy="write {PROPERTY: VALUE}")
    return {}


# Which YAML values a property of a type can be compared with; null means a value that is absent or null.
_COMPARABLE: dict[str, tuple[type, ...]] = {
    "integer": (int,), "number": (int, Decimal), "decimal": (int, Decimal), "boolean": (bool,),
    "string": (str,), "datetime": (str,), "date": (str,), "uuid": (str,),
}  # fmt: skip


class _Conditions:
    """Reads the conditions on one property."""

    def __init__(self, prop: Property, path: Path, problems: Problems) -> None:
        self._property = prop
        self._path = path
        self._problems = problems

    def read(self, node: YamlNode) -> list[Where]:
        if not isinstance(node.value, dict):
            return self._among("in", node)
        operators = ("not", *ORDERINGS)
        conditions: list[Where] = []
        if not node.value:
            self._bad("the condition is empty", node, f"use {', '.join(operators)}, or a value")
        for key, condition in node.value.items():
            if key == "not":
                conditions += self._among("not_in", condition)
            elif key in ORDERINGS:
                conditions += self._ordering(key, condition)
            else:
                remedy = did_you_mean(key, operators)
                message = f"unknown key {key!r}"
                self._problems.add("unknown_key", message, at=node.key(key), path=self._path, remedy=remedy)
        return conditions

    def _bad(self, message: str, node: YamlNode, remedy: str) -> None:
        self._problems.add("bad_condition", message, at=node, path=self._path, remedy=remedy)

    def _among(self, op: str, node: YamlNode) -> list[Where]:
        items = node.value if isinstance(node.value, list) else [node]
        if not items:
            self._bad("no value is given", node, "list at least one value")
        values = [self._value(item) for item in items]
        if not values or MISSING in values:
            return []
        return [Where(property=self._property.name, op=cast("Any", op), values=tuple(values))]

    def _ordering(self, op: str, node: YamlNode) -> list[Where]:
        prop = self._property
        if prop.type not in NUMERIC:
            type_words = say_types(prop.type, prop.types)
            self._bad(f"{op} compares numbers, and {prop.name!r} is of type {type_words}", node, "list values instead")
            return []
        if type(node.value) is not int and not isinstance(node.value, Decimal):
            self._bad(f"{op} takes a number, not {kind_of(node.value)}", node, f"write {op}: 10")
            return []
        value = self._exact(node)
        return [] if value is MISSING else [Where(property=prop.name, op=cast("Any", op), values=(value,))]

    def _value(self, node: YamlNode) -> Any:
        prop, value = self._property, node.value
        type_words = say_types(prop.type, prop.types)
        if value is None:
            return None
        if not any(type(value) in _COMPARABLE[name] for name in prop.types or (prop.type,)):
            article = "true or false" if prop.type == "boolean" else f"a value of type {type_words}"
            self._bad(f"{prop.name!r} takes {article}, not {kind_of(value)}", node, "compare with values it can have")
            return MISSING
        if prop.enum and not prop.open and value not in prop.enum:
            self._bad(f"{prop.name!r} can never be {value!r}", node, did_you_mean(str(value), map(str, prop.enum)))
            return MISSING
        return self._exact(node)

    def _exact(self, node: YamlNode) -> Any:
        if not isinstance(node.value, Decimal):
            return node.value
        number = float(node.value)
        if Decimal(repr(number)) != node.value:
            self._bad(f"{node.value} has more digits than can be compared", node, "use at most 15 digits")
            return MISSING
        return number

"""Reads measures and conditions: the figures that KPIs are made of, checked against the events they count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from footfall.plan.calls import call_of
from footfall.plan.measure_parts import event_measures
from footfall.plan.model import (
    NUMERIC,
    Aggregate,
    Conversion,
    Count,
    Difference,
    Event,
    Journey,
    Measure,
    Quantity,
    Ratio,
    SumOf,
    Unique,
)
from footfall.plan.problems import MISSING, Path, did_you_mean
from footfall.plan.reading.conditions import is_scalar, read_where
from footfall.plan.reading.currencies import check_alike
from footfall.plan.reading.field_types import NODE, NUMBER, TEXT, TEXTS, Key, ListOf, Record
from footfall.plan.reading.subjects import Subjects
from footfall.plan.reading.yaml_source import YamlNode
from footfall.plan.value_names import ACTOR
from footfall.plan.wording import say_types

__all__ = ["MEASURES", "MeasureReader"]

_FUNCTIONS = ("sum", "average", "minimum", "maximum", "median", "percentile")
_SIMPLE = ("count", *_FUNCTIONS, "unique")
_COMPOSED = ("ratio", "sum_of", "difference")
_FIGURES = (*_SIMPLE, *_COMPOSED)
_FORMS = (*_FIGURES, "journey")

MEASURES: Final[Mapping[str, Record]] = {
    **{form: Record({form: Key(TEXT), "where": Key(NODE), "by": Key(TEXTS)}) for form in _SIMPLE},
    "percentile": Record(
        {"percentile": Key(TEXT), "at": Key(NUMBER, required=True), "where": Key(NODE), "by": Key(TEXTS)}
    ),
    "ratio": Record({"ratio": Key(Record({"of": Key(NODE, required=True), "to": Key(NODE, required=True)}))}),
    "sum_of": Record({"sum_of": Key(ListOf(NODE))}),
    "difference": Record(
        {"difference": Key(Record({"of": Key(NODE, required=True), "less": Key(NODE, required=True)}))}
    ),
    "journey": Record({"journey": Key(TEXT), "from": Key(TEXT, required=True), "to": Key(TEXT, required=True)}),
}
"""The keys of a measure by its form: a measure has exactly one of these."""


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
                reason = f"cannot be a {elsewhere} inside another measure"
            unknown = next((did_you_mean(key, forms) for key in node.marks if key not in {"where", "by"}), "")
            remedy = unknown if unknown.startswith("did") and not written else f"use exactly one of {', '.join(forms)}"
            self._problems.add("bad_measure", f"the measure {reason}", at=node, path=path, remedy=remedy)
            return None
        form = written[0]
        values = MEASURES[form].read(node, path, self._problems)
        if values is MISSING or form not in values:
            return None
        if form in _COMPOSED:
            return self._composed(form, values[form], node.value[form], path)
        return self._conversion(values, node, path) if form == "journey" else self._simple(form, values, node, path)

    def _composed(self, form: str, values: Any, node: YamlNode, path: Path) -> Measure | None:
        """A ratio, a sum or a difference of figures, which may be such themselves."""
        if form == "sum_of":
            nodes = [(f"[{number}]", item) for number, item in enumerate(values)]
        else:
            nodes = [(key, values[key]) for key in ("of", "to", "less") if key in values]
        parts = [cast("Quantity | None", self._read(item, (*path, key), _FIGURES)) for key, item in nodes]
        figures = [part for part in parts if part is not None]
        if len(parts) < 2:
            if form == "sum_of":
                message, remedy = "the sum has less than two parts", "write sum_of: [{…}, {…}]"
                self._problems.add("bad_measure", message, at=node, path=path, remedy=remedy)
            return None
        if len(figures) < len(parts):
            return None
        self._check_groups(form, figures, node, path)
        if form == "ratio":
            return Ratio(of=figures[0], to=figures[1])
        subjects = self._subjects
        check_alike(figures, subjects.find, subjects.user_traits, at=node, path=path, problems=self._problems)
        return SumOf(parts=tuple(figures)) if form == "sum_of" else Difference(of=figures[0], less=figures[1])

    def _check_groups(self, form: str, figures: Sequence[Quantity], node: YamlNode, path: Path) -> None:
        """Check that the parts of a measure have the same groups; a part of a ratio may have none."""
        groups = {figure.by for part in figures for figure in event_measures(part)}
        if len(groups - {()} if form == "ratio" else groups) > 1:
            noun = {"ratio": "ratio", "sum_of": "sum", "difference": "difference"}[form]
            message = f"the parts of the {noun} are grouped by different properties"
            remedy = "use the same `by` in all" + (", or leave it out of one" if form == "ratio" else "")
            self._problems.add("bad_measure", message, at=node, path=path, remedy=remedy)

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
        if form != "count" or text.endswith("[]"):
            text, name = self._subjects.parted(text)
            if not text:
                remedy = f"write {values[form]}.PROPERTY" + (f" or {values[form]}.{ACTOR}" if form == "unique" else "")
                self._problems.add("bad_measure", f"{form} takes EVENT.PROPERTY", at=at, path=part_path, remedy=remedy)
                return None
        elif "." in text and call_of(text) is None:
            event_name, _, rest = text.partition(".")
            remedy = f"write count: {event_name}, count: {event_name}.{rest}[] for an array, or use unique or sum"
            self._problems.add("bad_measure", "count takes an event alone", at=at, path=part_path, remedy=remedy)
            return None
        event = self._subjects.event(text, at, part_path)
        if event is None:
            return None
        self._check_operand(form, event, name, at, part_path)
        where = read_where(values.get("where"), event, self._subjects, (*path, "where"))
        by = values.get("by", ())
        for item in node.value["by"].value if by else ():
            if isinstance(item.value, str):
                self._scalar(event, item.value, item, (*path, "by"))
        if form == "count":
            return Count(event=text, property=name, where=where, by=by)
        if form == "unique":
            return Unique(event=text, property=name, where=where, by=by)
        at_ = values.get("at")
        if form == "percentile" and (at_ is None or not 0 <= at_ <= 100):
            message, remedy = "a percentile is at a number from 0 to 100", "write at: 90"
            if at_ is not None:
                self._problems.add("bad_measure", message, at=node.value["at"], path=(*path, "at"), remedy=remedy)
            return None
        return Aggregate(function=cast("Any", form), event=text, property=name, at=at_, where=where, by=by)

    def _check_operand(self, form: str, event: Event, name: str, at: YamlNode, path: Path) -> None:
        """Check that what a measure is over can be counted or computed so."""
        if form == "count" and name:
            self._subjects.value(event, name, at, path)
        elif form == "unique" and name != ACTOR:
            self._scalar(event, name, at, path)
        elif form in _FUNCTIONS:
            self._numeric(event, name, form, at, path)

    def _scalar(self, event: Event, name: str, at: YamlNode, path: Path) -> None:
        value = self._subjects.value(event, name, at, path)
        if value is not None:
            is_scalar(value, at, path, self._problems)

    def _numeric(self, event: Event, name: str, form: str, at: YamlNode, path: Path) -> None:
        value = self._subjects.value(event, name, at, path)
        if value is not None and value.property.type not in NUMERIC:
            words = say_types(value.property.type, value.property.types)
            message = f"{event.name}.{name} is of type {words}, which has no {form}"
            remedy = "use an integer, number or decimal property, or count"
            self._problems.add("not_numeric", message, at=at, path=path, remedy=remedy)

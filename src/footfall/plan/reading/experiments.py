"""Reads experiments, and checks that each compares variants on a figure that every person has."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from footfall.plan.currencies import money_of
from footfall.plan.model import NUMERIC, Aggregate, Event, Experiment, ExperimentOutcome, Kpi, StopRule, VariantExposure
from footfall.plan.person_figures import PersonFigure, figure_of_measure, figure_of_outcome
from footfall.plan.problems import MISSING, Path, did_you_mean
from footfall.plan.reading.conditions import read_where
from footfall.plan.reading.experiment_records import EXPERIMENT
from footfall.plan.reading.merge import Definition
from footfall.plan.reading.subjects import Subjects
from footfall.plan.reading.yaml_source import YamlNode
from footfall.plan.value_names import ValueName
from footfall.plan.wording import say_types
from footfall.printable import counted

__all__ = ["LEAST_MINIMUM", "read_experiments"]

LEAST_MINIMUM: Final = 30
"""The fewest persons of a variant that can be read: a mean of fewer is not near enough to a normal distribution."""

_ALPHA: Final = Decimal("0.05")
_MINIMUM: Final = 100


def read_experiments(
    definitions: Mapping[str, Definition], subjects: Subjects, kpis: Mapping[str, Kpi]
) -> dict[str, Experiment]:
    """The experiments in their order; one that cannot be read is left out, with a problem."""
    reader = _ExperimentReader(subjects, kpis)
    experiments = ((name, reader.read(definition)) for name, definition in definitions.items())
    return {name: experiment for name, experiment in experiments if experiment is not None}


class _ExperimentReader:
    def __init__(self, subjects: Subjects, kpis: Mapping[str, Kpi]) -> None:
        self._subjects = subjects
        self._kpis = kpis
        self._problems = subjects.names.problems

    def read(self, definition: Definition) -> Experiment | None:
        path, node = ("experiments", definition.name), definition.node
        values = EXPERIMENT.read(node, path, self._problems)
        if values is MISSING:
            return None
        self._subjects.names.complete("experiments", values, definition, path)
        variants = self._variants(values, node, path)
        exposure = self._exposure(values, variants, node, path)
        outcome = self._outcome(values, node, path)
        self._measured(values, outcome, node, path)
        self._guardrails(values, node, path)
        values = {"direction": "up", "alpha": _ALPHA, **values}
        alpha = values["alpha"]
        if not 0 < alpha < 1:
            self._bad(f"alpha {alpha} is not between 0 and 1", node.value["alpha"], (*path, "alpha"), "write 0.05")
        stop = self._stop(values, len(variants), node, path)
        if exposure is None or not {"hypothesis", "started", "within"} <= values.keys():
            return None
        own = {key: value for key, value in values.items() if key not in ("exposure", "outcome", "variants", "stop")}
        return Experiment(name=definition.name, exposure=exposure, variants=variants, outcome=outcome, stop=stop, **own)

    def _variants(self, values: Mapping[str, Any], node: YamlNode, path: Path) -> dict[str, Decimal]:
        variants: dict[str, Decimal] = values.get("variants", {})
        at, part_path = node.get("variants") or node, (*path, "variants")
        if "variants" in values and len(variants) < 2:
            self._bad("an experiment compares two variants or more", at, part_path, "write {control: 1, NAME: 1}")
        for name, share in variants.items():
            if share <= 0:
                self._bad(f"the share {share} of {name} is not above 0", at.value[name], (*part_path, name), "write 1")
        return variants

    def _exposure(
        self, values: Mapping[str, Any], variants: Mapping[str, Decimal], node: YamlNode, path: Path
    ) -> VariantExposure | None:
        given, part_path = values.get("exposure", {}), (*path, "exposure")
        if not {"event", "variant"} <= given.keys():
            return None
        inner = node.value["exposure"]
        event = self._subjects.event(given["event"], inner.value["event"], (*part_path, "event"))
        if event is None:
            return None
        at = inner.value["variant"]
        value = self._subjects.value(event, given["variant"], at, (*part_path, "variant"))
        if value is not None:
            self._variant_property(value, variants, node, path)
        where = read_where(given.get("where"), event, self._subjects, (*part_path, "where"))
        return VariantExposure(event=given["event"], variant=given["variant"], where=where)

    def _variant_property(self, value: ValueName, variants: Mapping[str, Decimal], node: YamlNode, path: Path) -> None:
        """Check that one string of a message names the variant, and that it can name each."""
        prop, at = value.property, node.value["exposure"].value["variant"]
        if prop.type != "string" or None in value.keys:
            kind = say_types(prop.type, prop.types) if None not in value.keys else "each item of an array"
            message = f"{value.name!r} is of type {kind}, and a variant is named by a string"
            self._bad(message, at, (*path, "exposure", "variant"), "name a string property")
        elif prop.enum and not prop.open:
            for name in (name for name in variants if name not in prop.enum):
                remedy = did_you_mean(name, map(str, prop.enum))
                self._bad(
                    f"{value.name!r} can never be {name!r}",
                    node.value["variants"].key(name),
                    (*path, "variants", name),
                    remedy,
                )

    def _outcome(self, values: Mapping[str, Any], node: YamlNode, path: Path) -> ExperimentOutcome | None:
        given, part_path = values.get("outcome", {}), (*path, "outcome")
        if "event" not in given:
            return None
        inner = node.value["outcome"]
        event = self._subjects.event(given["event"], inner.value["event"], (*part_path, "event"))
        if event is None:
            return None
        where = read_where(given.get("where"), event, self._subjects, (*part_path, "where"))
        outcome = ExperimentOutcome(event=given["event"], where=where, sum=given.get("sum"))
        if outcome.sum is not None:
            at = inner.value["sum"]
            value = self._subjects.value(event, outcome.sum, at, (*part_path, "sum"))
            if value is not None and (value.property.type not in NUMERIC or None in value.keys):
                kind = say_types(value.property.type, value.property.types)
                message = f"{event.name}.{outcome.sum} is of type {kind}, which has no sum"
                if None in value.keys:
                    message = f"{event.name}.{outcome.sum} is of each item of an array, not of the message"
                self._problems.add(
                    "not_numeric", message, at=at, path=part_path, remedy="use an integer, number or decimal property"
                )
            self._one_currency(figure_of_outcome(outcome), event, at, part_path)
        return outcome

    def _measured(
        self, values: Mapping[str, Any], outcome: ExperimentOutcome | None, node: YamlNode, path: Path
    ) -> None:
        """Check that there is one figure to compare, which each person has."""
        if ("kpi" in node.value) == ("outcome" in node.value):
            self._bad("it measures neither or both of a `kpi` and an `outcome`", node, path, "write one of them")
        elif outcome is None and "kpi" in values:
            self._kpi(values["kpi"], node.value["kpi"], (*path, "kpi"))

    def _guardrails(self, values: Mapping[str, Any], node: YamlNode, path: Path) -> None:
        items = node.value["guardrails"].value if values.get("guardrails") else ()
        for item in (item for item in items if isinstance(item.value, str)):
            part_path = (*path, "guardrails")
            kpi = self._kpi(item.value, item, part_path)
            if kpi is not None and kpi.target is None:
                message = f"{kpi.name!r} has no target, so that nobody knows which change of it is harm"
                self._bad(message, item, part_path, f"give {kpi.name} a target with its direction")

    def _kpi(self, name: str, at: YamlNode, path: Path) -> Kpi | None:
        """The KPI of a name, if each person has its figure."""
        if not self._subjects.names.check("kpis", "KPI", name, at, path) or name not in self._kpis:
            return None
        kpi = self._kpis[name]
        figure = figure_of_measure(kpi.measure)
        if figure is None:
            message = f"{name!r} is no figure of single persons"
            self._bad(message, at, path, "use a KPI that is a count, a sum or unique: EVENT.actor, or an `outcome`")
            return None
        event = self._subjects.find(figure.event)
        if event is not None:
            self._one_currency(figure, event, at, path)
        return kpi

    def _one_currency(self, figure: PersonFigure, event: Event, at: YamlNode, path: Path) -> None:
        if figure.property is None:
            return
        summed = Aggregate(function="sum", event=figure.event, property=figure.property, where=figure.where)
        money = money_of(event, summed)
        if money is not None and money.named:
            message = (
                f"{event.name}.{figure.property} is in the currencies that {money.named!r} names, which do not add up"
            )
            remedy = f"add where: {{{money.named}: {min(money.choices, default='EUR')}}}"
            self._problems.add("bad_currency", message, at=at, path=path, remedy=remedy)

    def _stop(self, values: Mapping[str, Any], variants: int, node: YamlNode, path: Path) -> StopRule:
        stop = StopRule(
            **{"minimum": _MINIMUM} | {key: value for key, value in values.get("stop", {}).items() if key != "x"}
        )
        at, part_path = node.get("stop") or node, (*path, "stop")
        if stop.minimum < LEAST_MINIMUM:
            message = f"{counted(stop.minimum, 'person')} of a variant are too few to say anything"
            self._bad(message, at, part_path, f"write minimum: {LEAST_MINIMUM} or more")
        if stop.maximum is not None and stop.maximum < stop.minimum * variants:
            message = f"it ends with {counted(stop.maximum, 'person')}, before each variant has {stop.minimum:,}"
            self._bad(message, at, part_path, f"write maximum: {stop.minimum * variants} or more")
        if stop.smallest is not None and stop.smallest <= 0:
            message = f"the smallest difference {stop.smallest} is not above 0"
            self._bad(message, at, part_path, "write the least difference that matters, such as 0.01")
        return stop

    def _bad(self, message: str, at: Any, path: Path, remedy: str) -> None:
        self._problems.add("bad_experiment", message, at=at, path=path, remedy=remedy)

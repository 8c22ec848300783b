"""Experiments are read with what is left out filled in; their faults are among those of tests/plan/data/faults.txt."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.plan.reading.loading import loaded

from footfall.plan import bundle_bytes, from_bundle, read
from footfall.plan.model import ExperimentOutcome, StopRule, VariantExposure, Where

TEXT = """
events:
  shown: {properties: {look: {type: string}, place: {type: string}}}
  bought: {properties: {total: {type: decimal, currency: code}, code: {type: string}}}
kpis: {sales: {measure: {sum: bought.total, where: {code: EUR}}, target: {direction: up, value: 1}}}
experiments:
  trial:
    hypothesis: B sells more
    started: 2026-11-02
    exposure: {event: shown, variant: look, where: {place: till}}
    variants: {a: 0.9, b: 0.1}
    kpi: sales
    within: 2d
    x_ticket: T-1
"""


def test_what_is_left_out_has_its_usual_value(tmp_path: Path) -> None:
    experiment = loaded(tmp_path, TEXT).experiments["trial"]

    assert (experiment.direction, experiment.alpha, experiment.stop) == ("up", Decimal("0.05"), StopRule(minimum=100))
    assert (experiment.within, experiment.kpi, experiment.outcome) == (172_800, "sales", None)
    assert experiment.exposure == VariantExposure(
        event="shown", variant="look", where=(Where(property="place", op="in", values=("till",)),)
    )
    assert experiment.variants == {"a": Decimal("0.9"), "b": Decimal("0.1")}
    assert experiment.x == {"x_ticket": "T-1"}


def test_an_outcome_is_read_with_its_conditions(tmp_path: Path) -> None:
    text = TEXT.replace("kpi: sales", "outcome: {event: bought, where: {code: EUR}, sum: total}")
    outcome = loaded(tmp_path, text).experiments["trial"].outcome

    assert outcome == ExperimentOutcome(
        event="bought", where=(Where(property="code", op="in", values=("EUR",)),), sum="total"
    )


def test_a_kpi_over_several_currencies_does_not_add_up(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    text = TEXT.replace(", where: {code: EUR}}, target", "}, target").replace("value: 1}", "value: 1, unit: EUR}")
    file.write_text(f"plan: p\n{text}")
    (problem,) = read(file).problems

    assert (problem.code, problem.where) == ("bad_currency", "experiments.trial.kpi")
    assert problem.remedy == "add where: {code: EUR}"


def test_a_bundle_has_the_experiment(tmp_path: Path) -> None:
    plan = loaded(tmp_path, TEXT)
    packed = from_bundle(bundle_bytes(plan))

    assert packed.experiments == plan.experiments
    assert bundle_bytes(packed) == bundle_bytes(plan)

"""A change is as severe as its kind, its policies and the figures that it hits."""

from __future__ import annotations

import pytest
from tests.planning.diff.plans import SHOP, changed, compare, plan_of, replace

from footfall.planning.diff import diff
from footfall.planning.diff.changes import Affected, Effect, RawChange, affected_by, classify
from footfall.planning.diff.kinds import Level
from footfall.planning.usage import Use


def test_removing_what_a_kpi_sums_breaks_it_by_name_and_owner() -> None:
    found = compare(("events.order_completed.properties.total", None), ("kpis.revenue", None))

    assert found[0].kind == "property_removed"
    assert found[0].level == "error"
    assert found[0].message == "removes order_completed.total: breaks kpi:revenue, owner growth"
    assert found[0].hurts == ("senders", "generated_code", "storage", "meaning")
    assert (found[0].owner, found[0].sources) == ("web", ("backend",))


def test_a_kpi_that_moved_to_another_property_first_is_not_broken() -> None:
    (removal, *_) = compare(
        ("events.order_completed.properties.total", None),
        ("kpis.revenue", {"owner": "growth", "measure": {"count": "order_completed"}}),
    )

    assert removal.level == "warning"
    assert removal.message == "removes order_completed.total: changes what is counted by kpi:revenue, owner growth"


def test_an_unused_property_goes_with_a_warning() -> None:
    (removal,) = compare(("events.order_completed.properties.note", None))

    assert (removal.level, removal.affected) == ("warning", ())


def test_an_unused_property_goes_with_an_error_where_the_collector_puts_unknown_ones_aside() -> None:
    strict = {**SHOP, "enforcement": {"collector": {"unknown_property": "quarantine"}}}
    without = changed("events.order_completed.properties.note", None) | {"enforcement": strict["enforcement"]}

    assert [change.level for change in diff(plan_of(strict), plan_of(without))] == ["error"]


def test_a_fault_that_everybody_lets_pass_is_a_warning() -> None:
    lenient = {**SHOP, "enforcement": {"collector": {"invalid": "keep"}}}
    narrower = changed("events.order_completed.properties.note.max_length", 3) | {"enforcement": lenient["enforcement"]}

    assert [change.level for change in diff(plan_of(lenient), plan_of(narrower))] == ["warning"]


def test_a_removed_enum_value_breaks_the_condition_that_names_it() -> None:
    found = compare(
        ("events.order_completed.properties.payment.enum", ["cash"]),
        ("kpis.card_orders", None),
    )

    assert found[0].kind == "enum_values_removed"
    assert [(one.name, one.effect, one.how) for one in found[0].affected] == [("card_orders", "breaks", ("where",))]


def test_a_new_unit_breaks_what_sums_the_property() -> None:
    (found,) = compare(("events.order_completed.properties.total.unit", "cent"))

    assert (found.kind, found.level, found.hurts) == ("unit_changed", "error", ("storage", "meaning"))
    assert [one.name for one in found.affected] == ["revenue"]


RAW = RawChange("constraint_narrowed", "sets the maximum of {where} to 3")
USER = Affected(kind="kpi", name="revenue", owner="growth", effect="shifts")


@pytest.mark.parametrize(
    ("effect", "faults_stop", "cap", "level"),
    [
        (None, True, "error", "error"),
        (None, False, "error", "warning"),
        ("shifts", False, "error", "warning"),
        ("breaks", False, "error", "error"),
        ("breaks", True, "warning", "warning"),
        (None, True, "info", "info"),
    ],
)
def test_the_level_is_that_of_the_kind_raised_by_figures_and_bounded_by_the_cap(
    effect: Effect | None, faults_stop: bool, cap: Level, level: Level
) -> None:
    affected = [replace(USER, effect=effect)] if effect else []

    change = classify(RAW, ("sold", "total"), affected, faults_stop=faults_stop, cap=cap)

    assert change.level == level
    assert ("meaning" in change.hurts) == bool(affected)


def test_a_change_has_the_name_of_its_part_in_its_text() -> None:
    change = classify(RAW, ("sold", "lines", "[]", "total"))

    assert (change.where, change.what) == ("sold.lines[].total", "sets the maximum of sold.lines[].total to 3")


def test_the_harm_names_the_sources_of_the_event() -> None:
    change = replace(classify(RAW, ("sold",)), hurts=("senders", "generated_code"), sources=("shop", "app"))

    assert change.harm == "senders (shop, app), generated code"
    assert replace(change, hurts=()).harm == "none"


def test_a_figure_is_affected_once_with_all_of_its_parts() -> None:
    uses = [Use(kind="kpi", name="revenue", owner="growth", event="sold", how=how) for how in ("sum", "where", "sum")]
    uses.append(Use(kind="rule", name="sold.r", event="sold", how="check"))

    assert affected_by(uses, "breaks") == (replace(USER, effect="breaks", how=("sum", "where")),)
    assert affected_by(uses, "breaks", healed=[("kpi", "revenue")])[0].effect == "shifts"

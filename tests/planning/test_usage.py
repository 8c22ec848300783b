"""The uses of events and properties: each part of a plan that reads one is listed, with how."""

from __future__ import annotations

from tests.planning.diff.plans import plan_of
from tests.planning.diff.test_experiments import PLAN as EXPERIMENTS

from footfall.plan.model import (
    Aggregate,
    Conversion,
    Count,
    Deprecation,
    Event,
    Guard,
    IdentityKeys,
    Journey,
    Kpi,
    Plan,
    Property,
    Ratio,
    Rule,
    Step,
    Unique,
    Where,
)
from footfall.planning.usage import UsageIndex, purposes

PRICE = Property(name="price", type="number")
DEVICE = Property(name="device", type="string")
CARD = Where(property="kind", op="in", values=("card",))
PLAN = Plan(
    id="p",
    identity=IdentityKeys(device="device"),
    events={
        "viewed": Event(name="viewed", wire_name="viewed", properties=(DEVICE,)),
        "paid": Event(
            name="paid",
            wire_name="paid",
            owner="shop",
            properties=(PRICE, Property(name="kind", type="string")),
            rules=(Rule(id="some", check="price > 0"),),
        ),
        "bought": Event(
            name="bought", wire_name="bought", status="deprecated", deprecated=Deprecation(replaced_by="paid")
        ),
    },
    journeys={
        "buy": Journey(
            name="buy",
            by="user",
            steps=(Step(id="look", event="viewed"), Step(id="pay", event="paid", where=(CARD,))),
            never=(Guard(name="twice", event="bought", start="look", end="pay"),),
        )
    },
    kpis={
        "revenue": Kpi(name="revenue", measure=Aggregate(function="sum", event="paid", property="price"), window=None),
        "rate": Kpi(
            name="rate",
            measure=Ratio(of=Count(event="paid", where=(CARD,)), to=Unique(event="viewed", property="actor")),
            window=None,
        ),
        "done": Kpi(name="done", measure=Conversion(journey="buy", start="look", end="pay"), window=None),
    },
)
INDEX = UsageIndex(PLAN)


def uses(event: str, name: str) -> list[tuple[str, str, str]]:
    return [(use.kind, use.name, use.how) for use in INDEX.of_property(event, name)]


def test_a_property_is_used_by_measures_and_rules() -> None:
    assert uses("paid", "price") == [("kpi", "revenue", "sum"), ("rule", "paid.some", "check")]


def test_a_property_in_a_condition_is_used_by_the_kpi_the_step_and_the_kpi_over_the_journey() -> None:
    assert uses("paid", "kind") == [
        ("kpi", "rate", "ratio of: where"),
        ("kpi", "done", "journey buy, step pay, where"),
        ("journey", "buy", "step pay, where"),
    ]
    assert {use.where for use in INDEX.of_property("paid", "kind")} == {CARD}


def test_the_property_that_names_a_device_is_used_by_identity() -> None:
    assert uses("viewed", "device") == [("identity", "device", "names it")]


def test_an_event_is_used_by_guards_and_by_the_event_that_it_replaces() -> None:
    assert [(use.kind, use.how) for use in INDEX.of_event("bought")] == [("journey", "guard twice")]
    assert ("event", "bought", "is replaced by it") in [
        (use.kind, use.name, use.how) for use in INDEX.of_event("paid") if not use.property
    ]


def test_what_nobody_uses_has_no_use() -> None:
    assert INDEX.of_property("paid", "color") == ()
    assert INDEX.of_event("nowhere") == ()


def test_a_purpose_is_named_with_the_owner_of_that_part_of_the_plan() -> None:
    kpi = next(iter(PLAN.kpis.values()))
    event = Event(name="left", wire_name="left", purpose=(f"kpi:{kpi.name}", "goal:grow"))

    assert list(purposes(event, PLAN)) == [("kpi", kpi.name, kpi.owner), ("goal", "grow", "")]


def test_an_experiment_uses_its_exposure_and_its_outcome() -> None:
    index = UsageIndex(plan_of(EXPERIMENTS))

    assert [(use.kind, use.how, use.property) for use in index.of_event("shown")] == [
        ("experiment", "exposure", "look")
    ]
    assert [use.how for use in index.of_event("bought") if use.kind == "experiment"] == ["outcome"]


def test_what_is_in_a_property_is_used_by_its_path_and_traits_by_their_name() -> None:
    sku = Where(property="lines[]", op="any", where=(Where(property="sku", op="in", values=("A",)),))
    tier = Where(property="traits.tier", op="in", values=("pro",))
    color = Where(property="labels.color", op="in", values=("red",))
    kpi = Kpi(name="k", measure=Count(event="paid", where=(sku, tier, color), by=("address.city",)), window=None)
    index = UsageIndex(Plan(id="p", events=PLAN.events, kpis={"k": kpi}))

    assert [use.value for use in index.of_property("paid", "lines")] == ["lines[].sku"]
    assert [use.value for use in index.of_value("paid", ("lines", "[]", "sku"))] == ["lines[].sku"]
    assert index.of_value("paid", ("lines", "[]", "price")) == ()
    assert [use.value for use in index.of_value("paid", ("lines", "[]"))] == ["lines[].sku"]
    assert [use.value for use in index.of_value("paid", ("labels", "{}"))] == ["labels.color"]
    assert [use.value for use in index.of_value("paid", ("address", "city"))] == ["address.city"]
    assert [use.value for use in index.of_trait(("tier",))] == ["traits.tier"]
    assert index.of_trait(("ti",)) == ()

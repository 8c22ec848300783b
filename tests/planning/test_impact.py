"""Whoever would notice a change is named, with the part of it that would."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from tests.planning.diff.plans import plan_of, plans, replace
from tests.planning.diff.test_experiments import PLAN as EXPERIMENTS

from footfall.errors import UsageError
from footfall.plan import read
from footfall.plan.model import Plan
from footfall.planning.diff import diff
from footfall.planning.impact import Impact, impact_of

SHOP = read(Path(__file__).parents[2] / "tracking_plans" / "shop_and_gateway").require()


def told(impact: Impact, kind: str) -> dict[str, str]:
    return {one.name: "; ".join([*one.how, *one.through]) for one in impact.dependents if one.kind == kind}


def test_a_property_is_noticed_by_every_part_that_reads_it() -> None:
    impact = impact_of(SHOP, "order_completed.total")

    assert told(impact, "kpi") == {
        "revenue": "sum",
        "average_order": "average; where total ≥ 1",
        "largest_order": "maximum",
    }
    assert told(impact, "journey") == {"become_customer": "step order, where total > 0"}
    assert told(impact, "goal") == {"grow_revenue": "kpi:revenue; kpi:average_order"}
    assert told(impact, "source") == {"shop_backend": "server, python; shop/**"}


def test_an_event_is_noticed_through_journeys_guards_branches_and_rules() -> None:
    impact = impact_of(SHOP, "payment_failed")
    order = impact_of(SHOP, "order_completed")

    assert told(impact, "journey") == {"purchase": "guard payment_trouble"}
    assert told(impact, "kpi")["conversion"] == "journey:purchase; kpi:payment_failure_rate, its guardrail"
    assert "branch quick, step buy" in told(order, "journey")["purchase"]
    assert told(order, "rule") == {"order_completed.coupon_lowers": "check", "order_completed.order_has_lines": "check"}


def test_the_property_that_names_a_device_is_noticed_by_identity() -> None:
    assert told(impact_of(SHOP, "reading_reported.gateway_id"), "identity") == {"device": "names it"}


def test_an_event_is_noticed_by_what_it_is_collected_for() -> None:
    assert told(impact_of(SHOP, "signed_out"), "purpose") == {"kpi:sign_ins": "the event is collected for it"}


def test_the_teams_that_own_any_of_it_come_with_how_to_reach_them() -> None:
    impact = impact_of(SHOP, "order_completed.total")

    assert [(team.name, team.slack) for team in impact.teams] == [("storefront", "#storefront"), ("growth", "#growth")]


def test_an_event_may_be_named_as_on_the_wire() -> None:
    assert impact_of(SHOP, "Order Completed.total") == impact_of(SHOP, "order_completed.total")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("order_complete", "did you mean 'order_completed'"),
        ("order_completed.totl", "did you mean 'total'"),
        ("order_completed.lines[].sku", "ask for order_completed.lines"),
        ("signed_out.note", "it has none"),
    ],
)
def test_a_name_that_is_nowhere_is_told_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(UsageError, match=hint.replace("[", r"\[")):
        impact_of(SHOP, name)


@given(plans())
def test_removing_an_event_hits_the_kpis_that_its_impact_names(plan: Plan) -> None:
    for name in plan.events:
        without = replace(plan, events={key: event for key, event in plan.events.items() if key != name}, kpis={})
        (removal,) = [change for change in diff(plan, without) if change.where == name]

        assert {one.name for one in removal.affected} == set(told(impact_of(plan, name), "kpi"))


PAGES = """
plan: p
pages:
  page: {properties: {url: {type: string}}}
  Pricing v1.2: {properties: {scroll: {type: integer}}}
kpis:
  readers: {measure: {maximum: 'page:Pricing v1.2.scroll', by: [url]}}
  visits: {measure: {count: page}}
"""


@pytest.mark.parametrize(
    ("name", "kpis"),
    [
        ("page", {"visits": "count"}),
        ("page:Pricing v1.2", {"readers": "maximum; by"}),
        ("page:Pricing v1.2.scroll", {"readers": "maximum"}),
        ("page:Pricing v1.2.url", {"readers": "by"}),
        ("page:Home.html", {}),
    ],
)
def test_a_page_is_noticed_by_what_reads_it(tmp_path: Path, name: str, kpis: dict[str, str]) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(PAGES)

    assert told(impact_of(read(file).require(), name), "kpi") == kpis


def test_a_property_that_no_page_has_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(PAGES)

    with pytest.raises(UsageError, match="there is no property 'uri' of page; did you mean 'url'"):
        impact_of(read(file).require(), "page.uri")


def test_an_experiment_depends_on_its_events_and_through_its_kpis() -> None:
    plan = plan_of(EXPERIMENTS)
    plan = replace(plan, experiments={"trial": replace(plan.experiments["trial"], outcome=None, kpi="sales")})

    assert told(impact_of(plan, "shown.look"), "experiment") == {"trial": "exposure"}
    assert told(impact_of(plan, "bought"), "experiment") == {"trial": "kpi:sales"}

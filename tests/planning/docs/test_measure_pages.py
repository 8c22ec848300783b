"""The pages of KPIs and journeys say in words what the plan asks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.planning.docs.pages import Page, shop

from footfall.plan import read
from footfall.planning.docs.measure_pages import journey_body, kpi_body
from footfall.planning.docs.site import site

PLAN: dict[str, Any] = {
    "plan": "p",
    "events": {"a": {"properties": {"price": {"type": "decimal"}, "kind": {"type": "string"}}}, "b": {}},
    "journeys": {
        "j": {
            "within": "7d",
            "steps": [
                {"id": "see", "event": "b"},
                {"id": "buy", "event": "a", "within": "1d", "expect": Decimal("0.25")},
            ],
            "never": [{"event": "b", "between": ["see", "buy"], "as": "regret"}],
        }
    },
}


def test_a_kpis_page_says_what_it_measures() -> None:
    text = Page(site(shop(), history={})["kpis/payment_failure_rate.html"]).text

    for words in (
        "(count of payment_failed where reason is not fraud) ÷ (count of order_completed)",
        "the last 1d",
        "down to 0.02",
        "payment_failed",
        "the upper part of the ratio counts it",
    ):
        assert words in text, words


def test_a_kpi_without_a_window_looks_at_everything_and_has_its_events() -> None:
    plan = read({**PLAN, "kpis": {"k": {"measure": {"count": "a"}, "window": "all"}}}).require()

    page = Page(kpi_body(plan.kpis["k"], plan, [("a", "counts it")]))

    assert "Windoweverything there is" in page.text
    assert "counts it" in page.text
    assert page.links == ["../events/a.html"]


def test_a_journeys_page_has_its_steps_guards_and_kpis() -> None:
    share = {"measure": {"journey": "j", "from": "see", "to": "buy"}}
    plan = read({**PLAN, "kpis": {"share": share}}).require()

    page = Page(journey_body(plan.journeys["j"], plan))

    assert "Walked bypeopleWithin7d" in page.text
    assert "buya1d0.25 of the step before" in page.text
    assert "regretbbetween see and buy" in page.text
    assert "Other ways" not in page.text
    assert page.links[-1] == "../kpis/share.html"

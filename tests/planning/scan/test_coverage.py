"""Which planned events the code sends, over all, by team and by source."""

from __future__ import annotations

from fractions import Fraction

from tests.planning.scan.shop_code import GOOD, HEAD, PLAN, scanned

from footfall.plan.model import Event, Plan, Source
from footfall.planning.scan import CodeCoverage, Gates
from footfall.planning.scan.coverage import can_be_python, coverage_of, implementations


def test_coverage_counts_active_events_by_team_and_source() -> None:
    gates = Gates(Fraction(90), {"growth": Fraction(100)}, {"gateway": Fraction(100), "shop": Fraction(100)})
    result = scanned(HEAD + f"client.track('order_completed', {GOOD})\nclient.track('paired')", gates=gates)

    assert str(result.coverage) == "2 of 3 (67 %)"
    assert result.coverage.never == ("signed_up",)
    # `paired` is sent, but from no file of the gateway.
    assert [p.where for p in result.problems if p.code == "coverage_too_low"] == ["", "growth", "gateway"]


def test_nothing_planned_is_covered_in_full() -> None:
    assert CodeCoverage(0, 0).percent == 100


def test_the_share_is_exact() -> None:
    assert CodeCoverage(3, 1).percent == Fraction(100, 3)


def test_a_plan_without_calls_is_not_covered() -> None:
    coverage = coverage_of(PLAN, implementations(PLAN, []))

    assert (coverage.planned, coverage.implemented) == (3, 0)
    assert coverage.never == ("order_completed", "signed_up", "paired")


def test_an_event_of_another_language_alone_is_not_counted() -> None:
    sources = {"web": Source(name="web", language="javascript"), "api": Source(name="api")}
    plan = Plan(id="x", sources=sources)

    assert not can_be_python(plan, Event(name="a", wire_name="a", sources=("web",)))
    assert can_be_python(plan, Event(name="a", wire_name="a", sources=("web", "api")))
    assert can_be_python(plan, Event(name="a", wire_name="a"))

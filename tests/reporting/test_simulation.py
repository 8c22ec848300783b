"""The outcome of a simulation as lines for a terminal, and as a section of a comment."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from footfall.reporting.simulation import SHOW
from footfall.simulation import EventOutcome, FaultOutcome, JourneyDelta, KpiDelta, Simulation, StepDelta

OUTCOME = Simulation(
    plan="new", current="old", since=datetime(2026, 11, 1, tzinfo=UTC), stored=307, lost=11, quarantined=10, freed=10,
    events=(EventOutcome("wished", quarantined=10, freed=10),),
    faults=(FaultOutcome("sold", "currency", "enum", "one of EUR, NOK", '"SEK"', "m1", 11),),
    kpis=(
        KpiDelta("revenue", "growth", "moved", Decimal("4387.50"), Decimal(2985)),
        KpiDelta("rate", "", "moved", Decimal("0.5"), Decimal("0.5"), is_share=True),
        KpiDelta("fresh", "", "added", None, Decimal(1)),
        KpiDelta("orders", "", "same", Decimal(1), Decimal(1)),
    ),
    journeys=(JourneyDelta("purchase", "", "moved", (StepDelta("view", 4, 4), StepDelta("buy", 3, None))),),
)  # fmt: skip


def shown(form: str, outcome: Simulation = OUTCOME) -> list[str]:
    return list(SHOW[form](outcome, "new plan", "data"))


def test_the_text_says_what_would_be_quarantined_come_free_and_move() -> None:
    assert shown("text") == [
        "new plan on data",
        "307 stored messages since 2026-11-01 00:00: 11 would not be stored; 10 of 10 quarantined would now be stored",
        "",
        "would be quarantined",
        '        11  sold.currency  enum: expected one of EUR, NOK, got "SEK"  (such as m1)',
        "",
        "would come free",
        "        10  wished",
        "  by footfall quarantine replay --data data --plan 'new plan'",
        "",
        "would move",
        "  kpi      revenue   4,387.50 → 2,985 (−32 %)  owner growth",
        "  kpi      rate      50 % → 50 % (some groups move)",
        "  kpi      fresh     1 (new)",
        "  journey  purchase  view 4, buy 3 → –",
        "",
        "1 KPI would not move",
    ]


def test_a_plan_that_changes_nothing_says_so_in_one_line() -> None:
    same = msgspec.structs.replace(OUTCOME, lost=0, freed=0, quarantined=0, events=(), faults=(), kpis=(), journeys=())

    assert shown("text", same)[1:] == ["307 stored messages since 2026-11-01 00:00: all would be stored again"]


def test_of_many_faults_twelve_are_shown_and_the_rest_counted() -> None:
    many = msgspec.structs.replace(OUTCOME, faults=OUTCOME.faults * 14)

    assert "  … and 2 other faults: --format json has all" in shown("text", many)


def test_markdown_is_a_section_with_a_table_for_each_part() -> None:
    lines = shown("markdown")

    assert lines[0] == "### Tried on real events: `new plan` on `data`"
    assert [line for line in lines if line.startswith("####")] == [
        "#### Would be quarantined", "#### Would come free", "#### Would move",
    ]  # fmt: skip
    assert "| `kpi:revenue` | growth | 4,387.50 → 2,985 (−32 %) |" in lines
    assert "| `journey:purchase` | – | view 4, buy 3 → – |" in lines
    assert lines[-1] == "1 KPI would not move."

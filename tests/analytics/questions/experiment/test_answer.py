"""An experiment equals a plain loop over all messages, for any log and window; and says what was left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import Phase, event, find, given, settings
from hypothesis import strategies as st
from tests.analytics.questions.experiment.reference import expected
from tests.analytics.questions.experiment.trials import DAY, START, Doing, doings, entries_of, plan_with, result_of
from tests.many import MANY

from footfall.plan.model import ExperimentOutcome, StopRule
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
# To see that something is drawn, the first example will do.
UNSHRUNK = settings(phases=[Phase.generate], max_examples=1_000)
FIGURES: list[dict[str, Any]] = [
    {"outcome": ExperimentOutcome(event="bought")},
    {"outcome": ExperimentOutcome(event="bought", sum="price")},
    {"outcome": None, "kpi": "returns"},
]


def check(entry: MakeEntry, log: list[Doing], figure: dict[str, Any], data: st.DataObject) -> None:
    plan = plan_with(**figure)
    times = [doing.at for doing in log]
    until = data.draw(st.sampled_from([max(times) + 1, START + 40 * DAY, *times]))
    since = data.draw(st.sampled_from([None, *(at for at in times if at < until)]))
    result = result_of(
        entries_of(entry, log), plan, since=since, until=until, shards=data.draw(st.sampled_from([1, 3]))
    )
    reference = expected(log, plan.experiments["trial"], since=since, until=until)

    event(f"crossed {result.crossed > 0}, open {any(each.open for each in result.variants)}")
    states = {
        "crossed": result.crossed, "early": result.early, "unnamed": result.unnamed,
        "unknown": sum(result.unknown.values()),
    }  # fmt: skip
    assert states == {state: reference.states[state] for state in states}
    assert (None if result.first_exposure is None else result.first_exposure.timestamp()) == reference.first
    for variant in result.variants:
        values = reference.values[variant.name]
        assert (variant.open, variant.closed) == (reference.open[variant.name], len(values))
        assert variant.exposed == variant.open + variant.closed
        assert variant.outcome is not None
        mean = variant.outcome.mean
        assert (mean is None) == (not values)
        if mean is not None:
            assert abs(Fraction(mean) - sum(values, Fraction(0)) / len(values)) < Fraction(1, 10**20)


@settings(max_examples=12)
@given(log=doings(), figure=st.sampled_from(FIGURES), data=st.data())
def test_any_experiment_is_that_of_a_plain_loop(
    entry: MakeEntry, log: list[Doing], figure: dict[str, Any], data: st.DataObject
) -> None:
    check(entry, log, figure, data)


@settings(max_examples=MANY)
@given(log=doings(), figure=st.sampled_from(FIGURES), data=st.data())
@pytest.mark.slow
def test_many_experiments_are_those_of_a_plain_loop(
    entry: MakeEntry, log: list[Doing], figure: dict[str, Any], data: st.DataObject
) -> None:
    check(entry, log, figure, data)


@pytest.mark.parametrize("state", ["crossed", "early", "unnamed", "unknown"])
def test_logs_with_persons_who_are_left_out_are_drawn(state: str) -> None:
    trial = plan_with().experiments["trial"]

    assert find(
        doings(),
        lambda log: expected(log, trial, since=None, until=START + 90 * DAY).states[state] > 0,
        settings=UNSHRUNK,
    )


def crowd(entry: MakeEntry, bought: tuple[int, int], of: tuple[int, int] = (100, 100)) -> list[Entry]:
    """So many persons of each variant, of whom so many bought."""
    log = []
    for look, buyers, persons in zip("ab", bought, of, strict=True):
        for number in range(persons):
            log.append(Doing(f"{look}{number}", "shown", START, look))
            if number < buyers:
                log.append(Doing(f"{look}{number}", "bought", START + 60))
    return entries_of(entry, log)


def test_a_difference_is_read_with_its_sequence(entry: MakeEntry) -> None:
    result = result_of(crowd(entry, (20, 70)), plan_with(stop=StopRule(minimum=50)))

    assert (result.decision.verdict, result.decision.variant) == ("better", "b")
    control, treated = (variant.outcome for variant in result.variants)
    assert control is not None and treated is not None  # noqa: PT018 - for mypy
    assert (control.mean, treated.mean, treated.difference) == (Decimal("0.2"), Decimal("0.7"), Decimal("0.5"))
    assert treated.difference_low is not None and treated.difference_low > 0  # noqa: PT018 - for mypy
    assert control.difference is None


def test_uneven_shares_block_the_reading(entry: MakeEntry) -> None:
    result = result_of(crowd(entry, (20, 70), (100, 180)), plan_with())

    assert result.decision.verdict == "blocked"
    assert "not in their planned shares (p = 2e-06" in result.decision.reason
    assert [variant.outcome for variant in result.variants] == [None, None]
    assert [variant.closed for variant in result.variants] == [100, 180]


def test_a_guardrail_that_got_worse_stops_it(entry: MakeEntry) -> None:
    more = [Doing(f"b{number}", "returned", START + 90) for number in range(60)]
    entries = [*crowd(entry, (20, 70)), *entries_of(entry, more)]
    entries = [each._replace(seq=seq) for seq, each in enumerate(entries, 1)]
    result = result_of(entries, plan_with(guardrails=("returns",)))

    assert result.decision.reason == "the guardrail returns got worse in b"
    assert [each.name for each in result.variants[1].guardrails] == ["returns"]


def test_a_person_is_open_until_the_moment_the_window_is_over(entry: MakeEntry) -> None:
    log = entries_of(entry, [Doing("ann", "shown", START, "a"), Doing("ann", "bought", START + 2 * DAY - 1)])
    before, over = (result_of(log, plan_with(), until=START + 2 * DAY - late).variants[0] for late in (1, 0))

    assert (before.open, before.closed) == (1, 0)
    assert (over.open, over.closed, over.outcome and over.outcome.mean) == (0, 1, Decimal(1))


def test_sums_of_more_digits_than_a_column_has_are_exact(entry: MakeEntry) -> None:
    prices = ["9" * 37 + ".5", "0." + "0" * 30 + "1"]
    log = [Doing("ann", "shown", START, "a"), *(Doing("ann", "bought", START, price=price) for price in prices)]
    plan = plan_with(outcome=ExperimentOutcome(event="bought", sum="price"))
    outcome = result_of(entries_of(entry, log), plan).variants[0].outcome

    assert outcome is not None
    assert outcome.mean is not None
    assert abs(outcome.mean - Decimal("1e37")) < Decimal("1e10")


def test_the_definition_says_who_counts(entry: MakeEntry) -> None:
    definition = result_of(crowd(entry, (1, 2)), plan_with(guardrails=("returns",))).definition

    assert definition.startswith("Entry: the first shown of a person from 2026-11-02 on, where it is in the window")
    assert "Guardrail returns: messages of returned per person." in definition
    assert "that of a difference at 0.975" in definition


def test_the_time_of_the_first_exposure_is_on_the_plans_clock(entry: MakeEntry) -> None:
    result = result_of(crowd(entry, (1, 2)), plan_with())

    assert result.first_exposure == datetime.fromtimestamp(START, UTC)

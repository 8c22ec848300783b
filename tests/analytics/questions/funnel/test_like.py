"""Of any log and funnel, each figure on the way to that of a peer is that of the question with these options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import event, find, given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.questions.funnel.logs import Line, cases, entries_of, options_of, plan_in
from tests.analytics.questions.funnel.reference import Asked

from footfall.analytics import Dataset
from footfall.analytics.peer_defaults import PEERS
from footfall.analytics.questions.funnel import FunnelOptions, FunnelResult, funnel, funnel_like, funnel_options
from footfall.analytics.window import Span
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]
SECOND, DAY = 1_000_000, 86_400
ZONES = ["UTC", "Europe/Oslo", "Africa/Cairo", "America/Sao_Paulo", "Australia/Lord_Howe"]


def with_default(asked: Asked, option: str, value: str) -> dict[str, Any]:
    """A default of a peer as `funnel_options` takes it."""
    if option == "exclusions":
        pairs = [(each.event, f"{each.first + 1}-{each.last + 1}") for each in asked.endings]
        is_person = value == "take the person out"
        return {"exclude": [] if is_person else pairs, "exclude_person": pairs if is_person else []}
    if option == "step-within":
        return {"step_within": {}}
    return {option: value == "allowed" if option == "ties" else value}


def reached(result: FunnelResult) -> list[int]:
    return [step.counts.reached for step in result.steps]


def check(entry: MakeEntry, log: list[Line], asked: Asked, peer: str, data: st.DataObject) -> None:
    times = [line.at for line in log] or [0]
    span = Span(None, data.draw(st.sampled_from([max(times) + 1, *times])) * SECOND)
    shards, plan = data.draw(st.sampled_from([1, 3])), plan_in(data.draw(st.sampled_from(ZONES)))
    now = (max(times) + data.draw(st.sampled_from([0, 10 * DAY]))) * SECOND
    with Dataset.of(entries_of(entry, log), plan) as dataset:

        def answer(**more: Any) -> FunnelResult:
            return context_of(dataset, plan, span, now, shards).answer(funnel(options_of(asked, **more)))

        result = context_of(dataset, plan, span, now, shards).answer(funnel_like(peer, options_of(asked)))
        reconciliation = result.reconciliation
        assert reconciliation is not None
        stages = [answer()]
        more: dict[str, Any] = {}
        for change in reconciliation.changes:
            more |= with_default(asked, change.option, change.theirs)
            stages.append(answer(**more))

    for number, figure in enumerate(reconciliation.figures):
        ours, *after = [reached(stage)[number] for stage in stages]
        assert (figure.ours, list(figure.values), figure.theirs) == (ours, after, [ours, *after][-1])
        assert figure.ours + sum(figure.differences) == figure.theirs == reached(result)[number]
    assert result.steps == stages[-1].steps
    assert result.definition == stages[-1].definition
    event("differs" if any(any(figure.differences) for figure in reconciliation.figures) else "does not differ")


@settings(max_examples=3)
@given(case=cases(), peer=st.sampled_from([*PEERS]), data=st.data())
def test_every_figure_is_that_of_its_options_and_the_differences_add_up(
    entry: MakeEntry, case: tuple[list[Line], Asked], peer: str, data: st.DataObject
) -> None:
    check(entry, *case, peer, data)


@settings(max_examples=60)
@given(case=cases(), peer=st.sampled_from([*PEERS]), data=st.data())
@pytest.mark.slow
def test_many_figures_are_those_of_their_options(
    entry: MakeEntry, case: tuple[list[Line], Asked], peer: str, data: st.DataObject
) -> None:
    check(entry, *case, peer, data)


@pytest.mark.parametrize("option", ["order", "entry", "ties", "within", "step-within", "exclusions"])
@pytest.mark.slow
def test_funnels_that_differ_in_each_option_are_drawn(option: str) -> None:
    def differs(case: tuple[list[Line], Asked]) -> bool:
        return option in changed("posthog", options_of(case[1]))

    assert find(cases(), differs) is not None


def changed(peer: str, options: FunnelOptions, **more: Any) -> list[str]:
    with Dataset.of([], plan_in("UTC")) as dataset:
        reconciliation = context_of(dataset, plan_in("UTC")).answer(funnel_like(peer, options, **more)).reconciliation
    assert reconciliation is not None
    return [each.option for each in reconciliation.changes]


def asked_of(**options: Any) -> FunnelOptions:
    return funnel_options(plan_in("UTC"), ["a", "b", "c"], **options)


def test_nothing_is_changed_where_all_options_are_as_in_the_peer() -> None:
    options = asked_of(within="7d", exclude=[("x", "1-2")])

    assert changed("mixpanel", options) == []
    assert changed("mixpanel", asked_of(within="session"), keep=["within"]) == []


def test_every_option_can_be_changed_at_once() -> None:
    options = asked_of(
        order="strict", entry="each", ties=False, within="session", step_within={2: "1h"}, exclude=[("x", "1-2")],
        exclude_person=[("x", "2-3")],
    )  # fmt: skip

    assert changed("mixpanel", options) == ["within", "step-within", "order", "entry", "ties", "exclusions"]


def test_mixpanel_has_one_entry_more_than_posthog_does_not_count(entry: MakeEntry) -> None:
    """Ann sees it on day 0 and day 9, and buys on day 10: within 7 days of the second time alone."""
    log = [Line("ann", None, "track", name, None, day * DAY) for name, day in (("a", 0), ("a", 9), ("b", 10))]
    options = funnel_options(plan_in("UTC"), ["a", "b"])
    with Dataset.of(entries_of(entry, log), plan_in("UTC")) as dataset:
        figures = {
            peer: [
                (figure.ours, figure.differences, figure.theirs)
                for figure in context_of(dataset, plan_in("UTC"))
                .answer(funnel_like(peer, options))
                .reconciliation.figures  # type: ignore[union-attr] # `funnel_like` always has it
            ]
            for peer in PEERS
        }

    assert figures == {
        "mixpanel": [(1, (0,), 1), (1, (-1,), 0)],
        "posthog": [(1, (0, 0), 1), (1, (0, 0), 1)],
        "amplitude": [(1, (0, 0), 1), (1, (-1, 1), 1)],
    }

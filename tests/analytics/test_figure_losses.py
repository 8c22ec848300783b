"""Each question about named events says what is known to be missing of its parts, once and in the same words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analytics.asking import context_of
from tests.analytics.losing import DAY, SECOND, Numbered, dataset_of, lossy_logs

from footfall.analytics import Question, report
from footfall.analytics.figure_losses import loss_text, losses_text, rule_events
from footfall.analytics.known_loss import KnownLoss
from footfall.analytics.questions.attribution import attribution, attribution_options
from footfall.analytics.questions.funnel import funnel, funnel_options
from footfall.analytics.questions.journey import journey, journey_options
from footfall.analytics.questions.lifecycle import LifecycleOptions, lifecycle
from footfall.analytics.questions.paths import paths, paths_options
from footfall.analytics.questions.power import PowerOptions, power
from footfall.analytics.questions.retention import RetentionOptions, brackets_of, retention
from footfall.analytics.questions.segment import segment, segment_options
from footfall.analytics.questions.stickiness import StickinessOptions, stickiness
from footfall.analytics.window import Span
from footfall.plan.model import (
    AllOf,
    Cohort,
    DerivedEvent,
    Did,
    Event,
    EventFilter,
    InSegment,
    Journey,
    NotIn,
    Plan,
    Segment,
    Step,
)
from footfall.storage.journal import Entry
from footfall.timestamps import local_time

MakeEntry = Callable[..., Entry]
BUY, SEE = EventFilter(event="buy"), EventFilter(event="see")
JOURNEY = Journey(name="j", by="user", steps=(Step(id="look", event="see"), Step(id="pay", event="buy")))
SEGMENT = Segment(name="buyers", who=Did(filter=BUY, at_least=1))
PLAN = Plan(
    id="test",
    events={name: Event(name=name, wire_name=name) for name in ("buy", "see")},
    journeys={"j": JOURNEY},
    segments={"buyers": SEGMENT},
    cohorts={"early": Cohort(name="early", segment="buyers", as_of="2026-01-01")},
)
QUESTIONS: dict[str, tuple[Question[Any, Any], dict[str, str]]] = {
    "funnel": (funnel(funnel_options(PLAN, ["see", "buy"])), {"see": "see", "buy": "buy"}),
    "funnel of a journey": (funnel(funnel_options(PLAN, journey="j")), {"look": "see", "pay": "buy"}),
    "journey": (journey(journey_options(PLAN, "j")), {"look": "see", "pay": "buy"}),
    "retention": (
        retention(RetentionOptions(start=SEE, returning=BUY, brackets=brackets_of(2))),
        {"start": "see", "returning": "buy"},
    ),
    "attribution": (attribution(attribution_options(BUY, PLAN)), {"conversions": "buy"}),
    "segment": (segment(segment_options("early", PLAN, other="{did: see}")), {"segment": "buy", "with": "see"}),
    "lifecycle": (lifecycle(LifecycleOptions(event=BUY)), {"event": "buy"}),
    "stickiness": (stickiness(StickinessOptions(event=BUY)), {"event": "buy"}),
    "power": (power(PowerOptions(event=EventFilter(event="*"))), {"event": "*"}),
    "paths": (paths(paths_options(PLAN, between=(SEE, BUY))), {"first": "see", "last": "buy"}),
    "paths up to a step": (paths(paths_options(PLAN, before=BUY)), {"last": "buy"}),
    "paths without a step": (paths(paths_options(PLAN)), {}),
}  # fmt: skip
LOG = [
    Numbered("a", 0, 0, 0, "see", True), Numbered("a", 1, 0, 0, "buy", True), Numbered("a", 2, 0, 0, "buy", False),
    Numbered("a", 5, 0, 0, "see", True), Numbered(None, 0, 0, 0, "see", True),
]  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
@settings(max_examples=4)
@given(log=lossy_logs(), days=st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda days: days[0] < days[1]))
def test_each_part_misses_what_is_in_quarantine_of_its_events(
    entry: MakeEntry, name: str, log: list[Numbered], days: tuple[int, int]
) -> None:
    question, parts = QUESTIONS[name]
    span = Span(days[0] * DAY * SECOND, days[1] * DAY * SECOND)
    with dataset_of(entry, log, PLAN) as dataset:
        losses = context_of(dataset, PLAN, span).answer(question).known_loss

    begin = 0 if name == "segment" else days[0]
    assert {part: loss.quarantined for part, loss in losses.items()} == {
        part: sum(
            not message.is_stored and event in (message.event, "*") and begin <= message.at // DAY < days[1]
            for message in log
        )
        for part, event in parts.items()
    }


@pytest.mark.parametrize("name", [name for name in QUESTIONS if name != "paths without a step"])
def test_the_first_section_and_the_definition_say_it_once(entry: MakeEntry, name: str) -> None:
    question, _ = QUESTIONS[name]
    with dataset_of(entry, LOG, PLAN) as dataset:
        asked = report(dataset, PLAN, now=local_time(9 * DAY * SECOND), questions=[question])

    phrases = [phrase for section in asked.sections() for remark in section.remarks for phrase in remark]
    texts = [str(phrase.values[0]) for phrase in phrases if "known missing" in str(phrase.values)]
    assert texts == [loss_text(asked[question])]
    assert texts[0].endswith("2 of unknown event (gaps older than 24 h); senders without sequence numbers: 1")
    assert asked[question].definition.count("Known missing are") == 1


def test_nothing_is_said_where_nothing_is_missing(entry: MakeEntry) -> None:
    question, _ = QUESTIONS["retention"]
    with dataset_of(entry, LOG[:2], PLAN) as dataset:
        asked = report(dataset, PLAN, now=local_time(9 * DAY * SECOND), questions=[question])

    assert set(asked[question].known_loss.values()) == {KnownLoss(0, 0, 0)}
    assert loss_text(asked[question]) == ""
    assert "missing" not in asked[question].definition


def test_parts_that_differ_are_named_in_one_line() -> None:
    losses = {"look": KnownLoss(300, 88, 2), "wait": KnownLoss(0, 88, 2), "pay": KnownLoss(12, 88, 2)}

    assert losses_text(losses) == (
        "known missing: 300 quarantined of look, 12 quarantined of pay, 88 of unknown event (gaps older than 24 h); "
        "senders without sequence numbers: 2"
    )
    assert losses_text({"start": KnownLoss(3, 0, 0), "returning": KnownLoss(3, 0, 0)}) == "known missing: 3 quarantined"
    assert losses_text({}) == loss_text(None) == ""


def test_a_segment_has_the_events_of_those_that_it_names() -> None:
    rule = AllOf(rules=(Did(filter=SEE, at_least=1), NotIn(of=InSegment(names=("early", "nobody")))))

    assert rule_events(PLAN, rule) == ("buy", "see")


def test_a_derived_event_misses_what_it_is_derived_from(entry: MakeEntry) -> None:
    derived = {"big": DerivedEvent(name="big", event="buy", when="true")}
    plan = Plan(id="test", events=PLAN.events, derived_events=derived)
    with dataset_of(entry, LOG, plan) as dataset:
        result = context_of(dataset, plan).answer(power(PowerOptions(event=EventFilter(event="big"))))

    assert result.known_loss["event"].quarantined == 1

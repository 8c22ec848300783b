"""A definition has the rule of a segment, and of all that it names."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.analytics.test_segment_tables import plan_in

from footfall.analytics.segment_words import as_of_text, rules_text, segment_name
from footfall.analytics.window import Window
from footfall.plan.model import InSegment, NotIn

EARLY = InSegment(names=("early",))


def test_a_name_is_its_own_word_and_a_rule_a_clause() -> None:
    assert segment_name(EARLY) == "early"
    assert segment_name(NotIn(of=EARLY)) == "not (is in early)"


def test_the_rules_of_all_that_is_named_come_after() -> None:
    assert rules_text(plan_in("UTC"), NotIn(of=EARLY)) == (
        "who not (is in early); early: who was in buyers as 2025-10-05 began; buyers: who had buy at least once"
    )


def test_the_moment_is_the_end_of_the_window() -> None:
    until = datetime(2026, 1, 2, tzinfo=UTC)

    assert as_of_text(Window(None, until, "UTC")) == "As of 2026-01-02 00:00:00+00:00, UTC, by corrected time"
    assert as_of_text(Window(None, None, "UTC")) == "As of the last message, UTC, by corrected time"

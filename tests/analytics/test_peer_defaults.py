"""The defaults of other products are options of ours, with the rule in words and who documents it."""

from __future__ import annotations

from typing import Any

import pytest

from footfall.analytics.peer_defaults import PEERS
from footfall.analytics.questions.funnel import FunnelOptions, FunnelStep, funnel, funnel_like
from footfall.analytics.questions.retention import RetentionOptions, brackets_of, retention, retention_like
from footfall.plan.model import EventFilter

PAGE = EventFilter(event="page")
FUNNEL = FunnelOptions(steps=(FunnelStep(id="page", filter=PAGE),))
RETENTION = RetentionOptions(start=PAGE, returning=PAGE, brackets=brackets_of(3))


def values(peer: str, question: str) -> dict[str, str]:
    return {each.option: each.value for each in PEERS[peer].questions[question].defaults}


@pytest.mark.parametrize(
    ("peer", "within", "entry"), [("mixpanel", "7d", "first"), ("posthog", "14d", "any"), ("amplitude", "1d", "any")]
)
def test_a_funnel_has_the_documented_window_and_entry(peer: str, within: str, entry: str) -> None:
    defaults = values(peer, "funnel")

    assert (defaults["within"], defaults["entry"], defaults["order"]) == (within, entry, "ordered")


@pytest.mark.parametrize(
    ("peer", "counting", "entry", "when"),
    [
        ("mixpanel", "rolling", "recurring", "on-or-after"),
        ("posthog", "calendar", "first-ever", "on"),
        ("amplitude", "rolling", "recurring", "on"),
    ],
)
def test_retention_has_the_documented_periods_and_returns(peer: str, counting: str, entry: str, when: str) -> None:
    defaults = values(peer, "retention")

    assert (defaults["counting"], defaults["entry"], defaults["returning-when"]) == (counting, entry, when)


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("question", ["funnel", "retention"])
def test_each_default_says_its_rule_and_its_source(peer: str, question: str) -> None:
    asked = PEERS[peer].questions[question]

    assert all(each.rule.endswith(".") and "." in each.source for each in asked.defaults)
    assert all(rule.endswith(".") and "{" not in rule for rule in asked.not_reproduced)


@pytest.mark.parametrize("peer", PEERS)
def test_each_default_is_an_option_of_its_question(peer: str) -> None:
    questions: list[Any] = [funnel_like(peer, FUNNEL), retention_like(peer, RETENTION)]

    assert [question.name for question in questions] == [funnel(FUNNEL).name, retention(RETENTION).name]

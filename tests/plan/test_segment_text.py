"""Every form of a rule is one clause in plain words."""

from __future__ import annotations

from typing import Any

import pytest

from footfall.plan import read
from footfall.planning.diff.wording import say_rule

DOCUMENT: dict[str, Any] = {
    "plan": "p", "traits": {"user": {"tier": {"type": "string"}}},
    "events": {"bought": {"properties": {"total": {"type": "integer"}}}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("who", "text"),
    [
        ({"did": "bought"}, "had bought at least once"),
        ({"did": "bought", "where": {"total": 3}, "at_least": 2}, "had bought where total is 3 at least 2 times"),
        ({"did": "bought", "at_most": 0, "within": "7d"}, "had bought 0 times in the last 7d"),
        ({"last": "bought", "before": "90d"}, "had bought for the last time before 90d ago"),
        ({"first": "bought", "after": "2026-05-01"}, "had bought for the first time since 2026-05-01"),
        ({"days_with": "*", "at_least": 2, "at_most": 3, "within": "7d"}, "had * on 2 to 3 of the last 7 days"),
        (
            {"sessions": {"at_most": 3, "within": "7d", "where": {"duration": {"gt": "10m"}, "messages": 2}}},
            "began at most 3 sessions in the last 7d, each with duration over 10m, messages is 2",
        ),
        ({"time_spent": {"at_least": "1h", "within": "7d"}}, "spent at least 1h in sessions that began in the last 7d"),
        ({"traits": {"tier": "gold"}}, "is known with tier is gold"),
        ({"not": {"segment": ["login_once", "login_never"]}}, "not (is in login_once or login_never)"),
        (
            {"any": [{"did": "bought"}, {"all": [{"segment": "login_once"}]}]},
            "(had bought at least once) or (is in login_once)",
        ),
    ],
)
def test_a_rule_is_a_clause(who: dict[str, Any], text: str) -> None:
    plan = read({**DOCUMENT, "segments": {"a": {"who": who}}}).require()

    assert say_rule(plan.segments["a"].who) == text

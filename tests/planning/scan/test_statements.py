"""Statements that choose between ways: what each way binds, and what is unknown after them."""

from __future__ import annotations

import pytest
from tests.planning.scan.small_code import calls, claims, scanned

CAPTURES = (
    "env",
    "{'env': env}",
    "[env, *rest]",
    "[first, *env]",
    "{'first': first, **env}",
    "str() as env",
    "Env(env)",
)


@pytest.mark.parametrize("pattern", CAPTURES)
def test_a_name_that_a_pattern_captures_is_not_known(pattern: str) -> None:
    scan = scanned(
        f"""
        def send(row):
            env = "development"
            match row:
                case {pattern}:
                    client.track("done", {{"total": 1, "env": env}})
        """
    )

    assert calls(scan) == ["done"]
    assert claims(scan) == []


def test_after_a_match_a_name_may_be_what_any_case_bound() -> None:
    scan = scanned(
        """
        def send(row):
            event = "done"
            match row:
                case 1:
                    event = "begun"
                case [event]:
                    pass
            client.track(event, {"total": 1})
        """
    )

    assert claims(scan) == []
    assert "?" in calls(scan)


def test_a_call_in_any_case_is_named() -> None:
    scan = scanned(
        "def send(row):\n    match row:\n        case 1 if row:\n            client.track('begun')\n"
        "        case _:\n            client.track('named')\n"
    )

    assert calls(scan) == ["begun", "named"]

"""Constraints of one property agree with each other and with its type."""

from __future__ import annotations

from typing import Any

import pytest

from footfall.plan import read


def codes_of(prop: dict[str, Any]) -> list[str]:
    return [problem.code for problem in read({"plan": "p", "events": {"e": {"properties": {"x": prop}}}}).problems]


@pytest.mark.parametrize(
    ("prop", "code"),
    [
        ({"type": "integer", "pattern": "a"}, "misplaced_key"),
        ({"type": "string", "open": True}, "misplaced_key"),
        ({"type": "integer", "transform": "mask"}, "misplaced_key"),
        ({"type": ["string", "integer"], "items": {"type": "any"}}, "misplaced_key"),
        ({"type": ["string", "boolean"], "enum": ["a"]}, "misplaced_key"),
        ({"type": "integer", "min": 2, "max": 1}, "empty_range"),
        ({"type": "string", "min_length": 2, "max_length": 1}, "empty_range"),
        ({"type": "array", "items": {"type": "any"}, "min_items": 2, "max_items": 1}, "empty_range"),
        ({"type": "array"}, "missing_key"),
        ({"type": "map"}, "missing_key"),
        ({"type": "string", "format": "emial"}, "unknown_value"),
        ({"type": ["integer", "number"]}, "unknown_value"),
        ({"type": ["string", "uuid"]}, "unknown_value"),
        ({"type": "string", "enum": []}, "bad_enum"),
        ({"type": "string", "enum": ["a", "a"]}, "bad_enum"),
        ({"type": "string", "enum": ["a", 1]}, "bad_enum"),
        ({"type": "integer", "enum": [True]}, "bad_enum"),
        ({"type": "string", "pattern": "^a*a*$", "max_length": 257}, "slow_pattern"),
    ],
)
def test_constraints_that_do_not_agree_are_a_problem(prop: dict[str, Any], code: str) -> None:
    assert codes_of(prop) == [code]


@pytest.mark.parametrize(
    "prop",
    [
        {"type": "integer", "min": 1, "max": 1, "enum": [1]},
        {"type": ["string", "integer"], "enum": ["a", 1], "pattern": "a", "min": 0},
        {"type": ["string", "boolean"], "pattern": "a"},
        {"type": "array", "items": {"type": "any"}, "min_items": 1},
        {"type": "string", "transform": "hash"},
        {"type": "integer", "transform": "hash"},
        {"type": "string", "pattern": "^a*a*$", "max_length": 256},
    ],
)
def test_constraints_that_agree_are_taken(prop: dict[str, Any]) -> None:
    assert codes_of(prop) == []


@pytest.mark.parametrize(("depth", "codes"), [(16, []), (17, ["too_large"]), (20, ["too_large"])])
def test_sixteen_levels_are_the_most(depth: int, codes: list[str]) -> None:
    prop: dict[str, Any] = {"type": "any"}
    for _ in range(depth):
        prop = {"type": "array", "items": prop}

    assert codes_of(prop) == codes

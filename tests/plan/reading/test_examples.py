"""Examples in a plan fit the property that they illustrate."""

from __future__ import annotations

from decimal import Decimal

import pytest

from footfall.plan import read
from footfall.plan.model import Property
from footfall.plan.problems import Problems
from footfall.plan.reading.examples import check_examples
from footfall.plan.reading.yaml_source import node_of


def messages(prop: Property) -> list[str]:
    problems = Problems()
    check_examples(prop, node_of({"examples": list(prop.examples)}, "plan.yaml"), ("e", prop.name), problems)
    return [problem.message for problem in problems.sorted()]


def test_an_example_is_checked_like_a_value() -> None:
    prop = Property(name="n", type="integer", min=Decimal(1), examples=(1, 0, "one"))

    assert messages(prop) == [
        "the example 0 does not fit: min (expected at least 1, got 0)",
        'the example "one" does not fit: type (expected an integer, got "one")',
    ]


def test_a_long_example_is_cut_in_the_message() -> None:
    (message,) = messages(Property(name="n", type="integer", examples=("a" * 50,)))

    assert message.startswith(f'the example "{"a" * 36}… does not fit')


def test_an_example_is_a_value_before_the_transform() -> None:
    assert messages(Property(name="n", type="integer", transform="hash", examples=(1,))) == []


@pytest.mark.parametrize(("use", "codes"), [({}, []), ({"max": 1}, ["bad_example"])])
def test_the_examples_of_a_type_are_checked_again_where_it_is_narrowed(use: dict[str, int], codes: list[str]) -> None:
    types = {"t": {"type": "integer", "examples": [2]}}
    document = {"plan": "p", "types": types, "events": {"e": {"properties": {"x": {"use": "t", **use}}}}}

    assert [problem.code for problem in read(document).problems] == codes

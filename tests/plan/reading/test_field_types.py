"""Each type of a key takes its values, and reports all others with what to write."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from footfall.plan.problems import MISSING, Problems
from footfall.plan.reading import field_types
from footfall.plan.reading.field_types import FieldType, Key, ListOf, MapOf, OneOf, OneOrSeveral, Record
from footfall.plan.reading.yaml_source import node_of


def answer(field: FieldType, value: Any) -> tuple[Any, list[str]]:
    problems = Problems()
    read = field.read(node_of(value, "plan.yaml"), ("x",), problems)
    return read, [problem.code for problem in problems.sorted()]


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        ("TEXT", "NO", "NO"), ("FLAG", True, True), ("COUNT", 0, 0), ("NUMBER", 3, Decimal(3)),
        ("NUMBER", Decimal("0.10"), Decimal("0.10")), ("DATE", "2027-03-01", "2027-03-01"), ("DURATION", "7d", 604_800),
        ("WINDOW", "all", None), ("WINDOW", "1h", 3_600), ("PATTERN", "^a$", "^a$"), ("WORD", "a.b-c", "a.b-c"),
        ("NAME", "a_b", "a_b"), ("TEXTS", ["a", "b"], ("a", "b")), ("ANYTHING", {"a": [1, None]}, {"a": [1, None]}),
    ],
)  # fmt: skip
def test_a_value_of_the_type_is_read(field: str, value: Any, read: Any) -> None:
    assert answer(getattr(field_types, field), value) == (read, [])


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("TEXT", 5, "wrong_type"), ("FLAG", "yes", "wrong_type"), ("COUNT", True, "wrong_type"),
        ("COUNT", -1, "bad_number"), ("COUNT", 2**53, "bad_number"), ("NUMBER", "5", "wrong_type"),
        ("NUMBER", float("inf"), "bad_number"), ("DATE", "2027-3-1", "bad_date"), ("DATE", "20270301", "bad_date"),
        ("DURATION", "1y", "bad_duration"), ("WINDOW", "always", "bad_duration"), ("PATTERN", "(", "bad_regex"),
        ("WORD", "a b", "bad_name"), ("NAME", "1a", "bad_name"), ("TEXTS", "a", "wrong_type"),
    ],
)  # fmt: skip
def test_any_other_value_is_a_problem(field: str, value: Any, code: str) -> None:
    assert answer(getattr(field_types, field), value) == (MISSING, [code])


def test_an_infinite_number_is_a_problem_wherever_it_is() -> None:
    assert answer(field_types.ANYTHING, {"a": [float("nan")]})[1] == ["bad_number"]


def test_a_list_and_a_map_leave_out_what_does_not_fit() -> None:
    assert answer(ListOf(field_types.COUNT), [1, "a", 2]) == ((1, 2), ["wrong_type"])
    assert answer(MapOf(field_types.COUNT), {"a": 1, "b": "x"}) == ({"a": 1}, ["wrong_type"])
    assert answer(MapOf(field_types.COUNT, ("a",)), {"a": 1, "c": 1}) == ({"a": 1}, ["unknown_key"])
    assert answer(MapOf(field_types.COUNT), [1]) == (MISSING, ["wrong_type"])


def test_one_of_a_few_words_is_one_of_them() -> None:
    assert answer(OneOf(["up", "down"]), "up") == ("up", [])
    assert answer(OneOf(["up", "down"]), "left") == (MISSING, ["unknown_value"])


@pytest.mark.parametrize(
    ("value", "read", "codes"),
    [
        ("any", "any", []), (["text", "number"], ("text", "number"), []), (["text"], MISSING, ["unknown_value"]),
        (["text", "text"], MISSING, ["unknown_value"]), (["text", "any"], MISSING, ["unknown_value"]),
    ],
)  # fmt: skip
def test_several_words_are_two_or_more_different_ones(value: Any, read: Any, codes: list[str]) -> None:
    assert answer(OneOrSeveral(["any", "text", "number"], ["text", "number"]), value) == (read, codes)


RECORD = Record({"a": Key(field_types.COUNT, required=True), "b": Key(field_types.TEXT, nullable=True)})


@pytest.mark.parametrize(
    ("value", "read", "codes"),
    [
        ({"a": 1, "b": None}, {"a": 1}, []),
        ({"a": 1, "x_c": 2}, {"a": 1, "x": {"x_c": 2}}, []),
        ({"a": None}, {}, ["wrong_type"]),
        ({"b": "t"}, {"b": "t"}, ["missing_key"]),
        ({"a": 1, "aa": 2}, {"a": 1}, ["unknown_key"]),
        ([], MISSING, ["wrong_type"]),
    ],
)
def test_a_record_has_known_keys_and_notes(value: Any, read: Any, codes: list[str]) -> None:
    assert answer(RECORD, value) == (read, codes)

"""Values: joined from several, and the parameters and reasons in them."""

from __future__ import annotations

import ast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.planning.scan.values import (
    MOST_OPTIONS,
    Choice,
    Const,
    DictEntry,
    Dictionary,
    Param,
    Unknown,
    Value,
    because,
    join_values,
    params_in,
    reason_of,
    shown,
)

EVENT = Param(1, "event", "send")
CONSTANTS = st.one_of(st.integers(-1, 1), st.booleans(), st.sampled_from(["", "a"]), st.floats(-1, 1)).map(Const)


def test_equal_values_are_one_value() -> None:
    assert join_values([Const("a"), Const("a")]) == Const("a")


def test_values_of_different_types_stay_apart() -> None:
    joined = join_values([Const(1), Const(True), Const(1.0)])

    assert isinstance(joined, Choice)
    assert [type(option.value) for option in joined.options if isinstance(option, Const)] == [int, bool, float]


@example([Const(1), Const(True), Const(1)])
@example([Const(0.0), Const(0)])
@given(st.lists(CONSTANTS, min_size=1, max_size=6))
def test_a_joined_value_has_each_option_once(values: list[Const]) -> None:
    joined = join_values(values)

    options = joined.options if isinstance(joined, Choice) else (joined,)
    keys = [(type(option.value), option.value) for option in options if isinstance(option, Const)]
    assert len(keys) == len(set(keys)) == len({(type(value.value), value.value) for value in values})


def test_too_many_options_are_unknown_and_keep_their_parameters() -> None:
    joined = join_values([*map(Const, range(MOST_OPTIONS)), Unknown("is x", frozenset({EVENT}))])

    assert isinstance(joined, Unknown)
    assert joined.params == {EVENT}


def test_what_decides_between_options_is_kept_when_a_value_is_worked_out_from_them() -> None:
    source = Choice((Const("a"), Const("b")), frozenset({EVENT}), loose=True)

    joined = join_values([Const("A"), Const("B")], source)

    assert isinstance(joined, Choice)
    assert (joined.params, joined.loose) == (frozenset({EVENT}), True)


@pytest.mark.parametrize(
    ("value", "whole", "inside"),
    [
        (EVENT, {EVENT}, {EVENT}),
        (Unknown("is x", frozenset({EVENT})), {EVENT}, {EVENT}),
        (Dictionary({"a": DictEntry(EVENT)}), set(), {EVENT}),
        (Dictionary({}, EVENT), {EVENT}, {EVENT}),
        (Const("a"), set(), set()),
        (None, set(), set()),
    ],
)
def test_the_parameters_of_a_value(value: Value | None, whole: set[Param], inside: set[Param]) -> None:
    assert params_in(value) == whole
    assert params_in(value, inside=True) == inside


def test_a_reason_is_put_into_words_from_code_and_values() -> None:
    reason = because("is ", ast.parse("a.b(c)", mode="eval").body, " and ", EVENT)

    assert str(reason) == "is a.b(c) and is the parameter 'event' of send"


def test_a_value_that_is_not_given_has_a_reason_too() -> None:
    assert reason_of(None) == "is not given"


def test_a_long_expression_is_shown_on_one_line_and_cut() -> None:
    text = shown(ast.parse("call(aaaaaaaaaaaaaaaaaaaa,\n     bbbbbbbbbbbbbbbbbbbbbbbb)", mode="eval").body)

    assert len(text) == 40
    assert text.endswith("…")

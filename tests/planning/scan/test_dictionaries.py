"""Dictionaries while they are followed: merged, changed in place, joined over two ways; texts that are put together."""

from __future__ import annotations

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from footfall.planning.scan.dictionaries import (
    changed,
    concat,
    join_names,
    merged,
    replaced,
    truth,
    with_item,
    with_key,
)
from footfall.planning.scan.values import Choice, Const, DictEntry, Dictionary, Items, Param, Unknown, Value

OPEN = Unknown("may hold more")
PROPS = Param(1, "props", "send")


def constants(**values: object) -> Dictionary:
    return Dictionary({name: DictEntry(Const(value)) for name, value in values.items()}, None, 1)


def plain(value: Value) -> object:
    """A dictionary of constants as it would be when the code runs."""
    assert isinstance(value, Dictionary)
    return {name: entry.value.value for name, entry in value.entries.items() if isinstance(entry.value, Const)}


DICTS = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=3)


@example({"a": 1}, {"a": 2})
@given(DICTS, DICTS)
def test_merging_does_what_update_does(first: dict[str, int], second: dict[str, int]) -> None:
    event("a key of both" if first.keys() & second.keys() else "no key of both")

    assert plain(merged(constants(**first), constants(**second))) == first | second


@given(DICTS, st.sampled_from("abc"), st.integers(0, 3))
def test_setting_a_key_does_what_an_assignment_does(before: dict[str, int], key: str, value: int) -> None:
    assert plain(with_key(constants(**before), Const(key), Const(value))) == before | {key: value}


@given(DICTS, st.sampled_from("abc"))
def test_taking_out_a_key_does_what_pop_does(before: dict[str, int], key: str) -> None:
    after = changed(constants(**before), "pop", (Const(key),), Dictionary({}))

    assert plain(after) == {name: value for name, value in before.items() if name != key}


def test_a_dictionary_that_takes_in_something_unknown_may_hold_more() -> None:
    assert merged(constants(a=1), OPEN).rest is not None
    assert merged(constants(a=1), PROPS).rest == PROPS


def test_a_key_that_is_not_known_leaves_the_dictionary_open() -> None:
    assert with_key(constants(a=1), OPEN, Const(2)).rest is not None


def test_a_key_that_is_one_of_two_is_not_certain() -> None:
    after = with_key(constants(a=1), Choice((Const("a"), Const("b"))), Const(2))

    assert not after.entries["b"].certain
    assert after.entries["a"].certain


def test_a_key_that_one_way_sets_is_not_certain_after_both() -> None:
    joined = join_names({"p": constants(a=1)}, {"p": constants(a=1, b=2)})["p"]

    assert isinstance(joined, Dictionary)
    assert {name: entry.certain for name, entry in joined.entries.items()} == {"a": True, "b": False}


def test_two_names_of_one_dictionary_stay_names_of_one() -> None:
    before, after = constants(a=1), constants(a=1, b=2)

    joined = join_names({"p": before, "q": before}, {"p": after, "q": after})

    assert joined["p"] is joined["q"]


def test_a_change_reaches_whatever_holds_the_value() -> None:
    inner, outer = constants(a=1), Items((Const(1), Dictionary({}, None, 5)))
    new = constants(a=2)

    assert replaced(Dictionary({"x": DictEntry(inner)}), inner, new).entries["x"].value is new  # type: ignore[union-attr]
    assert replaced(outer, inner, new) is outer


def test_a_list_that_is_changed_by_item_is_not_known() -> None:
    assert isinstance(with_item(Items((Const(1),)), Const(0), Const(2)), Unknown)


@pytest.mark.parametrize(
    ("value", "is_true"),
    [
        (Const(""), False), (Const("a"), True), (Items(()), False), (constants(a=1), True), (constants(), False),
        (Dictionary({}, OPEN), None), (Dictionary({"a": DictEntry(Const(1), False)}), None), (OPEN, None),
        (PROPS, None),
    ],
)  # fmt: skip
def test_whether_a_value_is_true_is_said_only_where_it_is_certain(value: Value, is_true: bool | None) -> None:
    assert truth(value) is is_true


def test_parts_make_each_text_that_they_may_make() -> None:
    text = concat([Choice((Const("a"), Const("b"))), Const("_"), Const(1)])

    assert isinstance(text, Choice)
    assert text.options == (Const("a_1"), Const("b_1"))


def test_of_text_with_an_unknown_part_the_beginning_is_known() -> None:
    text = concat([Const("order_"), OPEN, Const("_done")])

    assert isinstance(text, Unknown)
    assert (text.prefix, text.type) == ("order_", "string")


def test_a_number_of_a_thousand_digits_is_not_written_out() -> None:
    assert isinstance(concat([Const(10**5_000)]), Unknown)

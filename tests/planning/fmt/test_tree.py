"""The tree of a YAML text keeps how each value is written."""

from __future__ import annotations

import pytest
from tests.planning.fmt.texts import formatted, tree_of

from footfall.planning.fmt.tree import Collection, Scalar, UnformattableError, Value, entries_of


def scalars(text: str) -> list[tuple[str, str, str]]:
    """The values of a mapping: as they are written, what they say, and their style."""
    values = [entry.value for entry in entries_of(tree_of(text))]
    return [(value.text, value.value, value.style) for value in values if isinstance(value, Scalar)]


def collection(value: Value) -> Collection:
    assert isinstance(value, Collection)
    return value


def test_a_comma_in_a_text_in_brackets_is_put_in_quotes() -> None:
    text = "types: {a: {type: string, description: Rank in the list, null when opened}}\n"

    assert formatted(text) == 'types: {a: {type: string, description: "Rank in the list, null when opened"}}\n'


def test_a_value_is_kept_as_it_is_written() -> None:
    text = "a: 0o17\nb: 'it''s'\nc: \"x\\n\"\nd: |\n  text\n"

    assert scalars(text) == [
        ("0o17", "0o17", ""),
        ("'it''s'", "it's", "'"),
        ('"x\\n"', "x\n", '"'),
        ("|\n  text\n", "text\n", "|"),
    ]


def test_an_anchor_and_its_alias_are_kept() -> None:
    tree = collection(tree_of("x_a: &one {b: 1}\nx_c: *one\n"))

    assert collection(tree.entries[0].value).anchor == "one"
    assert scalars("x_a: &one {b: 1}\nx_c: *one\n")[-1] == ("*one", "*one", "*")


def test_entries_come_in_the_order_of_the_text_an_outer_one_first() -> None:
    tree = tree_of("a: {b: [1, 2]}\nc: 3\n")

    assert [entry.key.value if entry.key else "-" for entry in entries_of(tree)] == ["a", "b", "-", "-", "c"]


def test_brackets_and_lines_are_told_apart_with_where_each_entry_begins() -> None:
    tree = collection(tree_of("a:\n  - b\nc: [d]\n"))
    block, flow = (collection(entry.value) for entry in tree.entries)

    assert (block.flow, flow.flow) == (False, True)
    assert (block.entries[0].column, flow.entries[0].column) == (2, 4)
    assert flow.owner is tree.entries[1]


@pytest.mark.parametrize(("text", "why"), [("a: !!map\n  b: 1\n", "line 1 has a tag on a mapping or list")])
def test_what_the_tree_has_no_place_for_is_refused(text: str, why: str) -> None:
    with pytest.raises(UnformattableError, match=why):
        tree_of(text)

"""A comment belongs to an entry, and moves with it."""

from __future__ import annotations

import pytest
from tests.planning.fmt.texts import formatted, tree_of

from footfall.planning.fmt.comments import attach_comments
from footfall.planning.fmt.tree import Collection, UnformattableError, entries_of


def comments_of(text: str) -> dict[str, tuple[list[str], list[str], list[str]]]:
    """The comments of each entry by its key: above, on its line, and below it."""
    tree = tree_of(text)
    assert isinstance(tree, Collection)
    attach_comments(text, tree)
    return {entry.key.value: (entry.leading, entry.trailing, entry.after) for entry in entries_of(tree) if entry.key}


def test_keys_come_in_order_with_the_comments_that_are_about_them() -> None:
    text = (
        "# The head stays on top\n\nevents:\n    a:\n        # who cares for it\n        owner:    us   # for now\n"
        "\n\n        # what it is\n        description: A\n        x_note: kept\n        wire_name: 'A'\n"
        "    # the end of events\nplan: shop\n# the foot\n"
    )

    assert formatted(text) == (
        "# The head stays on top\n\nplan: shop\nevents:\n  a:\n    wire_name: 'A'\n\n    # what it is\n"
        "    description: A\n"
        "    # who cares for it\n    owner: us  # for now\n    x_note: kept\n  # the end of events\n# the foot\n"
    )


@pytest.mark.parametrize(
    ("text", "key", "comments"),
    [
        ("a: 1\n# about b\nb: 2\n", "b", (["# about b"], [], [])),
        ("a: 1  # about a\nb: 2\n", "a", ([], ["# about a"], [])),
        ("a:\n  c: 1\n  # end of a\nb: 2\n", "c", ([], [], ["# end of a"])),
        ("a: 1\n\nb: 2\n", "b", ([""], [], [])),
        ("a: 1\nb: {  # about b\n  c: 1}\n", "b", ([], ["# about b"], [])),
        ("a: 1\nb: {\n  # about c\n  c: 1}\n", "c", (["# about c"], [], [])),
        ("a: 1\nb: {c: 1\n  # end of b\n  }\n", "c", ([], [], ["# end of b"])),
        ("a: 1\nb: 'no # comment' # one\n", "b", ([], ["# one"], [])),
    ],
)
def test_a_comment_belongs_to_one_entry(text: str, key: str, comments: tuple[list[str], ...]) -> None:
    assert comments_of(text)[key] == comments


def test_the_head_and_the_foot_of_a_file_belong_to_no_entry() -> None:
    text = "# head\n\na:\n  b: 1\n# foot\n"

    assert attach_comments(text, tree_of(text)) == (["# head", ""], ["# foot"])


def test_a_comment_behind_an_opening_bracket_stays_with_what_is_in_the_brackets() -> None:
    assert formatted("plan: p\nx_b: {  # about b\n  c: 1}\n") == "plan: p\nx_b: {c: 1}  # about b\n"
    assert formatted("plan: p\nx_b: [1, {  # in b\n  c: 3}]\n") == "plan: p\nx_b:\n  - 1\n  - {c: 3}  # in b\n"


def test_a_comment_in_empty_brackets_has_no_entry() -> None:
    text = "a: {  # why\n}\n"

    with pytest.raises(UnformattableError, match="line 1 has a comment inside empty brackets"):
        attach_comments(text, tree_of(text))


def test_a_number_sign_inside_a_word_or_a_text_is_no_comment() -> None:
    text = 'a: b#c\nd: "x # y"\ne: |\n  # text\n'

    assert comments_of(text) == {key: ([], [], []) for key in "ade"}
    assert formatted(text) == text

"""The canonical form: two spaces a level, brackets where they fit, texts as they were quoted."""

from __future__ import annotations

import pytest
from tests.planning.fmt.texts import formatted, tree_of

from footfall.plan.reading.schema import FILE
from footfall.planning.fmt.render import render


def rendered(text: str, *, sort: bool = True) -> str:
    return "\n".join(render(tree_of(text), FILE, sort=sort)) + "\n"


def test_brackets_stay_where_they_fit_and_go_where_a_comment_is_inside() -> None:
    inner = "p: {required: true,\n type: string}, # first\n q: {type: [string,\n  integer]}"
    text = f"events: {{a: {{properties: {{\n  {inner}}}}}}}\n"

    assert formatted(text) == (
        "events:\n  a:\n    properties:\n      p: {type: string, required: true}  # first\n"
        "      q: {type: [string, integer]}\n"
    )
    assert formatted("plan: a\nx_b: [1,\n  2,{c:   3}]\n") == "plan: a\nx_b: [1, 2, {c: 3}]\n"


def test_nothing_moves_where_an_alias_needs_its_anchor_above() -> None:
    text = "x_a: &one\n  b: 1\nplan: shop\nx_c: *one\nx_d: [&two x, *two]\n"

    assert formatted(text) == text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("plan:    a\n", "plan: a\n"),
        ("x_a:\n    - 1\n    -   b: 1\n        c: 2\n", "x_a:\n  - 1\n  - b: 1\n    c: 2\n"),
        ("x_a: [ 1,2,{b:   3} ]\n", "x_a: [1, 2, {b: 3}]\n"),
        ("x_a: []\nx_b: {}\nx_c:\n", "x_a: []\nx_b: {}\nx_c:\n"),
        ("x_a: >\n     folded\n       more\n", "x_a: >\n  folded\n    more\n"),
        ("x_a: 'one\n     two'\n", "x_a: 'one\n  two'\n"),
        ("x_a: ['one\n     two']\n", "x_a: ['one two']\n"),
        ("x_a: {b: }\n", "x_a: {b: null}\n"),
        ("x_a:\n-\n  - 1\n", "x_a:\n  - - 1\n"),
    ],
)
def test_each_way_of_writing_has_one_form(text: str, canonical: str) -> None:
    assert rendered(text) == canonical
    assert rendered(canonical) == canonical


def test_brackets_that_do_not_fit_into_the_width_become_lines() -> None:
    words = [f"word_number_{number}" for number in range(9)]
    text = f"x_a: [{', '.join(words[:5])},\n  {', '.join(words[5:])}]\n"

    assert rendered(text) == "x_a:\n" + "".join(f"  - {word}\n" for word in words)


def test_brackets_on_one_line_stay_however_long() -> None:
    text = f"x_a: [{', '.join(f'word_number_{number}' for number in range(9))}]\n"

    assert rendered(text) == text


def test_keys_keep_their_order_unless_they_are_sorted() -> None:
    text = "events: {}\nplan: a\n"

    assert rendered(text, sort=False) == text
    assert rendered(text) == "plan: a\nevents: {}\n"

"""The canonical form: two spaces a level, brackets where they fit, texts as they were quoted."""

from __future__ import annotations

import pytest
from tests.planning.fmt.texts import formatted, tree_of

from footfall.plan.reading.schema import EVENT, FILE, PROPERTY, TYPE
from footfall.planning.fmt.render import inside, key_order, record_of, render
from footfall.planning.grammar import CONDITIONS, FIGURE


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


def test_the_order_names_every_key_of_the_format_once() -> None:
    for record in (FILE, PROPERTY, TYPE, EVENT):
        assert sorted(key_order(record)) == sorted(record.keys)


def test_a_form_is_a_record_once_it_has_one_of_its_keys() -> None:
    assert record_of(FIGURE, {"count": 1}) is FIGURE.records["count"]
    assert record_of(FIGURE, {}) is None
    assert record_of(FIGURE, {"count": 1, "sum": 2}) is None
    assert record_of(CONDITIONS, {"count": 1}) is None


def test_what_is_kept_as_written_has_no_kind_inside() -> None:
    assert inside(FILE, "naming", {"naming": 1}) is None
    assert inside(EVENT, "enforcement", {"enforcement": 1}) is None
    assert inside(FILE, "x_own", {"x_own": 1}) is None


def test_the_way_down_ends_at_the_record_of_a_property() -> None:
    events = inside(FILE, "events", {})
    properties = inside(inside(events, "order_paid", {}), "properties", {})

    assert inside(properties, "total", {}) is PROPERTY
    assert inside(inside(PROPERTY, "items", {}), "properties", {}) is not None


@pytest.mark.parametrize("section", ["naming", "enforcement", "x_own"])
def test_keys_that_a_bundle_keeps_as_written_do_not_move(section: str) -> None:
    text = f"plan: p\n{section}:\n  b: {{d: 1, c: 2}}\n  a: 3\n"

    assert formatted(text) == text

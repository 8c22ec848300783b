"""A name falls into the same words in every style, and is written in a style so that it fits."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.planning.words import STYLES, first_free, singular, spell, stem, underscored, words_of

WORD = st.from_regex(r"[a-z]{2,8}", fullmatch=True)


@given(words=st.lists(WORD, min_size=1, max_size=5), style=st.sampled_from(sorted(STYLES)))
def test_a_name_written_in_a_style_fits_it_and_falls_into_its_words_again(words: list[str], style: str) -> None:
    name = spell(words, style)

    assert STYLES[style].fits(name)
    assert words_of(name) == tuple(words)


@pytest.mark.parametrize(
    ("name", "words"),
    [("orderID2", ("order", "id", "2")), ("HTTPServerError", ("http", "server", "error")), ("a__b", ("a", "b")),
     ("Order Completed", ("order", "completed")), ("größe_cm", ("größe", "cm")), ("", ()), ("___", ())],
)  # fmt: skip
def test_a_name_falls_into_its_words(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


MISFITS = {
    "snake_case": ["Order", "orderId", "order__id", "_order", "order_", "2nd", "order-id", ""],
    "camelCase": ["OrderId", "order_id", "2nd", ""],
    "PascalCase": ["orderId", "Order_Id", ""],
    "kebab-case": ["Order-id", "order_id", "order--id", ""],
    "Title Case": ["Order completed", "order", "Order  Completed", "Order_Completed", ""],
}


@pytest.mark.parametrize("style", MISFITS)
def test_what_does_not_fit_a_style_is_told(style: str) -> None:
    assert [name for name in MISFITS[style] if STYLES[style].fits(name)] == []


def test_every_style_has_names_that_do_not_fit_it() -> None:
    assert set(MISFITS) == set(STYLES)


@pytest.mark.parametrize(
    ("word", "one"),
    [("orders", "order"), ("boxes", "box"), ("categories", "category"), ("addresses", "address"), ("status", "status"),
     ("series", "series"), ("class", "class"), ("ids", "ids"), ("dishes", "dish"), ("order", "order")],
)  # fmt: skip
def test_a_plural_loses_its_ending(word: str, one: str) -> None:
    assert singular(word) == one


def test_the_forms_of_a_word_share_a_stem() -> None:
    assert {stem(word) for word in ("order", "ordered", "ordering", "orders")} == {stem("order")}
    assert {stem(word) for word in ("complete", "completed", "completes", "completing")} == {stem("complete")}
    assert stem("stopped") == stem("stop")
    assert stem("cart") != stem("card")


def test_a_name_that_is_taken_gets_the_first_free_number() -> None:
    taken = ((), ("a",), ("a", "a_2"), ("a", "a_3"))

    assert [first_free("a", names) for names in taken] == ["a", "a_2", "a_3", "a_2"]
    assert first_free("Order", {"Order", "Order2"}, "") == "Order3"


@pytest.mark.parametrize(
    ("name", "joined"),
    [
        ("Order Completed", "order_completed"),
        ("orderID2", "order_id2"),
        ("2ndOrder3Lines", "2nd_order3_lines"),
        ("FönsterStängt", "fönster_stängt"),
        ("__a--1", "a_1"),
        ("!", ""),
    ],
)
def test_words_are_joined_and_a_number_stays_at_the_letters_that_it_touches(name: str, joined: str) -> None:
    assert underscored(name) == joined


@given(st.text(max_size=12))
@example("orderID2")
def test_joined_words_have_the_letters_of_the_words(name: str) -> None:
    assert underscored(name).replace("_", "") == "".join(words_of(name))

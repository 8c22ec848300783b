"""Only the keys of a query that the plan names are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.web.query_keys import allowed_query, marks_of


@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        ("", {}),
        ("token=secret", {}),
        ("q=lamp&token=secret", {"q": "lamp"}),
        ("q=a+b%20c", {"q": "a b c"}),
        ("q=first&q=second", {"q": "first"}),
        ("q", {"q": ""}),
        ("q=%FF", {"q": "�"}),
        ("Q=lamp", {}),
        ("q=a;page=2", {"q": "a;page=2"}),
    ],
)
def test_only_the_named_keys_are_kept(query: str, allowed: dict[str, str]) -> None:
    assert allowed_query(query, {"q", "page"}) == allowed


def test_a_value_is_cut() -> None:
    assert allowed_query(f"q={'x' * 70_000}", {"q"}) == {"q": "x" * 512}


def test_of_ten_thousand_keys_the_first_count() -> None:
    many = "&".join(f"k{number}=v" for number in range(10_000))

    assert allowed_query(f"q=lamp&{many}", {"q"}) == {"q": "lamp"}
    assert allowed_query(f"{many}&q=lamp", {"q"}) == {}


def test_marks_count_in_any_case() -> None:
    assert marks_of("UTM_Source=News&gclid=1&q=lamp", {"utm_source", "gclid"}) == {"utm_source": "News", "gclid": "1"}
    assert marks_of("", {"utm_source"}) == {}


@given(st.text())
def test_no_query_raises_or_lets_another_key_through(query: str) -> None:
    assert allowed_query(query, {"q"}).keys() <= {"q"}
    assert marks_of(query, {"q"}).keys() <= {"q"}

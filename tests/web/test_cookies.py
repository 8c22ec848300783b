"""Cookies: ours are read from any header, and set for our host alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.web.cookies import cookie_values, deleted_cookie, set_cookie


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("", []),
        ("ff_id=a", ["a"]),
        ("x=1; ff_id=a; y=2", ["a"]),
        ("ff_id=a;ff_id=b", ["a", "b"]),
        (' ff_id = "a" ;', ["a"]),
        ("ff_id2=a; my_ff_id=b", []),
        ("ff_id", []),
        ("ff_id=a=b", ["a=b"]),
        ("x=ff_id=a", []),
    ],
)
def test_the_values_of_a_cookie_come_in_their_order(header: str, values: list[str]) -> None:
    assert list(cookie_values(header, "ff_id")) == values


def test_of_a_header_full_of_our_cookie_eight_count() -> None:
    assert len(cookie_values("ff_id=a; " * 5_000, "ff_id")) == 8


@given(st.text())
def test_no_header_raises(header: str) -> None:
    assert all(isinstance(value, str) for value in cookie_values(f"{header}ff_id{header}", "ff_id"))


def test_a_cookie_is_of_this_host_for_no_script_and_for_links_from_elsewhere() -> None:
    assert set_cookie("ff_id", "a", max_age=60, secure=True) == (
        "ff_id=a; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
    )
    assert "Secure" not in set_cookie("ff_id", "a", max_age=60, secure=False)
    assert deleted_cookie("ff_id", secure=True) == "ff_id=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure"

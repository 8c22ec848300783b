"""An excluded path leaves out itself and all below it, and nothing that only begins like it."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.web.excluded import excluded_paths


@pytest.mark.parametrize("path", ["/admin", "/admin/", "/admin/users", "/api/v1/x", "/a/b.json"])
def test_what_a_pattern_leaves_out(path: str) -> None:
    assert excluded_paths(["/admin", "/api/", "*.json"])(path)


@pytest.mark.parametrize("path", ["/", "/administrator", "/x/admin", "/json", "/api2"])
def test_what_it_does_not(path: str) -> None:
    assert not excluded_paths(["/admin", "/api/", "*.json"])(path)


def test_without_patterns_nothing_is_left_out() -> None:
    assert not excluded_paths([])("/")


def test_letters_that_mean_something_in_expressions_are_letters() -> None:
    assert not excluded_paths(["/a.b"])("/axb")


@given(st.lists(st.text("ab*/", max_size=7), max_size=2), st.text("ab/\n", max_size=9))
@example(["*a*b"], "/aab/b")
@example(["/*a*/b"], "/a/ba/b/c")
def test_a_star_is_any_text(patterns: list[str], path: str) -> None:
    plain = [re.escape(pattern.rstrip("/")).replace(r"\*", ".*") + "(/.*)?" for pattern in patterns]

    assert bool(excluded_paths(patterns)(path)) == any(re.fullmatch(text, path, re.DOTALL) for text in plain)


def test_a_long_path_does_not_have_every_place_of_every_star_tried() -> None:
    assert not excluded_paths(["/*a*a*a*a*a*a*/b"])("/" + "a/" * 30_000)

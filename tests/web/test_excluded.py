"""An excluded path leaves out itself and all below it, and nothing that only begins like it."""

from __future__ import annotations

import pytest

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

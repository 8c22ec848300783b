"""Faults at different places of one array have one path."""

from __future__ import annotations

import pytest

from footfall.plan.fault_paths import general_path


@pytest.mark.parametrize(
    ("path", "general"),
    [
        ("lines[2].price", "lines[].price"), ("lines[10][0]", "lines[][]"), ("total", "total"), ("", ""),
        ("map.[x]", "map.[x]"), ("lines[].price", "lines[].price"),
    ],
)  # fmt: skip
def test_any_index_is_the_same_place(path: str, general: str) -> None:
    assert general_path(path) == general

"""Errors say what is wrong, where, and what to do."""

from __future__ import annotations

from pathlib import Path

from footfall import errors
from footfall.errors import (
    DataFolderHeldError,
    FootfallError,
    InvalidEventError,
    MissingExtraError,
    PlanError,
    PlatformError,
    Problem,
)
from footfall.events import Fault, Receipt


def classes() -> list[type[FootfallError]]:
    return [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, FootfallError)]


def test_every_error_is_drawn_in_the_tree_below_its_parent() -> None:
    drawn = (errors.__doc__ or "").splitlines()
    depth = {kind: min(line.find(kind.__name__) for line in drawn if kind.__name__ in line) for kind in classes()}

    assert all(depth[kind] > depth[parent] for kind in depth for parent in kind.__bases__ if parent in depth)


def test_a_problem_reads_place_then_name_then_fault_then_remedy() -> None:
    problem = Problem("x", "is odd", remedy="make it even", where="order.total", file="shop.yaml", line=12, column=3)

    assert str(problem) == "shop.yaml:12 order.total: is odd (make it even)"


def test_a_plan_error_lists_every_problem() -> None:
    error = PlanError([Problem("a", "one is wrong"), Problem("b", "two is wrong")])

    assert "2 problems" in str(error)
    assert "one is wrong" in str(error)
    assert "two is wrong" in str(error)


def test_a_missing_extra_names_the_command() -> None:
    assert "pip install 'footfall[server]'" in str(MissingExtraError("footfall serve", "server"))


def test_a_held_folder_names_the_process() -> None:
    error = DataFolderHeldError(Path("data"), 812, "footfall collector")

    assert "process 812 (footfall collector)" in str(error)


def test_an_invalid_event_says_every_fault() -> None:
    faults = (Fault("total", "min"), Fault("sku", "required"))

    assert str(InvalidEventError("order", Receipt(False, "m", "invalid", faults))) == "order: total min; sku required"


def test_a_platform_error_says_where_to_run_and_what_works_here() -> None:
    error = PlatformError("footfall collector", "win32")

    assert "footfall collector needs Linux or macOS, and this is win32" in str(error)
    assert "\n" not in str(error)
    assert error.platform == "win32"

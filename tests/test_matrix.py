"""The matrix of framework versions begins at what pyproject.toml promises, and ends at the newest."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.version import Version

ROOT = Path(__file__).parents[1]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]


def matrix() -> ModuleType:
    spec = importlib.util.spec_from_file_location("matrix", ROOT / ".ci" / "matrix.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FRAMEWORKS = sorted(matrix().MATRIX)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_a_framework_is_tried_from_its_lower_bound_to_the_newest_by_tests_that_there_are(name: str) -> None:
    framework = matrix().MATRIX[name]
    first, last = framework.versions[0][0], framework.versions[-1][0]
    [bound] = [line for line in (*EXTRAS.get(name, ()), *EXTRAS["test"]) if line.startswith(f"{last}>=")]

    assert "=" not in last
    assert Version(first.partition("==")[2]) == Version(bound.partition(">=")[2])
    assert all((ROOT / path).exists() for path in framework.tests)


def test_the_ends_are_the_lowest_of_all_and_the_latest_of_all() -> None:
    lowest, latest = matrix().rows(["django", "flask"], ends=True)

    assert lowest.name == "lowest"
    assert lowest.wanted == (
        "Django==4.2", "Flask==2.3.0", "Werkzeug<3", "djangorestframework", "django-allauth", "flask-login"
    )  # fmt: skip
    assert latest.wanted == ("Django", "Flask", "djangorestframework", "django-allauth", "flask-login")
    assert (lowest.python, latest.python) == ((3, 11), (3, 12))
    assert lowest.tests == latest.tests == (*matrix().MATRIX["django"].tests, *matrix().MATRIX["flask"].tests)


def test_without_the_ends_each_version_is_a_row() -> None:
    chosen = list(matrix().rows(["flask"], ends=False))

    assert [row.name for row in chosen] == ["flask-Flask-2.3.0", "flask-Flask-2.3", "flask-Flask-3.0", "flask-Flask"]

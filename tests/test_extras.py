"""A missing library is named with one pip command that is enough."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from footfall.errors import MissingExtraError
from footfall.extras import EXTRAS, Extra, missing_extra, needs

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# What is imported under another name than it is installed by.
IMPORTED = {
    "Django": "django",
    "Flask": "flask",
    "PyYAML": "yaml",
    "adbc-driver-sqlite": "adbc_driver_sqlite",
    "backports.zstd": "backports",
    "python-multipart": "python_multipart",
    "is-crawler": "is_crawler",
    "scikit-learn": "sklearn",
    "ua-parser": "ua_parser",
}
NOT_IMPORTED = {"tzdata"}  # data that the standard library reads


def test_every_library_of_an_extra_is_in_the_table_under_the_first_that_brings_it() -> None:
    doors = {extra: lines for extra, lines in PROJECT["optional-dependencies"].items() if extra not in {"all", "test"}}
    names = {re.split(r"[><=;\[ ]", line)[0]: extra for extra, lines in reversed(doors.items()) for line in lines}
    brought = {IMPORTED.get(name, name): extra for name, extra in names.items() if name != "footfall"}

    assert {name: extra for name, extra in brought.items() if name not in NOT_IMPORTED} == EXTRAS
    assert set(doors) == set(get_args(Extra))


def test_the_server_brings_the_tools_for_plans_and_the_list_of_bots_and_all_brings_every_door() -> None:
    extras = PROJECT["optional-dependencies"]

    assert {"footfall[plan]", "footfall[web]"} <= set(extras["server"])
    assert extras["all"] == ["footfall[plan,server,web,geo,demo,discover]"]


@pytest.mark.parametrize(
    ("statement", "library", "extra"),
    [
        ("from footfall.collector import Collector", "apsw", "server"),
        ("from footfall.collector import Collector", "uvicorn", None),
        ("from footfall.analytics import Dataset", "apsw", "server"),
        ("from footfall.storage import SqliteJournal", "apsw", "server"),
        ("from footfall.simulation import simulate", "apsw", "server"),
        ("from footfall.integrations.celery import install", "celery", "celery"),
        ("from footfall.integrations.django import FootfallMiddleware", "django", "django"),
        ("from footfall.integrations.flask import Footfall", "flask", "flask"),
        ("from footfall.integrations.starlette import FootfallMiddleware", "starlette", "starlette"),
    ],
)
def test_a_part_whose_library_is_missing_says_so_in_one_line(statement: str, library: str, extra: str | None) -> None:
    code = f"import sys; sys.modules[{library!r}] = None\n{statement}"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)

    last = done.stderr.splitlines()[-1] if done.stderr else ""
    assert (f"pip install 'footfall[{extra}]'" in last) if extra else (done.returncode == 0)


def test_a_missing_extra_may_be_caught_as_an_import_error() -> None:
    with pytest.raises(ImportError, match="needs more than is installed"), needs("x", "server"):
        raise ModuleNotFoundError("no", name="apsw.ext")


def test_an_import_that_no_extra_brings_is_raised_as_it_is() -> None:
    with pytest.raises(ImportError, match="odd") as raised, needs("x", "server"):
        raise ImportError("odd", name="somebody_elses")

    assert not isinstance(raised.value, MissingExtraError)


@pytest.mark.parametrize(
    ("library", "extra", "named"),
    [
        ("yaml", None, "plan"),
        ("yaml", "plan", "plan"),
        ("yaml", "server", "server"),
        ("duckdb", "plan", "server"),
        ("starlette", "demo", "demo"),
        ("sklearn", "server", "discover"),
        ("duckdb", "discover", "discover"),
    ],
)
def test_the_extra_that_is_named_brings_the_library_and_all_that_the_part_needs(
    library: str, extra: Extra | None, named: str
) -> None:
    error = missing_extra("x", ModuleNotFoundError("no", name=library), extra)

    assert error is not None
    assert error.extra == named


@pytest.mark.parametrize(("inside", "named"), [("plan", "plan"), ("server", "server")])
def test_what_a_part_inside_lacks_is_named_for_the_whole(inside: str, named: str) -> None:
    error = missing_extra("x", MissingExtraError("a part", inside), "plan")

    assert error is not None
    assert str(error).startswith("x needs")
    assert error.extra == named

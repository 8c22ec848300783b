"""A missing library is named with one pip command that is enough."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from footfall.errors import MissingExtraError
from footfall.extras import EXTRAS, needs

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# What is imported under another name than it is installed by.
IMPORTED = {"PyYAML": "yaml", "backports.zstd": "backports"}
NOT_IMPORTED = {"tzdata"}  # data that the standard library reads


def test_every_library_of_an_extra_is_in_the_table_under_that_extra() -> None:
    wrong = []
    for extra, lines in PROJECT["optional-dependencies"].items():
        names = [re.split(r"[><=;\[ ]", line)[0] for line in lines]
        for name in names:
            if extra in {"all", "test"} or name in {"footfall", *NOT_IMPORTED}:
                continue
            if EXTRAS.get(IMPORTED.get(name, name)) is None:
                wrong.append(name)

    assert wrong == []
    assert set(EXTRAS.values()) <= set(PROJECT["optional-dependencies"])


@pytest.mark.parametrize(
    ("statement", "library", "extras"),
    [
        ("from footfall.collector import Collector", "apsw", "collector"),
        ("from footfall.collector import Collector", "uvicorn", None),
        ("from footfall.analytics import Dataset", "apsw", "analytics"),
        ("from footfall.people import lookup", "apsw", "analytics"),
        ("from footfall.storage import SqliteJournal", "apsw", "collector"),
        ("from footfall.simulation import simulate", "apsw", "analytics,collector"),
    ],
)
def test_a_part_whose_library_is_missing_says_so_in_one_line(statement: str, library: str, extras: str | None) -> None:
    code = f"import sys; sys.modules[{library!r}] = None\n{statement}"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)

    last = done.stderr.splitlines()[-1] if done.stderr else ""
    assert (f"pip install 'footfall[{extras}]'" in last) if extras else (done.returncode == 0)


def test_a_missing_extra_may_be_caught_as_an_import_error() -> None:
    with pytest.raises(ImportError, match="needs more than is installed"), needs("x", "collector"):
        raise ModuleNotFoundError("no", name="apsw.ext")


def test_an_import_that_no_extra_brings_is_raised_as_it_is() -> None:
    with pytest.raises(ImportError, match="odd") as raised, needs("x", "collector"):
        raise ImportError("odd", name="somebody_elses")

    assert not isinstance(raised.value, MissingExtraError)

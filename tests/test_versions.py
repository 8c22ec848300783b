"""The package has the version of its metadata, and the documentation has the versions of everything else."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import footfall
from footfall.versions import VERSIONS

PAGE = (Path(__file__).parents[1] / ".github" / "CONTRIBUTING.md").read_text("utf-8")


def test_the_version_is_that_of_the_package() -> None:
    assert footfall.__version__ == version("footfall")


def test_contributing_has_every_version_as_it_is() -> None:
    rows = re.findall(r"^\| ([\w ]+) \| ([\d.]+) \| ", PAGE, re.MULTILINE)

    assert dict(rows) == {name: str(value) for name, value in VERSIONS.items()}

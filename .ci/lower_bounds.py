"""Prints a constraint for each dependency of `footfall[all]`: the lowest version that pyproject.toml allows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LINES = [*PROJECT["dependencies"], *(line for extra, lines in EXTRAS.items() if extra != "test" for line in lines)]
BOUND = re.compile(r"(?P<name>[\w.-]+)(\[[\w,]+\])?>=(?P<version>[\w.]+)")


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


lowest: dict[str, str] = {}
for line in LINES:
    bound = BOUND.match(line)
    if bound:
        # Where two extras bound a library, all of them together need the higher one.
        lowest[bound["name"]] = max(lowest.get(bound["name"], "0"), bound["version"], key=_parts)
    elif not line.startswith("footfall["):
        raise SystemExit(f"{line}: give it a lower bound")
for name, version in lowest.items():
    print(f"{name}=={version}")

"""What the tests of the examples share: a folder that looks like a checkout, and the commands of a README run in it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from footfall.cli.demo.processes import FOOTFALL, Child

ROOT = Path(__file__).parents[2]
PROGRAMS: Mapping[str, list[str]] = {"footfall": list(FOOTFALL), "python": []}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the project's examples and plans in it: what a README's commands leave behind stays there."""
    for name in ("examples", "tracking_plans"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


@pytest.fixture
def commands() -> Callable[[str], list[list[str]]]:
    """The commands in the `sh` blocks of an example's README, in order, each as the arguments to this Python."""

    def read(example: str) -> list[list[str]]:
        text = (ROOT / "examples" / example / "README.md").read_text(encoding="utf-8")
        blocks = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        lines = [line for block in blocks for line in block.splitlines()]
        return [[*PROGRAMS[program], *rest] for program, *rest in map(shlex.split, lines)]

    return read


@pytest.fixture
def run(checkout: Path) -> Callable[[list[str]], str]:
    """Run a command in the checkout to its end; what it printed."""

    def run_it(arguments: list[str]) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            check=False,
            cwd=checkout,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{arguments} exited with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run_it


@pytest.fixture
def start(checkout: Path) -> Iterator[Callable[[list[str]], Child]]:
    """Start a command in the checkout and leave it running until the test is over."""
    children: list[Child] = []

    def start_it(arguments: list[str]) -> Child:
        children.append(Child(" ".join(arguments), arguments, folder=checkout))
        return children[-1]

    yield start_it
    for child in reversed(children):
        child.stop()

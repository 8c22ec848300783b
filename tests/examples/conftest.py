"""What the tests of the examples share: a folder that looks like a checkout, and the commands of a README run in it."""

from __future__ import annotations

import os
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
        return [_command(shlex.split(line)) for line in lines]

    return read


def _command(words: list[str]) -> list[str]:
    """The words of a line, with the program replaced; what it sets in the environment stays before it."""
    start = next(number for number, word in enumerate(words) if word in PROGRAMS)
    return [*words[:start], *PROGRAMS[words[start]], *words[start + 1 :]]


def _split(words: list[str]) -> tuple[dict[str, str], list[str]]:
    """The environment that a command sets (`NAME=value` before it), and its arguments."""
    start = next(number for number, word in enumerate(words) if not re.match("[A-Z_]+=", word))
    return dict(word.split("=", 1) for word in words[:start]), words[start:]


@pytest.fixture
def run(checkout: Path) -> Callable[[list[str]], str]:
    """Run a command in the checkout to its end; what it printed."""

    def run_it(words: list[str]) -> str:
        variables, arguments = _split(words)
        done = subprocess.run(
            [sys.executable, *arguments],
            check=False,
            cwd=checkout,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env={**os.environ, **variables},
        )
        assert done.returncode == 0, f"{arguments} exited with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return run_it


@pytest.fixture
def start(checkout: Path) -> Iterator[Callable[[list[str]], Child]]:
    """Start a command in the checkout and leave it running until the test is over."""
    children: list[Child] = []

    def start_it(words: list[str]) -> Child:
        variables, arguments = _split(words)
        children.append(Child(" ".join(arguments), arguments, folder=checkout, variables=variables))
        return children[-1]

    yield start_it
    for child in reversed(children):
        child.stop()

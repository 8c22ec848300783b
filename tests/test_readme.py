"""The README does what it says: its blocks run in order, as one session, in an empty folder."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from footfall.planning.starter import starter_files

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


class Block(NamedTuple):
    mark: str | None
    language: str
    text: str


def blocks() -> list[Block]:
    found = re.findall(r"(?:<!-- command: (\w+) -->\n)?```(\w*)\n(.*?)```", README, re.DOTALL)
    return [Block(mark or None, language, text) for mark, language, text in found]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def session(folder: Path, port: int) -> str:
    """One shell script of every block that a reader would run by hand, with the collector's port made free."""
    lines = ["set -euo pipefail", "trap 'kill $(jobs -p)' EXIT"]
    for number, block in enumerate(blocks()):
        text = block.text.replace("8190", str(port))
        if block.mark is not None or text.startswith("pip install"):
            continue  # the set-up itself: this test runs in what it made
        if block.language == "python":
            (folder / f"block{number}.py").write_text(text, encoding="utf-8")
            lines.append(f"echo '== block {number}'; python block{number}.py")
        elif block.language == "sh":
            lines.append(f"echo '== block {number}'; {text.strip()}")
            if text.rstrip().endswith("&"):
                lines.append(f"until (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null; do sleep 0.1; done")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("readme")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-c", session(folder, free_port())],
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_the_first_screen_counts_two_messages_of_one_person(output: str) -> None:
    first = output.split("== block")[2]

    assert re.search(r"2\s*│\s*1\s*│", first), first


def test_the_five_steps_end_in_a_report_of_what_was_sent(output: str) -> None:
    assert "is clean" in output
    assert "listening on" in output
    assert re.search(r"conversion\s+100 %", output)
    assert "User kari" in output
    assert re.search(r"quarantined", output)
    assert "the books balance" in output


def test_the_plan_in_the_readme_is_the_plan_that_init_writes() -> None:
    shown = yaml.safe_load(next(block.text for block in blocks() if block.language == "yaml"))["kpis"]["conversion"]
    written = yaml.safe_load(starter_files("my_shop")["goals.yaml"])["kpis"]["conversion"]

    assert written == shown


def test_the_two_commands_are_one_line_each_and_install_what_exists() -> None:
    commands = {block.mark: block.text.strip() for block in blocks() if block.mark}
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]

    assert set(commands) == {"demo", "test"}
    for command in commands.values():
        assert "\n" not in command
        assert set(re.findall(r"\.\[(\w+)\]", command)) <= set(extras)


def test_every_file_and_folder_that_the_readme_names_is_there() -> None:
    named = set(re.findall(r"\]\(((?!https?:)[^)#]+)\)", README)) | set(
        re.findall(r"`((?:tests|examples)/[\w/.]+)`", README)
    )

    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_benchmark_that_the_readme_names_is_there_and_every_benchmark_is_named() -> None:
    there = {path.name for path in (ROOT / "tests" / "benchmarks").glob("bench_*.py")}

    assert set(re.findall(r"bench_\w+\.py", README)) == there

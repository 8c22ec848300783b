"""Messages are read from a file or a data folder; what cannot be read is counted and named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.plan.running import plan_command

from footfall.collector import Collector


def test_broken_lines_are_counted_and_named(place: Path, events: Path) -> None:
    events.write_text(events.read_text() + "{\n[]\n\n{}\n1\n")

    done = plan_command("infer", events, cwd=place)

    assert done.returncode == 0
    assert done.stderr.splitlines()[0] == f"{events}: 4 broken messages left out"
    assert [line.split(":")[0].strip() for line in done.stderr.splitlines()[1:4]] == ["line 12", "line 13", "line 15"]
    assert done.stderr.splitlines()[4] == "  … and 1 more"


def test_a_folder_that_holds_only_what_is_in_quarantine_says_so(place: Path) -> None:
    with Collector(place / "data") as collector:
        collector.take(b'{"batch": [{"type":"page"}]}')

    done = plan_command("infer", "--data", "data", cwd=place)

    assert done.returncode == 3
    assert "holds no message that could be read (1 in quarantine: footfall quarantine list --data data)" in done.stderr


@pytest.mark.parametrize(("text", "words"), [(None, "cannot be read"), ("", "holds no message"), ("{\n", "line 1: ")])
def test_a_file_without_any_message_is_broken_input(place: Path, text: str | None, words: str) -> None:
    if text is not None:
        (place / "events.jsonl").write_text(text)

    for arguments in (["infer"], ["observe", "plan.yaml"]):
        done = plan_command(*arguments, "events.jsonl", cwd=place)
        assert done.returncode == 3
        assert words in done.stderr


@pytest.mark.parametrize("arguments", [["infer"], ["infer", "a.jsonl", "--data", "b"], ["observe", "plan.yaml"]])
def test_exactly_one_thing_is_looked_at(place: Path, arguments: list[str]) -> None:
    done = plan_command(*arguments, cwd=place)

    assert done.returncode == 2
    assert "name one thing to look at" in done.stderr


def test_infer_and_observe_of_a_file_need_no_store(place: Path, events: Path) -> None:
    """A finder that refuses the libraries of the other extras stands in for an environment without them."""
    refuse = (
        "import sys\nclass Refuse:\n    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in {'apsw', 'duckdb', 'pyarrow', 'uvicorn'}:\n"
        "            raise ModuleNotFoundError(f'no {name}', name=name)\nsys.meta_path.insert(0, Refuse())\n"
    )
    for arguments, code in (
        (["infer", events], 0),
        (["observe", "plan.yaml", events], 1),
        (["simulate", "plan.yaml", "--data", "x"], 2),
    ):
        command = [sys.executable, "-c", f"{refuse}from footfall.cli import main\nmain()", "plan", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=place)
        assert done.returncode == code, done.stderr
    assert "pip install 'footfall[server]'" in done.stderr

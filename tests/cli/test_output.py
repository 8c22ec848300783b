"""What a command says survives any terminal, any data, a full disk and a closed pipe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from footfall.cli.output import console, echo, echo_json
from footfall.collector import Collector

NAMES = ["パン", "\x1b[2J\x1b[31mred", "a\nb", "\x9b31m", "\u202egnp.exe"]
READERS = [["stats"], ["quarantine", "list"], ["report"], ["person", "show", "Łukasz\x1b[1m"], ["export"]]
PLAN = "plan: p\nevents:\n  e: {description: d}\nkpis:\n  n: {question: q, measure: {count: e}}\n"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("output")
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    messages = [
        {"type": "track", "event": name, "messageId": f"{number}\x1b[5m", "userId": "Łukasz\x1b[1m"}
        for number, name in enumerate(["e", *NAMES])
    ]
    with Collector(folder / "data", plan=folder / "plan.yaml") as collector:
        collector.take(json.dumps({"batch": messages}).encode(), source="shop\u202e")
    return folder / "data"


def footfall(*arguments: str, stdout: int | None = subprocess.PIPE, **env: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "footfall", *arguments]
    return subprocess.run(
        command, stdout=stdout, stderr=subprocess.PIPE, check=False, timeout=60, env={**os.environ, **env}
    )


@pytest.mark.parametrize("arguments", READERS[:-1], ids=lambda words: words[0])
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.slow
def test_any_encoding_takes_every_name_and_no_terminal_is_steered(
    data: Path, arguments: list[str], encoding: str
) -> None:
    done = footfall(*arguments, "--data", str(data), PYTHONIOENCODING=encoding)

    out = done.stdout.decode(encoding)
    assert done.returncode == 0, done.stderr
    assert not set(out) & set("\x1b\x9b\u202e")


def test_a_line_end_in_a_name_does_not_break_its_row(data: Path) -> None:
    rows = [line for line in footfall("stats", "--data", str(data)).stdout.decode().splitlines() if "shop" in line]

    assert len(rows) == len(NAMES) + 1
    assert any(r"a\nb" in row for row in rows)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full, a disk that is always full")
@pytest.mark.parametrize("arguments", [*READERS, ["export", "--format", "csv"], ["--help"]], ids=" ".join)
@pytest.mark.slow
def test_a_full_disk_ends_in_one_line_and_not_in_success(data: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = footfall(*arguments, *(["--data", str(data)] if arguments != ["--help"] else []), stdout=full.fileno())

    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"No space left" in done.stderr


@pytest.mark.parametrize("arguments", READERS, ids=lambda words: words[0])
@pytest.mark.slow
def test_a_pipe_that_its_reader_closed_ends_in_one_line(data: Path, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = footfall(*arguments, "--data", str(data), stdout=writer)
    os.close(writer)

    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"closed" in done.stderr


CLOSED = "import os, sys; os.close(1); os.execv(sys.executable, [sys.executable, '-m', 'footfall', *sys.argv[1:]])"


@pytest.mark.parametrize(
    "arguments",
    [["stats"], ["report"], ["report", "--format", "json"], ["export", "--format", "parquet"]],
    ids=" ".join,
)
@pytest.mark.slow
def test_an_output_that_was_closed_from_the_start_ends_in_one_line(data: Path, arguments: list[str]) -> None:
    command = [sys.executable, "-c", CLOSED, *arguments, "--data", str(data)]
    done = subprocess.run(command, stderr=subprocess.PIPE, check=False, timeout=60)

    assert done.returncode == 2
    assert done.stderr == b"footfall: standard output is closed, so nothing can be written to it\n"


def test_an_error_about_a_name_that_steers_is_escaped() -> None:
    done = footfall("stats", "--data", "/nowhere\x1b[2J\u202e")

    assert done.returncode == 2
    assert b"\x1b" not in done.stderr
    assert b"\\x1b[2J\\u202e" in done.stderr


def test_json_keeps_every_character_and_shows_none_that_steers(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    value = {"name": "".join(NAMES), "łódź": 1}

    echo_json(value)

    out = capsysbinary.readouterr().out.decode()
    assert json.loads(out) == value
    assert not set(out) & set("\x1b\x9b\u202e")


def test_lines_of_ours_stay_lines(capsys: pytest.CaptureFixture[str]) -> None:
    echo("a\nb\x1b", end="")

    assert capsys.readouterr().out == "a\nb\\x1b"


def test_a_console_styles_our_text_and_escapes_what_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    console(force_terminal=True, color_system="standard").print("[bold]a\x1b[31mb[/bold]")

    assert capsys.readouterr().out == "\x1b[1ma\\x1b[31mb\x1b[0m\n"

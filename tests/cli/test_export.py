"""`footfall export` as its user meets it: to a pipe, to a file, and never half a file."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet
import pytest

from footfall.analytics.exports import COLUMNS
from footfall.cli import main
from footfall.collector import Collector


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    body = b'{"batch": [{"type":"track","messageId":"m1","event":"bought","userId":"ann","properties":{"total":1.50}}]}'
    with Collector(folder) as collector:
        collector.take(body)
        yield folder


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["export", *arguments])
    return int(str(left.value.code))


def test_json_lines_go_to_standard_output_while_a_collector_runs(
    data: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run("--data", str(data)) == 0
    out = capfdbinary.readouterr().out

    line = json.loads(out)
    assert (line["properties"], line["reason"]) == ('{"total":1.50}', "explicit")


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_a_file_is_written_whole(data: Path, tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "all"

    assert run("--data", str(data), "--format", form, "-o", str(path)) == 0
    assert path.stat().st_size > 0
    assert "1 message written" in capsys.readouterr().err
    assert [found.name for found in tmp_path.iterdir() if found.name.startswith(".")] == []


def test_parquet_goes_through_a_pipe(data: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run("--data", str(data), "--format", "parquet") == 0
    out = capfdbinary.readouterr().out

    assert pyarrow.parquet.read_table(io.BytesIO(out)).column("user_id").to_pylist() == ["ann"]


def test_parquet_is_not_for_a_terminal(data: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "footfall", "export", "--data", str(data), "--format", "parquet"]

    ran = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, text=True, check=False)

    os.close(theirs)
    os.close(ours)
    assert ran.returncode == 2
    assert "name a file by -o" in ran.stderr


def test_a_file_that_cannot_be_written_is_named(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--data", str(data), "-o", str(tmp_path / "no" / "where")) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_what_is_in_quarantine_is_not_passed_over_in_silence(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Collector(tmp_path / "other") as collector:
        collector.take(b'{"batch": [{"type":"track","event":"bought"}]}')

    assert run("--data", str(tmp_path / "other"), "-o", str(tmp_path / "all")) == 0
    assert capsys.readouterr().err.splitlines() == [
        f"0 messages written to {tmp_path / 'all'}",
        f"1 message in quarantine left out: footfall quarantine list --data {tmp_path / 'other'}",
    ]


def test_csv_for_excel_begins_with_a_byte_order_mark_and_is_its_owners_alone(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "all.csv"

    assert run("--data", str(data), "--format", "csv", "--bom", "-o", str(path)) == 0
    assert path.read_bytes().startswith(b"\xef\xbb\xbfseq,source,")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_byte_order_mark_is_for_csv_alone(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--data", str(data), "--bom") == 2
    assert "--bom is for --format csv" in capsys.readouterr().err


def test_the_help_says_what_each_column_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    shown = " ".join(capsys.readouterr().out.split())

    for column, about in COLUMNS.items():
        assert f"{column} {about}" in shown
    assert {"blocked", "device"} <= set(re.findall(r"\w+", COLUMNS["reason"]))


def test_a_dash_is_standard_output(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run("--data", str(data), "-o", "-") == 0
    assert b'"message_id":"m1"' in capfdbinary.readouterr().out
    assert not (tmp_path / "-").exists()

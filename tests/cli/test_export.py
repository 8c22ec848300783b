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
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


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
        "last seq 0: --after 0 goes on from there",
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


def batch(*messages: str) -> bytes:
    return b'{"batch": [%s]}' % ",".join(messages).encode()


def track(name: str, user: str, event: str = "bought", at: str = "2024-11-29T09:00:00Z") -> str:
    return json.dumps({"type": "track", "messageId": name, "event": event, "userId": user, "timestamp": at})


def names(text: bytes | str) -> list[str]:
    return [json.loads(line)["message_id"] for line in text.splitlines()]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--event", "bought"], ["m1", "m3"]),
        (["--event", "viewed", "--event", "(page)"], ["m2", "m4"]),
        (["--event", "never"], []),
        (["--person", "ann"], ["m1", "m2"]),
        (["--person", "nobody"], []),
        (["--since", "2024-11-02", "--until", "2024-11-03"], ["m2"]),
        (["--received-since", "1d"], ["m1", "m2", "m3", "m4"]),
        (["--received-until", "2024-11-05"], []),
        (["--after", "2", "--event", "bought"], ["m3"]),
    ],
)
def test_only_what_is_asked_for_is_written(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], options: list[str], expected: list[str]
) -> None:
    page = '{"type":"page","messageId":"m4","userId":"eve","timestamp":"2024-11-04T00:00:00Z"}'
    with Collector(tmp_path / "data") as collector:
        collector.take(
            batch(
                track("m1", "ann", at="2024-11-01T00:00:00Z"),
                track("m2", "ann", "viewed", at="2024-11-02T00:00:00Z"),
                track("m3", "bob", at="2024-11-03T00:00:00Z"),
                page,
            )
        )

    assert run("--data", str(tmp_path / "data"), *options) == 0
    assert names(capfdbinary.readouterr().out) == expected


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--event", "bougt"], "no event of the plan and no message is called 'bougt'; did you mean 'bought'?"),
        (["--event", "(page)", "--event", "bought"], "is called '(page)'; `footfall stats` names what came in"),
        (["--person", "anne"], "knows nobody as 'anne': it is no user, anonymous, device or person id there"),
        (["--person", "null"], "knows nobody as 'null'"),
    ],
)
def test_a_name_that_nothing_has_is_a_line_before_the_last(
    data: Path, options: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--data", str(data), *options) == 0
    *before, last = capsys.readouterr().err.splitlines()

    assert [each for each in before if line in each]
    assert last == "last seq 1: --after 1 goes on from there"


@pytest.mark.parametrize("options", [["--event", "bought"], ["--person", "ann"], ["--event", "planned"]])
def test_a_name_that_is_known_is_no_line(
    data: Path, tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("plan: test\nevents: {bought: {description: b}, planned: {description: p}}\n")

    assert run("--data", str(data), "--plan", str(plan), *options) == 0
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_runs_that_go_on_after_one_another_have_each_message_once(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data, after, exported = tmp_path / "data", "0", []
    with Collector(data) as collector:
        for number in range(5):
            collector.take(batch(*(track(f"m{number}-{part}", "ann") for part in range(number % 3))))
            assert run("--data", str(data), "--after", after) == 0
            shown = capfd.readouterr()
            exported += names(shown.out)
            (after,) = re.findall(r"^last seq (\d+): --after \1 goes on from there$", shown.err, re.MULTILINE)

    assert exported == [f"m{number}-{part}" for number in range(5) for part in range(number % 3)]


def test_a_day_of_receipt_is_a_file_that_the_next_run_replaces(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--data", str(data), "--partition-by", "day", "-o", str(tmp_path / "days"))

    assert (run(*options), run(*options)) == (0, 0)
    (path,) = (tmp_path / "days").rglob("*.jsonl")
    assert re.fullmatch(r"day=\d{4}-\d\d-\d\d/messages\.jsonl", str(path.relative_to(tmp_path / "days")))
    assert names(path.read_bytes()) == ["m1"]
    assert f"1 message written to 1 day in {tmp_path / 'days'}" in capsys.readouterr().err


@pytest.mark.parametrize("options", [[], ["-o", "-"], ["-o", "days", "--after", "3"]])
def test_days_need_a_folder_and_are_whole(data: Path, capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    assert run("--data", str(data), "--partition-by", "day", *options) == 2
    assert "--partition-by needs a folder by -o" in capsys.readouterr().err


def test_as_of_an_earlier_moment_only_what_had_come_in_by_then_is_written(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with Collector(tmp_path / "data") as collector:
        for number in range(3):
            collector.take(b'{"batch": [{"type":"page","messageId":"m%d","userId":"ann"}]}' % number)

    assert run("--data", str(tmp_path / "data"), "--as-of", "2") == 0
    out, err = capfd.readouterr()

    assert [json.loads(line)["seq"] for line in out.splitlines()] == [1, 2]
    assert err.startswith("as of message 2, 20")
    assert "last seq 2" in err

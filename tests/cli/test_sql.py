"""`footfall sql` as its user meets it: a table, a file, a pipe, and one line for what cannot be."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet
import pytest

from footfall.cli import main
from footfall.collector import Collector
from footfall.plan import Plan, bundle_bytes
from footfall.plan.model import Event, Property


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("sql") / "data"
    event = Event(name="buy", wire_name="buy", properties=(Property(name="total", wire_name="total", type="decimal"),))
    plan = folder.parent / "plan.json"
    plan.write_bytes(bundle_bytes(Plan(id="p", events={"buy": event})))
    with Collector(folder, plan=plan) as collector:
        for total, user in ((b"1.50", b"ann"), (b"2.25", b"=bob")):
            collector.take(
                b'{"batch": [{"type":"track","event":"buy","userId":"%s","properties":{"total":%s}}]}' % (user, total)
            )
        yield folder


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["sql", *arguments])
    return int(str(left.value.code))


def test_a_table_is_shown_while_a_collector_runs(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("select sum(total) as total, count(*) as n from buy", "--data", str(data)) == 0
    shown = capsys.readouterr()

    assert [line.split() for line in shown.out.splitlines()] == [["total", "n"], ["3.75", "2"]]
    assert shown.err == "(1 row)\n"


def test_without_a_query_the_views_are_shown(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--data", str(data)) == 0
    words = capsys.readouterr().out.split()

    assert {"messages", "persons", "devices", "sessions", "buy", "total", "DECIMAL"} <= set(words)


@pytest.mark.parametrize("comment", ["-- all of it\n", "--all\n", "--\n", "--\tall\n"])
@pytest.mark.parametrize("before", [True, False])
def test_a_query_may_begin_with_a_comment(
    data: Path, capsys: pytest.CaptureFixture[str], comment: str, *, before: bool
) -> None:
    query, options = [f"{comment}select count(*) as n from buy"], ["--data", str(data), "--format=csv"]

    assert run(*(query + options if before else options + query)) == 0
    assert capsys.readouterr().out.split() == ["n", "2"]


def test_an_option_with_a_slip_is_still_an_option(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("select 1", "--data", str(data), "--fromat=a b") == 2
    assert "--fromat" in capsys.readouterr().err


def test_the_views_are_whole_lines_in_a_pipe(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("--data", str(data))

    assert "(a session of nobody, on a device of several users)" in capsys.readouterr().out


def test_a_query_comes_from_standard_input(data: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "footfall", "sql", "-", "--data", str(data), "--format", "csv"]

    ran = subprocess.run(command, input="select count(*) as n\nfrom buy", capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout) == (0, "n\n2\n")


def test_every_format_goes_to_a_file_for_its_owner_alone(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for form in ("json", "csv", "parquet", "arrow"):
        path = tmp_path / form

        assert run("select user_id from buy order by seq", "--data", str(data), "--format", form, "-o", str(path)) == 0
        assert f"2 rows written to {path}" in capsys.readouterr().err
        assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads((tmp_path / "json").read_text()) == [{"user_id": "ann"}, {"user_id": "=bob"}]
    assert (tmp_path / "csv").read_text().split() == ["user_id", "ann", "'=bob"]


def test_parquet_goes_through_a_pipe(data: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run("from buy", "--data", str(data), "--format", "parquet", "-o", "-") == 0

    assert pyarrow.parquet.read_table(io.BytesIO(capfdbinary.readouterr().out)).num_rows == 2


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["select totl from buy"], "line 1, column 8: there is no column 'totl'; write total"),
        (["from sold"], "there is no view 'sold'"),
        (["copy messages to '/tmp/x'"], "only SELECT reads the data, and this is COPY"),
        (["from read_csv('/etc/passwd')"], "read_csv() is no view"),
        (["select 1; select 2"], "write one SELECT at a time"),
        (["select 1", "-o", "x"], "-o is for --format json"),
        (["select 1", "--format", "csv", "-o", "/no/where/x"], "cannot be written"),
        (["select 1", "--plan", "/no/plan"], "/no/plan"),
    ],
)
def test_what_cannot_be_is_one_line_and_exit_code_2(
    data: Path, arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments, "--data", str(data)) == 2
    assert line in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_bytes_are_not_for_a_terminal(data: Path, form: str) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "footfall", "sql", "select 1", "--data", str(data), "--format", form]

    ran = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, text=True, check=False)

    os.close(theirs)
    os.close(ours)
    assert ran.returncode == 2
    assert "name a file by -o" in ran.stderr


def test_a_reader_that_ends_early_is_one_line(data: Path) -> None:
    command = [sys.executable, "-m", "footfall", "sql", "from range(3000000)", "--data", str(data), "--format", "csv"]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        problem = process.stderr.read()

    assert process.returncode == 2
    assert problem == "footfall: the reader of the output closed it before its end\n"


def test_a_long_answer_shows_its_first_rows(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("select range as n from range(5000)", "--data", str(data)) == 0
    shown = capsys.readouterr()

    assert len(shown.out.splitlines()) == 1_001
    assert "the first 1,000 rows; --format csv has all" in shown.err


def test_no_value_is_broken_in_two_in_a_pipe(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("select repeat('x', 500) as a, * from messages", "--data", str(data)) == 0

    assert len(capsys.readouterr().out.splitlines()) == 3


def test_what_the_data_has_steers_no_terminal(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("select chr(27) || '[31m' as a", "--data", str(data)) == 0

    assert "\\x1b[31m" in capsys.readouterr().out

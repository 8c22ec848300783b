"""`footfall jobs` shows the jobs and runs them, by the collector that runs or without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from footfall.cli import main
from footfall.collector import Collector
from footfall.testing.process import CollectorProcess


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Collector(tmp_path / "data").close()
    return tmp_path / "data"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(["jobs", *arguments])
    out, err = capsys.readouterr()
    return caught.value.code, out, err


def test_the_jobs_are_listed_with_a_collector_and_without(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone = run(capsys, "--data", str(data))
    with CollectorProcess(data) as collector:
        beside = run(capsys, "--data", str(data), "--format", "json")
        code, said = collector.stop()

    assert alone[0] == beside[0] == 0
    assert alone[1].split()[:4] == ["job", "when", "last", "run"]
    assert isinstance(json.loads(beside[1]), list)
    assert (code, said) == (0, "")
    assert not (data / "commands.sock").exists()


@pytest.mark.parametrize("with_collector", [False, True])
def test_a_job_that_there_is_not_is_one_clear_line(
    data: Path, capsys: pytest.CaptureFixture[str], *, with_collector: bool
) -> None:
    if with_collector:
        with CollectorProcess(data, options=["--no-jobs"]):
            code, out, err = run(capsys, "run", "nothing", "--data", str(data))
    else:
        code, out, err = run(capsys, "run", "nothing", "--data", str(data))

    assert (code, out) == (2, "")
    assert err.startswith("footfall: there is no job 'nothing' by these settings; there are: ")
    assert err.count("\n") == 1


def test_the_folder_is_taken_from_wherever_it_is_given(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = run(capsys, "--data", str(data), "run", "nothing")
    Path("footfall.toml").write_text('data = "data"\n')
    of_file = [run(capsys, "run", "nothing"), run(capsys)]

    assert before[2] == of_file[0][2]
    assert "there is no job" in before[2]
    assert of_file[1][0] == 0


def test_without_a_folder_both_say_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert "Missing option '--data'" in run(capsys)[2]
    assert "Missing option '--data'" in run(capsys, "run", "seal")[2]


def test_settings_that_cannot_be_are_said_before_anything_is_done(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("footfall.toml").write_text('seal_at = "noon"\n')

    code, _, err = run(capsys, "run", "nothing", "--data", str(data))

    assert code == 2
    assert "footfall.toml:1 seal_at: must be a time of day in UTC" in err

"""`footfall purge` shows what would go, asks, and prints a receipt; a collector that runs carries it out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.maintenance.folders import bodies, collect, is_balanced, seal

from footfall.cli.app import app
from footfall.collector import Collector
from footfall.collector.commands import CommandServer
from footfall.collector.job_settings import JobSettings
from footfall.maintenance.context import JobContext
from footfall.maintenance.dispatch import handlers
from footfall.maintenance.jobs import JobRunner


@pytest.fixture
def data(tmp_path: Path) -> Path:
    collect(tmp_path / "data", ["a", "b"])
    collect(tmp_path / "data", ["x"], event="leaked")
    seal(tmp_path / "data")
    collect(tmp_path / "data", ["y"], event="leaked")
    return tmp_path / "data"


def run(*arguments: str, answer: str = "", code: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(app, ["purge", *arguments], input=answer)
    assert result.exit_code == code, result.output
    return result.stdout, result.stderr


@pytest.mark.slow
def test_all_of_an_environment_goes_and_nothing_else(data: Path) -> None:
    collect(data, ["a", "staged"], environment="staging")
    seal(data)
    collect(data, ["b", "late"], environment="staging")
    whole = [name for name in bodies(data) if "(staging)" not in name]

    shown, _ = run("--data", str(data), "--environment", "staging", "--dry-run")
    out, _ = run("--data", str(data), "--environment", "staging", "--yes", "--format", "json")
    again, _ = run("--data", str(data), "--environment", "staging", "--yes")

    assert shown.splitlines()[0].endswith("  shop (staging)  seen: 4")
    receipt = json.loads(out)
    assert receipt["lines"] == [
        {"source": "shop", "environment": "staging", "event": "seen", "stored": 4, "quarantined": 0}
    ]
    assert list(bodies(data)) == whole
    assert again.startswith("0 messages removed at ")
    assert is_balanced(data)


def test_a_dry_run_shows_what_would_go_and_removes_nothing(data: Path) -> None:
    out, _ = run("--data", str(data), "--event", "leaked", "--dry-run")

    lines = out.splitlines()
    assert lines[0].endswith("  shop  leaked: 2")
    assert lines[1] == "2 messages would go (event leaked); 1 sealed file would be written anew"
    assert len(bodies(data)) == 4


def test_who_says_no_keeps_everything(data: Path) -> None:
    out, err = run("--data", str(data), "--event", "leaked", answer="n\n", code=1)

    assert out == ""
    assert "Remove them for ever? [y/N]" in err
    assert len(bodies(data)) == 4


def test_the_receipt_says_what_was_removed(data: Path) -> None:
    out, err = run("--data", str(data), "--event", "leaked", answer="y\n")

    *lines, last = out.splitlines()
    assert lines == ["shop  leaked: 2, and 0 in quarantine"]
    assert re.fullmatch(r"2 messages removed at \S+Z \(event leaked\); 2 sealed files written anew", last)
    assert "2 messages would go (event leaked)" in err


@pytest.mark.slow
def test_the_receipt_can_be_json(data: Path) -> None:
    out, err = run("--data", str(data), "--event", "leaked", "--format", "json", answer="y\n")

    receipt = json.loads(out)
    assert (receipt["rule"], receipt["stored"], receipt["quarantined"]) == ("event leaked", 2, 0)
    assert receipt["lines"] == [
        {"source": "shop", "environment": "production", "event": "leaked", "stored": 2, "quarantined": 0}
    ]
    assert len(receipt["rewritten"]) == 2
    assert "2 messages would go (event leaked)" in err
    assert set(bodies(data)) == {"a", "b"}


def test_a_collector_that_runs_does_it(data: Path) -> None:
    with Collector(data) as collector:
        runner = JobRunner([], JobContext(data, collector.store, JobSettings(), collector.clock))
        with CommandServer(data, handlers(runner)):
            out, _ = run("--data", str(data), "--source", "shop", "--since", "1d", "--yes", "--format", "json")

    assert json.loads(out)["stored"] == 4
    assert bodies(data) == {}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ([], "a purge has to name what goes"),
        (["--until", "2026-11-01"], "a purge has to name what goes"),
        (["--since", "2026-11-02", "--until", "2026-11-01"], "it must begin before it ends"),
        (["--since", "yesterday"], "'yesterday' is no time"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(data: Path, options: list[str], problem: str) -> None:
    result = CliRunner().invoke(app, ["purge", "--data", str(data), *options, "--yes"])

    assert result.exit_code != 0
    assert problem in f"{result.output}{result.exception}"
    assert len(bodies(data)) == 4


def test_what_is_damaged_is_named_and_the_exit_code_says_so(data: Path) -> None:
    (path,) = data.glob("warehouse/*/*.parquet")
    path.write_bytes(path.read_bytes()[:-1])

    out, err = run("--data", str(data), "--event", "leaked", "--yes", code=1)

    assert f"warehouse/{path.parent.name}/{path.name} is damaged, and may still have some" in out
    assert f"warehouse/{path.parent.name}/{path.name} is damaged, and may have some" in err

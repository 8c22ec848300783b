"""`footfall signals` finds what to answer once, and keeps who did what; a purge removes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from footfall import Client
from footfall.cli.app import app
from footfall.collector import Collector
from footfall.delivery import InProcessTransport
from footfall.plan import read

PLAN = read({
    "plan": "p",
    "timezone": "Europe/Oslo",
    "events": {"payment_failed": {}},
    "signals": {"trouble": {"event": "payment_failed", "count": 2, "within": "1d", "answer": "Call", "owner": "care"}},
}).require()  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ann's payment fails twice, Bob's once."""
    data = tmp_path / "data"
    with Collector(data, plan=PLAN) as collector, Client(InProcessTransport(collector), plan=PLAN) as client:
        for who, hour in (("ann", "10"), ("ann", "12"), ("bob", "11")):
            client.track("payment_failed", {}, user_id=who, timestamp=f"2026-11-02T{hour}:00:00Z")
    return data


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["signals", *arguments, "--data", str(data)])


def listed(data: Path, state: str = "all") -> list[dict[str, object]]:
    signals: list[dict[str, object]] = json.loads(run(data, "list", "--state", state, "--format", "json").stdout)
    return signals


def find(data: Path) -> str:
    return run(data, "find", "--since", "2026-11-01").stdout


def test_the_same_messages_give_one_signal_however_often_somebody_looks(data: Path) -> None:
    assert find(data).startswith("1 new signal")
    assert find(data).startswith("0 new signals")
    (signal,) = listed(data, "open")

    assert (signal["signal"], signal["evidence"], signal["answer"], signal["owner"]) == (
        "trouble", [1, 2], "Call", "care",
    )  # fmt: skip


def test_a_signal_is_taken_answered_and_done_by_somebody(data: Path) -> None:
    find(data)
    (signal,) = listed(data)
    id_ = str(signal["id"])

    assert ": Call" in run(data, "take", id_[:6], "--author", "kari").stdout
    run(data, "answer", id_, "She pays by invoice", "--author", "kari")
    run(data, "done", id_, "--author", "ola", "--note", "paid")
    shown = run(data, "show", id_).stdout

    assert f"trouble {id_}: done" in shown
    assert "answered by kari: She pays by invoice" in shown
    assert "done by ola: paid" in shown
    assert listed(data, "open") == []
    assert "is done" in str(run(data, "take", id_).exception)


def test_what_somebody_has_is_not_taken_by_another_but_by_force(data: Path) -> None:
    find(data)
    id_ = str(listed(data)[0]["id"])
    run(data, "take", id_, "--author", "kari")
    run(data, "answer", id_, "She calls back", "--author", "bob")
    refused = run(data, "take", id_, "--author", "bob")

    assert f"kari has the signal {id_}; --force takes it over" in str(refused.exception)
    assert run(data, "take", id_, "--author", "kari").exit_code == 0
    assert run(data, "take", id_, "--author", "bob", "--force").exit_code == 0
    assert "bob has the signal" in str(run(data, "take", id_, "--author", "kari").exception)
    assert [signal["state"] for signal in listed(data)] == ["taken"]


def test_an_answer_to_an_open_signal_takes_it(data: Path) -> None:
    find(data)
    id_ = str(listed(data)[0]["id"])
    run(data, "answer", id_, "She pays", "--author", "kari")

    assert listed(data)[0]["state"] == "taken"
    assert "kari has the signal" in str(run(data, "take", id_, "--author", "bob").exception)


def test_times_are_on_the_clock_of_the_plan(data: Path) -> None:
    find(data)

    assert "2026-11-02 13:00" in run(data, "list").stdout
    assert "at        2026-11-02 13:00" in run(data, "show", str(listed(data)[0]["id"])).stdout


def test_a_list_before_any_search_says_how_to_look(data: Path) -> None:
    assert "there is no open signal; none was ever found: `footfall signals find`" in run(data, "list").stdout


def test_an_id_that_is_none_is_one_clear_line(data: Path) -> None:
    assert "'abc' is no signal" in str(run(data, "show", "abc").exception)
    assert "there is no open signal" in run(data, "list").stdout


def test_a_purge_of_its_messages_removes_a_signal_with_its_notes(data: Path) -> None:
    find(data)
    (signal,) = listed(data)
    run(data, "take", str(signal["id"]), "--author", "kari")
    result = CliRunner().invoke(app, ["purge", "--event", "payment_failed", "--data", str(data), "--yes"])

    assert result.exit_code == 0, result.output
    assert listed(data) == []


def test_a_backup_has_the_signals_and_what_was_done(data: Path) -> None:
    find(data)
    (signal,) = listed(data)
    run(data, "take", str(signal["id"]), "--author", "kari")
    backups, restored = data.parent / "backups", data.parent / "restored"
    made = CliRunner().invoke(app, ["backup", str(backups), "--data", str(data)])
    (backup,) = (path for path in backups.iterdir() if path.is_dir())
    back = CliRunner().invoke(app, ["restore", str(backup), "--data", str(restored)])

    assert (made.exit_code, back.exit_code) == (0, 0), made.output + back.output
    assert listed(restored) == listed(data)
    assert [signal["state"] for signal in listed(restored)] == ["taken"]


def test_the_job_of_a_collector_looks_too(data: Path) -> None:
    result = CliRunner().invoke(app, ["jobs", "run", "signals", "--data", str(data)])

    assert result.exit_code == 0, result.output
    assert "signals: 0 new signals" in result.output  # these are older than a week


def test_a_plan_without_signals_is_one_clear_line(tmp_path: Path) -> None:
    with Collector(tmp_path / "data", plan=read({"plan": "p"}).require()):
        pass

    assert "has no signals" in str(run(tmp_path / "data", "find").exception)


@pytest.mark.parametrize(("note", "reason"), [("\udcff", "is not UTF-8"), ("x" * 10_001, "10,000 at most")])
def test_a_note_that_cannot_be_kept_is_refused_and_nothing_is_written(data: Path, note: str, reason: str) -> None:
    find(data)
    (signal,) = listed(data)

    for words in (["answer", str(signal["id"]), note], ["done", str(signal["id"]), "--author", note]):
        assert reason in str(run(data, *words).exception)
    assert listed(data) == [signal]

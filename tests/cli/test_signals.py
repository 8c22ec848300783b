"""`footfall signals` finds what to answer once, and keeps who did what; a purge removes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import footfall
from footfall import Client, storage
from footfall.cli.app import app
from footfall.collector import Collector
from footfall.collector.commands import CommandServer
from footfall.collector.job_settings import JobSettings
from footfall.delivery import InProcessTransport
from footfall.maintenance.context import JobContext
from footfall.maintenance.dispatch import handlers
from footfall.maintenance.jobs import JobRunner
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


SPEAKING = read({
    "plan": "p",
    "events": {
        "payment_failed": {},
        "note_taken": {
            "wire_name": "Note Taken",
            "properties": {
                "text": {"type": "string", "wire_name": "noteText"}, "about": {"type": "string"},
                "author": {"type": "string"},
            },
        },
    },
    "signals": {
        "trouble": {"event": "payment_failed", "count": 2, "within": "1d", "answer": "Call", "voice": "note_taken"},
        "failure": {"event": "payment_failed", "answer": "Wait"},
    },
}).require()  # fmt: skip


@pytest.fixture
def speaking(tmp_path: Path) -> Path:
    """A payment fails twice for Ann, and for a browser of nobody known; their signals are found."""
    data = tmp_path / "speaking"
    with Collector(data, plan=SPEAKING) as collector, Client(InProcessTransport(collector), plan=SPEAKING) as client:
        for hour in ("10", "12"):
            client.track("payment_failed", {}, user_id="ann", timestamp=f"2026-11-02T{hour}:00:00Z")
            client.track("payment_failed", {}, anonymous_id="browser-1", timestamp=f"2026-11-02T{hour}:30:00Z")
    find(data)
    return data


def signal_of(data: Path, name: str, first: int) -> str:
    return next(
        str(each["id"]) for each in listed(data) if (each["signal"], each["evidence"]) == (name, [first, first + 2])
    )


def notes(data: Path) -> list[tuple[object, ...]]:
    """Who said what in which message."""
    with footfall.open(data) as opened:
        query = "SELECT source, event, coalesce(user_id, anonymous_id), properties::VARCHAR FROM messages WHERE seq > 4"
        return [(*row[:3], json.loads(row[3])) for row in opened.sql(query).rows]


def note(text: str, who: str) -> tuple[object, ...]:
    return ("signals", "note_taken", who, {"noteText": text, "about": "trouble", "author": "kari"})


def test_each_note_becomes_a_message_of_the_person_where_the_plan_names_its_event(speaking: Path) -> None:
    id_ = signal_of(speaking, "trouble", 1)
    for words in (("take",), ("answer", "Pays by invoice"), ("done", "--note", "Paid")):
        result = run(speaking, words[0], id_, *words[1:], "--author", "kari")
        assert result.exit_code == 0, result.output
    person = CliRunner().invoke(app, ["person", "show", "ann", "--data", str(speaking)])

    assert notes(speaking) == [note("Pays by invoice", "ann"), note("Paid", "ann")]
    assert "note_taken" in person.stdout


def test_the_message_of_somebody_without_a_user_id_has_the_anonymous_id(speaking: Path) -> None:
    run(speaking, "done", signal_of(speaking, "trouble", 2), "--note", "Gone", "--author", "kari")

    assert notes(speaking) == [note("Gone", "browser-1")]


def test_without_a_voice_event_or_a_note_there_is_no_message(speaking: Path) -> None:
    id_ = next(str(each["id"]) for each in listed(speaking) if each["signal"] == "failure")
    run(speaking, "done", id_, "--note", "kept")
    run(speaking, "done", signal_of(speaking, "trouble", 1))

    assert notes(speaking) == []
    assert "done by" in run(speaking, "show", id_).stdout


def test_a_collector_that_owns_the_folder_takes_the_note_in(speaking: Path) -> None:
    id_ = signal_of(speaking, "trouble", 1)
    with Collector(speaking, plan=SPEAKING) as collector:
        context = JobContext(
            speaking, collector.store, JobSettings(), collector.clock,
            lambda body, source: collector.take(body, source=source),
        )  # fmt: skip
        with CommandServer(speaking, handlers(JobRunner([], context))):
            result = run(speaking, "done", id_, "--note", "Paid", "--author", "kari")

            assert result.exit_code == 0, result.output
            assert notes(speaking) == [note("Paid", "ann")]


def test_a_note_whose_person_is_gone_is_kept_and_said(speaking: Path) -> None:
    id_ = signal_of(speaking, "trouble", 1)
    with storage.open(speaking, "beside") as store:
        record = next(each for each in store.signals.records() if each.id == id_)
        store.signals.forget(record.evidence)
        store.signals.add([record._replace(subject="00000000-0000-5000-8000-000000000000")])
    result = run(speaking, "done", id_, "--note", "Paid")

    assert "the note becomes no message: nobody is behind 00000000" in result.stderr
    assert notes(speaking) == []
    assert "Paid" in run(speaking, "show", id_).stdout

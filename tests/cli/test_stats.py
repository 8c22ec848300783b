"""`footfall stats` shows the books, by source and event, and that they balance; also while a collector runs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.maintenance.folders import collect, seal

from footfall import Client
from footfall.cli import main
from footfall.collector import Collector
from footfall.delivery import InProcessTransport
from footfall.storage.control import JobRun
from footfall.storage.sqlite.sync_marker import SyncMarker
from footfall.storage.store import FailedSync


@pytest.fixture
def collector(tmp_path: Path) -> Collector:
    collector = Collector(tmp_path / "data")
    seen = {"type": "track", "event": "a rather long name [bold]of an event[/bold]", "userId": "u", "messageId": "m"}
    collector.take(json.dumps({"batch": [seen, seen, {"type": "track"}, 5]}).encode(), source="shop")
    return collector


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(["stats", *arguments])
    out, err = capsys.readouterr()
    return caught.value.code, out, err


def test_the_books_are_shown_while_the_collector_runs(
    collector: Collector, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "--data", str(tmp_path / "data"))
    collector.close()

    assert code == 0
    lines = [line.split() for line in out.splitlines()]
    columns = ["source", "event", "received", "stored", "duplicate", "quarantined", "rejected", "kept"]
    assert lines[0] == [*columns, "in", "quarantine"]
    assert ["total", "4", "1", "1", "1", "1", "1", "1"] in lines
    assert "a rather long name [bold]of an event[/bold]" in out
    assert out.splitlines()[-5:] == [
        "the books balance:",
        "  4 received = 1 stored + 1 duplicate + 1 quarantined + 1 rejected",
        "  1 kept = 1 stored + 0 released - 0 erased - 0 expired - 0 purged",
        "  1 in quarantine = 1 quarantined - 0 released - 0 superseded - 0 erased - 0 expired - 0 purged",
        f"why messages are in quarantine: footfall quarantine list --data {tmp_path / 'data'}",
    ]


def test_messages_whose_time_cannot_be_right_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = {"type": "track", "event": "e", "userId": "u", "messageId": "m", "timestamp": "1970-01-01T00:00:00Z"}
    with Collector(tmp_path / "data") as collector:
        collector.take(json.dumps({"batch": [old]}).encode())
    _, text, _ = run(capsys, "--data", str(tmp_path / "data"))
    _, found, _ = run(capsys, "--data", str(tmp_path / "data"), "--format", "json")

    assert "  1 stored are misdated: over 30 days before receipt, or over a day after it" in text.splitlines()
    assert json.loads(found)["total"]["misdated"] == 1


def test_the_books_are_given_as_json(collector: Collector, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collector.close()
    code, out, _ = run(capsys, "--data", str(tmp_path / "data"), "--format", "json")

    found = json.loads(out)
    assert code == 0
    assert found["balanced"] is True
    assert found["imbalances"] == []
    assert {name: number for name, number in found["total"].items() if number} == {
        "received": 4, "stored": 1, "duplicate": 1, "quarantined": 1, "rejected": 1, "kept": 1, "in_quarantine": 1,
    }  # fmt: skip
    assert [(line["source"], line["event"], line["received"]) for line in found["books"]] == [
        ("shop", "(track)", 1),
        ("shop", "(unreadable)", 1),
        ("shop", "a rather long name [bold]of an event[/bold]", 2),
    ]


def test_books_that_do_not_balance_are_told(
    collector: Collector, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import apsw

    collector.close()
    with apsw.Connection(str(tmp_path / "data" / "journal.db")) as tampered:
        tampered.execute("UPDATE books SET stored = stored + 1 WHERE stored > 0")
        tampered.execute("DELETE FROM quarantined")

    _, out, _ = run(capsys, "--data", str(tmp_path / "data"))

    assert "THE BOOKS DO NOT BALANCE" in out
    assert "2 received, and 3 stored, duplicate, quarantined or rejected" in out
    assert "shop (track): 1 should be in quarantine, and 0 are" in out
    assert "3 stored, quarantined or released, and the journal gave 2 numbers" in out


def test_a_folder_without_a_journal_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--data", str(tmp_path / "none"))

    assert (code, out) == (2, "")
    assert err == f"footfall: {tmp_path / 'none'}: does not exist; start `footfall serve --data` with it first\n"


def test_a_nul_in_a_name_is_shown_and_kept_exact_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Collector(tmp_path / "data") as collector:
        collector.take(json.dumps({"batch": [{"type": "track", "event": "a\0b", "userId": "u"}]}).encode())

    assert r"a\x00b" in run(capsys, "--data", str(tmp_path / "data"))[1]
    as_json = run(capsys, "--data", str(tmp_path / "data"), "--format", "json")[1]
    assert json.loads(as_json)["books"][0]["event"] == "a\0b"


def test_a_failed_sync_is_shown_until_the_journal_was_copied(
    collector: Collector, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    collector.close()
    marker = SyncMarker(tmp_path / "data" / "journal.db")
    marker.write(FailedSync("2026-11-29T10:00:00.000000Z", "disk I/O error"))
    text = run(capsys, "--data", str(tmp_path / "data"))[1]
    as_json = run(capsys, "--data", str(tmp_path / "data"), "--format", "json")[1]
    marker.clear()
    after = run(capsys, "--data", str(tmp_path / "data"), "--format", "json")[1]

    assert text.startswith("A SYNC FAILED at 2026-11-29T10:00:00.000000Z (disk I/O error): nothing is acknowledged")
    assert json.loads(as_json)["failed_sync"] == {"since": "2026-11-29T10:00:00.000000Z", "reason": "disk I/O error"}
    assert json.loads(after)["failed_sync"] is None


def test_a_job_that_fails_again_and_again_is_shown(
    collector: Collector, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    collector.store.control.record_run(JobRun("backup", 0, 5, "failed", "the disk is full", 2))
    collector.close()
    text = run(capsys, "--data", str(tmp_path / "data"))[1]
    as_json = run(capsys, "--data", str(tmp_path / "data"), "--format", "json")[1]

    assert text.splitlines()[-2:] == [
        "THE JOB backup FAILS: 2 times in a row, last at 1970-01-01T00:00:00Z: the disk is full",
        f"see footfall jobs --data {tmp_path / 'data'}",
    ]
    assert [job["name"] for job in json.loads(as_json)["failing_jobs"]] == ["backup"]


@pytest.mark.parametrize(("content", "reason"), [(None, "it is missing"), (b"PAR1", "it has 4 bytes, and not {:,}")])
def test_a_sealed_file_that_is_missing_or_cut_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, reason: str
) -> None:
    collect(tmp_path, ["m1", "m2"])
    (file,) = seal(tmp_path)
    path = tmp_path / "warehouse" / file.name
    path.unlink() if content is None else path.write_bytes(content)
    reason = reason.format(file.size)

    code, text, _ = run(capsys, "--data", str(tmp_path))
    _, out, _ = run(capsys, "--data", str(tmp_path), "--format", "json")

    assert code == 0
    assert text.splitlines()[-2:] == [
        f"DAMAGED: {file.name} ({reason}), with 2 messages that no answer has",
        f"see footfall verify --data {tmp_path}",
    ]
    assert json.loads(out)["damaged"] == [{"name": file.name, "day": file.day, "messages": 2, "reason": reason}]


@pytest.mark.parametrize("command", [["stats"], ["quarantine", "list"]])
def test_the_books_and_the_quarantine_are_read_without_the_libraries_that_read_sealed_files(
    tmp_path: Path, command: list[str]
) -> None:
    collect(tmp_path / "data", ["m1"])
    seal(tmp_path / "data")
    without = "import sys; sys.modules.update(dict.fromkeys(('duckdb', 'pyarrow')))\n"  # importing them fails
    run_it = f"{without}from footfall.cli import main; main()"

    done = subprocess.run(
        [sys.executable, "-c", run_it, *command, "--data", str(tmp_path / "data")],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")


def test_hits_that_web_integrations_left_out_are_shown_by_reason(
    collector: Collector, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Client(InProcessTransport(collector)) as client:
        for reason in ("prefetch", "static", "prefetch"):
            client.leave_uncounted(reason)
    collector.close()
    _, out, _ = run(capsys, "--data", str(tmp_path / "data"))
    _, text, _ = run(capsys, "--data", str(tmp_path / "data"), "--format", "json")

    assert out.splitlines()[-3:] == [
        "hits and cookies of default that did not count: 3",
        "           2 prefetch: The browser loaded the page in advance; nobody has seen it.",
        "           1 static: The path is that of a static file.",
    ]
    counts = [(line["source"], line["reason"], line["number"]) for line in json.loads(text)["uncounted"]]
    assert counts == [("default", "prefetch", 2), ("default", "static", 1)]
    assert json.loads(text)["balanced"] is True


@pytest.mark.parametrize(("form", "first", "second"), [("text", "again each 0.1 s", "since the time before 1 received"),
                                                       ("json", '"received":4', '"received":5')])  # fmt: skip
def test_watched_books_follow_what_comes_in_until_they_are_interrupted(
    collector: Collector, tmp_path: Path, form: str, first: str, second: str
) -> None:
    command = [sys.executable, "-m", "footfall", "stats", "--data", str(tmp_path / "data"), "--format", form]
    with subprocess.Popen(
        [*command, "--watch", "0.1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as watching:
        assert watching.stdout is not None
        before = next(line for line in watching.stdout if first in line)
        collector.take(
            b'{"batch": [{"type": "track", "event": "e", "userId": "u", "messageId": "new"}]}', source="shop"
        )
        collector.close()
        after = next(line for line in watching.stdout if second in line)
        watching.send_signal(signal.SIGINT)
        watching.communicate()

    assert second not in before
    assert "stored" in after
    assert watching.returncode == 0


def test_watching_takes_a_number_of_seconds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "--data", str(tmp_path), "--watch", "0")

    assert code == 2
    assert "0.1" in err

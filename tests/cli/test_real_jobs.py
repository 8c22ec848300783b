"""Jobs of a real collector: a child does the work, and ends with its collector, however that ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from footfall.clock import SystemClock
from footfall.storage import SqliteControl
from footfall.testing.process import CollectorProcess

COMMAND = [sys.executable, "-c", "from footfall.cli import main; main()"]
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="children are looked for in /proc")


def footfall(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60)


def child_of(pid: int) -> int | None:
    """The child in which a job of this collector works, once it is more than a copy of the collector."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            command = stat.with_name("cmdline").read_bytes()
        except OSError:
            continue  # it has ended
        if parent == pid and b"footfall.maintenance.child" in command:
            return int(stat.parent.name)
    return None


def is_there(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def in_the_middle_of_a_job(collector: CollectorProcess, data: Path) -> tuple[subprocess.Popen[str], int]:
    """The command that waits for the job, and the job's child, which is halted."""
    while True:
        waiting = subprocess.Popen([*COMMAND, "jobs", "run", "verify", "--data", str(data)], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)  # fmt: skip
        while waiting.poll() is None:
            child = child_of(collector.pid)
            if child is not None:
                os.kill(child, signal.SIGSTOP)
                if is_there(child):
                    return waiting, child
            SystemClock().sleep(0.001)
        waiting.communicate()  # it was faster than we; once more


def send(collector: CollectorProcess) -> int:
    return httpx.post(
        f"{collector.url}/v1/track", json={"userId": "u", "event": "e"}, auth=("test-key", "")
    ).status_code


@pytest.mark.slow
def test_a_collector_makes_the_backup_that_is_asked_for_and_remembers_it(tmp_path: Path) -> None:
    data, backups = tmp_path / "data", tmp_path / "backups"
    with CollectorProcess(data, options=["--backup", str(backups), "--no-jobs"]) as collector:
        status = send(collector)
        done = footfall("jobs", "run", "backup", "--data", data)
        listed = json.loads(footfall("jobs", "--data", data, "--format", "json").stdout)
        code, said = collector.stop()

    assert (status, done.returncode, code, said) == (200, 0, 0, "")
    assert done.stdout.startswith("backup: ")
    (line,) = [line for line in listed if line["name"] == "backup"]
    assert (line["state"], line["failures"], line["next"]) == ("done", 0, None)
    assert f"backup: {line['result']}\n" == done.stdout
    assert len(list(backups.iterdir())) >= 1


@pytest.mark.slow
def test_a_job_that_fails_twice_is_in_the_log_in_stats_and_in_the_list(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (tmp_path / "file").touch()
    with CollectorProcess(data, options=["--backup", str(tmp_path / "file" / "backups")]) as collector:
        runs = [footfall("jobs", "run", "backup", "--data", data) for _ in range(3)]
        listed = footfall("jobs", "--data", data).stdout
        stats = footfall("stats", "--data", data).stdout
        _, said = collector.stop()

    assert [run.returncode for run in runs] == [2, 2, 2]
    assert {run.stderr.count("\n") for run in runs} == {1}
    assert "FAILED 3 times in a row" in listed
    assert "THE JOB backup FAILS: 3 times in a row" in stats
    assert said.count("ERROR") == said.count("the job backup failed 2 times in a row") == 1


@pytest.mark.slow
def test_a_collector_that_is_killed_takes_the_child_of_its_job_with_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with CollectorProcess(data) as collector:
        waiting, child = in_the_middle_of_a_job(collector, data)
        os.kill(collector.pid, signal.SIGKILL)
        os.kill(child, signal.SIGCONT)
        said = waiting.communicate()[1]
        while is_there(child):
            SystemClock().sleep(0.001)
    with CollectorProcess(data) as again:
        listed = footfall("jobs", "--data", data).stdout
        done = footfall("jobs", "run", "verify", "--data", data)
        code, _ = again.stop()

    assert said == ("footfall: the collector ended before it answered; see its log, and run the command again\n")
    assert "it did not end: its process was killed" in listed
    assert (done.returncode, code) == (0, 0)


@pytest.mark.slow
def test_a_collector_that_is_stopped_ends_its_job_which_has_not_failed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with CollectorProcess(data) as collector:
        waiting, child = in_the_middle_of_a_job(collector, data)
        code, said = collector.stop()
        answer = waiting.communicate()[1]

    run = SqliteControl(data / "control.db").job_runs()["verify"]
    assert (code, said, is_there(child)) == (0, "", False)
    assert answer == "footfall: verify: it was ended with its process; it begins anew\n"
    assert (run.state, run.failures) == ("stopped", 0)

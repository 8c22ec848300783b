"""What is heavy runs in a process at low priority, which ends with its job and never outlives its owner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from footfall.errors import JobError, JobStoppedError
from footfall.maintenance.context import ChildError, JobContext

HERE = "tests.maintenance.in_child"
ROOT = Path(__file__).parents[2]


def test_a_child_gives_its_progress_and_its_result(context: JobContext) -> None:
    lines: list[str] = []
    context.progress = lines.append

    result = context.child(f"{HERE}:add", {"numbers": [1, 2]})

    assert result == {"sum": 3}
    assert lines == ["adds\nup"]


def test_a_child_yields_to_everybody_and_loads_nothing_by_itself(context: JobContext) -> None:
    assert context.child(f"{HERE}:rank", {}) == [19, []]


def test_a_child_is_in_the_session_of_its_owner_where_niceness_counts_and_away_from_its_ctrl_c(
    context: JobContext,
) -> None:
    session, group = context.child(f"{HERE}:place", {})

    assert session == os.getsid(0)
    assert group != os.getpgid(0)


@pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine not in {"x86_64", "aarch64"}, reason="asked of the kernel by number"
)
def test_a_child_uses_the_disk_when_nobody_else_does(context: JobContext) -> None:
    assert context.child(f"{HERE}:disk_class", {}) == 3


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("refuse", r"^the disk is full$"),
        ("err", r"^ZeroDivisionError: by zero$"),
        ("die", "^its process ended with signal 9 and no result$"),
        ("leave", "^its process ended with exit code 3 and no result$"),
        ("nothing", "has no attribute 'nothing'"),
    ],
)
def test_a_child_that_fails_is_a_job_that_fails_with_its_reason(context: JobContext, name: str, reason: str) -> None:
    with pytest.raises(JobError, match=reason):
        context.child(f"{HERE}:{name}", {"reason": "the disk is full"})


def test_a_mistake_of_ours_comes_with_its_place_in_the_code(context: JobContext) -> None:
    with pytest.raises(JobError) as caught:
        context.child(f"{HERE}:err", {})

    assert isinstance(caught.value.__cause__, ChildError)
    assert "in_child.py" in str(caught.value.__cause__)


def test_arguments_that_no_pipe_takes_at_once_arrive(context: JobContext) -> None:
    assert context.child(f"{HERE}:add", {"numbers": [1] * 200_000}) == {"sum": 200_000}


def is_there(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_stop_ends_the_child_and_the_job(context: JobContext) -> None:
    pids: list[int] = []

    def stop_at_once(text: str) -> None:
        pids.append(int(text))
        context.stop()

    context.progress = stop_at_once
    with pytest.raises(JobStoppedError):
        context.child(f"{HERE}:wait", {})

    assert not is_there(pids[0])
    with pytest.raises(JobStoppedError):
        context.child(f"{HERE}:add", {"numbers": []})
    with pytest.raises(JobStoppedError):
        context.check_stop()


@pytest.mark.slow
def test_a_child_that_does_not_end_when_it_is_asked_is_killed(context: JobContext) -> None:
    stopping: list[threading.Thread] = []

    def stop_at_once(_: str) -> None:
        stopping.append(threading.Thread(target=context.stop))
        stopping[0].start()

    context.progress = stop_at_once
    with pytest.raises(JobStoppedError):
        context.child(f"{HERE}:wait", {"stubborn": True})
    stopping[0].join()


OWNER = f"""
import sys
from pathlib import Path
from footfall.clock import SystemClock
from footfall.collector.job_settings import JobSettings
from footfall.maintenance.context import JobContext

context = JobContext(Path("."), None, JobSettings(), SystemClock())
context.progress = lambda text: print(text, flush=True)
context.child("{HERE}:wait", {{"stubborn": True}})
"""


def test_a_child_does_not_outlive_an_owner_that_is_killed() -> None:
    # The child has the other end of this pipe too: it ends when the last of them does.
    reader, writer = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", OWNER],
        stdout=subprocess.PIPE,
        stderr=writer,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as owner:
        os.close(writer)
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        was_there = is_there(pid)
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        last_words = os.read(reader, 4096)
        os.close(reader)

    assert was_there
    assert last_words == b""

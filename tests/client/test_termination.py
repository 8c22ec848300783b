"""Termination: a daemonic child of multiprocessing sends before SIGTERM ends it, wherever its main thread waits."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.client.ending import FORKS, events

pytestmark = pytest.mark.skipif(not FORKS, reason="a terminated process runs nothing on this platform")

# Another thread gets the signal then. So the main one does not wake up, as where a signal comes right before its wait.
ASLEEP = "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})"

# Starts a daemonic child that runs `waits`, terminates it when it is ready, and says how it has ended.
ENDS = """
import signal, threading

FORK = multiprocessing.get_context("fork")
ready, again, never = FORK.Event(), FORK.Event(), FORK.Lock()

def exit_code(*, times=1):
    never.acquire()
    process = FORK.Process(target=waits, daemon=True)
    process.start()
    for event in (ready, again)[:times]:
        assert event.wait(60)
        process.terminate()
    process.join(60)
    return process.exitcode
"""


def ends(tmp_path: Path, waits: str, check: str) -> list[str]:
    """The events of a script whose child does what `waits` says, and which then checks `check`."""
    return events(tmp_path, f"{ENDS}\n{waits}\nif __name__ == '__main__':\n    {check}\n")


def test_a_pool_that_is_terminated_lets_its_workers_send(tmp_path: Path) -> None:
    code = """
    if __name__ == "__main__":
        with multiprocessing.get_context("fork").Pool(2) as pool:
            pool.map(child, range(6))
    """

    assert events(tmp_path, code) == ["child"] * 6


@pytest.mark.parametrize("asleep", ["", ASLEEP])
def test_a_terminated_child_sends_and_still_ends_by_its_signal(tmp_path: Path, asleep: str) -> None:
    waits = f"""
def waits():
    child()
    {asleep}
    ready.set()
    never.acquire()
"""

    assert ends(tmp_path, waits, "assert exit_code() == -signal.SIGTERM") == ["child"]


@pytest.mark.parametrize("asleep", ["", ASLEEP])
def test_a_process_that_fails_to_send_ends_by_its_signal_too(asleep: str) -> None:
    code = f"""
import os, signal, threading
from footfall.client.termination import Termination

def fail():
    raise OSError("no more files")

Termination(fail).expect()
{asleep}
os.kill(os.getpid(), signal.SIGTERM)
threading.Event().wait()
"""

    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == -signal.SIGTERM


@pytest.mark.parametrize("asleep", ["", ASLEEP])
def test_a_second_signal_ends_a_child_that_cannot_send(tmp_path: Path, asleep: str) -> None:
    waits = f"""
class Hangs(FileTransport):
    def send(self, batch):
        again.set()
        never.acquire()

client = footfall.Client(Hangs(sys.argv[1]), options=footfall.ClientOptions(linger=3600, close_timeout=3600))

def waits():
    child()
    {asleep}
    ready.set()
    never.acquire()
"""

    assert ends(tmp_path, waits, "assert exit_code(times=2) == -signal.SIGTERM") == []


@pytest.mark.parametrize("first", ["handle(); child()", "child(); handle()"])
def test_a_child_that_says_what_sigterm_does_keeps_that(tmp_path: Path, first: str) -> None:
    waits = f"""
def handle():
    signal.signal(signal.SIGTERM, lambda *_: os._exit(7))

def waits():
    {first}
    ready.set()
    while True:  # a signal that comes just before a longer wait would be handled after it
        time.sleep(0.1)
"""

    assert ends(tmp_path, waits, "assert exit_code() == 7") == []


def test_a_fork_of_a_child_begins_without_what_its_parent_does_at_sigterm(tmp_path: Path) -> None:
    waits = """
def waits():
    child()
    if (pid := os.fork()) == 0:
        assert signal.set_wakeup_fd(-1) == -1
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        os.kill(os.getpid(), signal.SIGTERM)
        never.acquire()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGTERM
    ready.set()
    never.acquire()
"""

    assert ends(tmp_path, waits, "assert exit_code() == -signal.SIGTERM") == ["child"]


def test_a_fork_of_a_child_that_sends_expects_its_own_signal(tmp_path: Path) -> None:
    waits = f"""
def waits():
    child()
    reader, writer = os.pipe()
    if (pid := os.fork()) == 0:
        child()
        {ASLEEP}
        os.write(writer, b"ready")
        never.acquire()
    os.read(reader, 5)
    os.kill(pid, signal.SIGTERM)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGTERM
    ready.set()
    never.acquire()
"""

    assert ends(tmp_path, waits, "assert exit_code() == -signal.SIGTERM") == ["child", "child"]


def test_an_event_loop_keeps_what_wakes_it_up(tmp_path: Path) -> None:
    waits = """
import select

def waits():
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    child()
    assert signal.set_wakeup_fd(writer) == writer
    assert [thread.name for thread in threading.enumerate()] == ["MainThread", "footfall"]
    ready.set()
    while True:
        select.select([reader], [], [])
"""

    assert ends(tmp_path, waits, "assert exit_code() == -signal.SIGTERM") == ["child"]


def test_no_other_process_expects_a_signal(tmp_path: Path) -> None:
    code = """
    import signal, threading

    child()
    assert signal.set_wakeup_fd(-1) == -1
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert "footfall.client.termination" not in sys.modules
    assert [thread.name for thread in threading.enumerate()] == ["MainThread", "footfall"]
    """

    assert events(tmp_path, code) == ["child"]

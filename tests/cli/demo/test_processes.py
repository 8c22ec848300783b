"""Child processes are waited for until they speak, explained when they fail, and always stopped."""

from __future__ import annotations

import os

import pytest

from footfall.cli.demo.processes import running
from footfall.errors import UsageError

WITHIN = 60.0


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_address_is_what_the_process_says() -> None:
    with running("it", ["-c", "print('up\\nlistening on http://127.0.0.1:99', flush=True)"]) as child:
        assert child.address(WITHIN) == "http://127.0.0.1:99"


def test_a_process_may_say_what_is_no_text() -> None:
    with running("it", ["-c", r"import os; os.write(1, b'\xff\nlistening on http://127.0.0.1:99\n')"]) as child:
        assert child.address(WITHIN) == "http://127.0.0.1:99"

    assert child.lines[0] == r"\xff"


def test_a_process_that_ends_first_is_quoted() -> None:
    with (
        running("it", ["-c", "raise SystemExit('the port is taken')"]) as child,
        pytest.raises(UsageError, match="the port is taken"),
    ):
        child.address(WITHIN)


def test_a_process_that_has_ended_is_told_again_and_again() -> None:
    with running("it", ["-c", "print('gone')"]) as child:
        for _ in range(3):
            with pytest.raises(UsageError, match=r"it has stopped\n  gone"):
                child.said("back", WITHIN)


def test_a_process_that_stays_silent_is_named() -> None:
    with (
        running("the tongue-tied", ["-c", "import time; time.sleep(600)"]) as child,
        pytest.raises(UsageError, match="the tongue-tied did not say"),
    ):
        child.address(0.1)


def test_a_block_that_fails_leaves_no_process_behind() -> None:
    pids = []

    def fail() -> None:
        with running("it", ["-c", "import time; time.sleep(600)"]) as child:
            pids.append(child.pid)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()

    assert [alive(pid) for pid in pids] == [False]


def test_a_process_that_fails_at_its_end_is_quoted() -> None:
    with (
        running("it", ["-c", "raise SystemExit('out of paper')"]) as child,
        pytest.raises(UsageError, match=r"(?s)it did not end well.*out of paper"),
    ):
        child.finish(WITHIN)


def test_a_process_that_ends_well_leaves_what_it_said() -> None:
    with running("it", ["-c", "print('one'); print('two')"]) as child:
        assert child.finish(WITHIN) == "one\ntwo"

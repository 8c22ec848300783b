"""What holds for every test: properties draw the same examples each time, so that a failure is everybody's failure.

Explore with fresh examples by `pytest --hypothesis-profile=explore`.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from footfall.client.fault_log import PROCESS
from footfall.errors import PlatformError

# The workers of a run and the hundreds of processes that tests start would each compile all that they load.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# How long an example takes depends on how busy the machine is, so nothing is judged by it.
settings.register_profile(
    "repeatable", derandomize=True, print_blob=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def notices_of_a_new_process() -> None:
    """A fault is logged once in a process; each test sees it as the first."""
    PROCESS.forget()


@pytest.fixture
def caplog(caplog: pytest.LogCaptureFixture) -> Generator[pytest.LogCaptureFixture]:
    """Without the lines of threads that were there before: a client that an earlier test left open may still send."""
    earlier = {*threading.enumerate()} - {threading.current_thread()}

    def is_of_this_test(_: logging.LogRecord) -> bool:
        return threading.current_thread() not in earlier

    caplog.handler.addFilter(is_of_this_test)
    yield caplog
    caplog.handler.removeFilter(is_of_this_test)


def pytest_collection_finish() -> None:
    """What is loaded now stays to the end: no collection of garbage need look through it again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None]:
    yield from _skipped_without_locks()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None]:
    yield from _skipped_without_locks()


def _skipped_without_locks() -> Generator[None]:
    """On a platform where no collector runs, skip a test as it starts one; the rest of its file holds there too."""
    try:
        yield
    except PlatformError as error:
        pytest.skip(str(error))

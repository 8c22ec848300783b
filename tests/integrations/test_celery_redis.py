"""Celery's prefork workers on a real broker: what tasks track is counted once each, also where workers are killed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("celery", reason="celery is not installed")
pytest.importorskip("redis", reason="the Python client of Redis is not installed")

from tests.integrations.celery_tasks import CALLERS, ORDERS, TASKS, WAITING_TASKS, WORKER
from tests.integrations.collected import WRITE_KEY, Collected, collecting, wait_until

from footfall.cli.demo.processes import running

SERVER = shutil.which("redis-server")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SERVER is None, reason="there is no redis-server: apt-get install redis-server"),
]

POOL = (*WORKER, "prefork", "-c", "2", "--max-tasks-per-child", "60")
ALL = {(f"user-{n}", f"browser-{n}", "shipped"): ORDERS for n in range(CALLERS)}


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[Path]:
    """A Redis that listens on a socket in the folder, and keeps nothing."""
    socket = folder / "redis"
    assert SERVER is not None
    words = (SERVER, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder))
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as server:
        try:
            wait_until(socket.exists)
            yield socket
        finally:
            server.terminate()


def client(socket: Path) -> Any:
    """Redis's own client, to be closed."""
    from redis import Redis

    return contextlib.closing(Redis(unix_socket_path=str(socket)))


def variables(folder: Path, broker: Path, collected: Collected, **settings: object) -> Mapping[str, str]:
    return {
        "BROKER": json.dumps({"broker_url": f"redis+socket://{broker}", **settings}),
        "FOOTFALL_URL": collected.address,
        "FOOTFALL_WRITE_KEY": WRITE_KEY,
        "PYTHONPATH": str(folder),
    }


def prepare(folder: Path, tasks: str) -> Path:
    (folder / "tasks.py").write_text(tasks)
    shipped = folder / "shipped"
    shipped.mkdir()
    return shipped


def call(folder: Path, environment: Mapping[str, str]) -> None:
    subprocess.run([sys.executable, "tasks.py"], cwd=folder, env={**os.environ, **environment}, check=True)


def test_a_thousand_tasks_are_each_counted_once_for_whoever_called_them(tmp_path: Path) -> None:
    shipped = prepare(tmp_path, TASKS)
    with redis(tmp_path) as broker, collecting(tmp_path) as collected:
        environment = variables(tmp_path, broker, collected)
        call(tmp_path, environment)
        # Without a stop in between: Celery itself may then lose a task that a child has just been given.
        with running("the worker", POOL, environment, folder=tmp_path):
            wait_until(lambda: len([*shipped.iterdir()]) >= CALLERS * ORDERS)
        counts = collected.counted("userId", "anonymousId", "event")

    assert counts == ALL


def test_of_a_worker_that_is_killed_no_task_is_lost_that_waited_for_what_it_tracked(tmp_path: Path) -> None:
    """What the dead workers had taken and not ended, Redis gives to another worker after an hour, and no sooner."""
    prepare(tmp_path, WAITING_TASKS)

    def tasks(name: str) -> set[str]:
        return set((tmp_path / name).read_text().split()) if (tmp_path / name).exists() else set()

    with redis(tmp_path) as broker, collecting(tmp_path) as collected, client(broker) as queue:
        environment = variables(tmp_path, broker, collected)
        call(tmp_path, environment)
        for share in (4, 2):
            with running("the worker", POOL, environment, folder=tmp_path) as worker:
                wait_until(lambda share=share: len(tasks("ended")) >= CALLERS * ORDERS // share)
                os.killpg(worker.pid, signal.SIGKILL)
        with running("the worker", POOL, environment, folder=tmp_path):
            wait_until(lambda: queue.llen("celery") == 0)
        stored = collected.counted("messageId")

    assert set(stored.values()) == {1}
    assert tasks("ended") <= {message_id for (message_id,) in stored} <= tasks("began")

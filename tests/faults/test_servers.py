"""Servers that fork, patch and end processes in ways of their own: the client of an application delivers in each."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.delivery.loopback import serving

from footfall.clock import SystemClock

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="these servers need a platform that forks")

CLOCK = SystemClock()


@contextmanager
def running(folder: Path, *command: str, **variables: str) -> Iterator[Callable[[Callable[[], bool]], None]]:
    """Run a Python module in `folder` and end it by SIGTERM; gives a function that waits for something to come true."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )

    def wait_until(comes_true: Callable[[], bool]) -> None:
        deadline = CLOCK.monotonic() + 90
        while not comes_true():
            assert process.poll() is None, process.communicate()[1]
            assert CLOCK.monotonic() < deadline
            CLOCK.sleep(0.02)

    try:
        yield wait_until
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def status_of(port: int) -> int:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/")
        status = connection.getresponse().status
    except OSError:
        return 0
    connection.close()
    return status


WEB = """
import os
from footfall import Client

client = Client(os.environ["COLLECTOR"], write_key="key")
{early}

def application(environ, start_response):
    receipt = client.track("hit", user_id="ann")
    start_response("200 OK" if receipt else "500 Internal Server Error", [])
    return []
"""


@pytest.mark.parametrize("early", ["", 'client.track("booted", user_id="ann")'])
@pytest.mark.parametrize("kind", ["gevent", "gthread", "sync"])
def test_gunicorn_that_loads_the_application_before_it_forks(kind: str, early: str, tmp_path: Path) -> None:
    pytest.importorskip("gunicorn", reason="gunicorn is not installed")
    if kind == "gevent":
        pytest.importorskip("gevent", reason="gevent is not installed")
    (tmp_path / "web.py").write_text(WEB.format(early=early))
    port = free_port()
    command = ["gunicorn", "--preload", "-k", kind, "-w", "2", "-b", f"127.0.0.1:{port}", "web:application"]

    with serving() as server, running(tmp_path, *command, COLLECTOR=server.url) as wait_until:
        wait_until(lambda: status_of(port) == 200)
        server.taken.clear()
        with ThreadPoolExecutor(8) as callers:
            statuses = list(callers.map(status_of, [port] * 40))
        wait_until(lambda: server.taken.count("hit") >= 40)
        last = status_of(port)  # sent as the workers end

    assert (set(statuses), last) == ({200}, 200)
    # The first hit, which waited for the server, may have come before or after the list was cleared.
    assert server.taken.count("hit") in (41, 42)


TASKS = """
import os
from celery import Celery
from footfall import Client

app = Celery("tasks", broker="filesystem://")
app.conf.task_ignore_result = True
app.conf.broker_transport_options = {
    "data_folder_in": "queue", "data_folder_out": "queue", "processed_folder": "processed", "store_processed": False
}
client = Client(os.environ["COLLECTOR"], write_key="key")

@app.task
def hit():
    client.track("hit", user_id="ann")

if __name__ == "__main__":
    for _ in range(6):
        hit.delay()
"""


def test_celery_that_ends_each_child_after_one_task(tmp_path: Path) -> None:
    pytest.importorskip("celery", reason="celery is not installed")
    (tmp_path / "tasks.py").write_text(TASKS)
    (tmp_path / "queue").mkdir()
    (tmp_path / "processed").mkdir()
    command = ["celery", "-A", "tasks", "worker", "-c", "2", "--max-tasks-per-child", "1", "--without-mingle"]

    with serving() as server:
        variables = {"COLLECTOR": server.url}
        subprocess.run([sys.executable, "tasks.py"], cwd=tmp_path, env={**os.environ, **variables}, check=True)
        with running(tmp_path, *command, **variables) as wait_until:
            wait_until(lambda: server.taken.count("hit") == 6)

    assert server.taken.count("hit") == 6


ASGI = """
import asyncio, os
from footfall import AsyncClient, ClientOptions

client = AsyncClient(os.environ["COLLECTOR"], write_key="key", options=ClientOptions(linger=0.2))

async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await client.aclose()
        await send({"type": "lifespan.shutdown.complete"})
        return
    # As frameworks call a plain `def` endpoint.
    receipt = await asyncio.to_thread(client.track, "hit", user_id="ann")
    await send({"type": "http.response.start", "status": 200 if receipt else 500, "headers": []})
    await send({"type": "http.response.body"})
"""


def test_uvicorn_whose_endpoints_are_plain_functions_and_whose_lifespan_closes_the_client(tmp_path: Path) -> None:
    (tmp_path / "web.py").write_text(ASGI)
    port = free_port()
    command = ["uvicorn", "--port", str(port), "--log-level", "warning", "web:application"]

    with serving() as server, running(tmp_path, *command, COLLECTOR=server.url) as wait_until:
        wait_until(lambda: status_of(port) == 200)
        wait_until(lambda: server.taken.count("hit") >= 1)  # sent although nothing calls the client in a loop
        sent = server.taken.count("hit")
        last = status_of(port)

    assert last == 200
    assert server.taken.count("hit") == sent + 1

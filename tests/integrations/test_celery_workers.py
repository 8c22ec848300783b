"""Celery's real workers: whatever pool runs the tasks, and however often it is replaced, each task is counted once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("celery", reason="celery is not installed")

from tests.integrations.collected import WRITE_KEY, collecting, wait_until

from footfall.cli.demo.processes import running

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="a prefork pool needs a platform that forks"),
]

CALLERS, ORDERS = 8, 125

TASKS = f"""
from pathlib import Path

from celery import Celery
from footfall import Client
from footfall.integrations import celery as footfall_celery

app = Celery("tasks", broker="filesystem://")
app.conf.task_ignore_result = True
app.conf.broker_connection_retry_on_startup = True
app.conf.broker_transport_options = {{
    "data_folder_in": "queue", "data_folder_out": "queue", "processed_folder": "done", "store_processed": False,
    "polling_interval": 0.01,
}}
client = Client()
footfall_celery.install(app, client)


@app.task(bind=True, max_retries=1)
def ship(self, order):
    if order % 10 == 0 and not self.request.retries:
        raise self.retry(countdown=0)
    client.track("shipped", {{"order": order}}, message_id=f"{{client_of(self)}}-{{order}}")
    Path("shipped", f"{{client_of(self)}}-{{order}}").touch()


def client_of(task):
    return task.request.mine


if __name__ == "__main__":
    for caller in range({CALLERS}):
        with client.scope(user_id=f"user-{{caller}}", anonymous_id=f"browser-{{caller}}"):
            for order in range({ORDERS}):
                ship.apply_async((order,), headers={{"mine": f"c{{caller}}"}})
"""

# A task begins before it tracks, and ends after what it tracked has arrived.
WAITING_TASKS = (
    TASKS.replace("install(app, client)", "install(app, client, flush=30)")
    + """

import os

from celery import signals


def note(name, task, args):
    file = os.open(name, os.O_APPEND | os.O_CREAT | os.O_WRONLY)
    os.write(file, f"{client_of(task)}-{args[0]}\\n".encode())
    os.close(file)


@signals.task_prerun.connect(weak=False)
def begins(task, args, **_):
    note("began", task, args)


@signals.task_postrun.connect(weak=False)
def ends(task, args, state, **_):
    if state == "SUCCESS":
        note("ended", task, args)
"""
)

WORKER = ("-m", "celery", "-A", "tasks", "worker", "-l", "warning", "--without-mingle", "--without-gossip", "-P")


@pytest.mark.parametrize(
    "pool",
    [("prefork", "-c", "2", "--max-tasks-per-child", "60"), ("threads", "-c", "4"), ("solo",)],
    ids=" ".join,
)
def test_a_thousand_tasks_are_each_counted_once_for_whoever_called_them(pool: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_text(TASKS)
    for folder in ("queue", "done", "shipped"):
        (tmp_path / folder).mkdir()
    shipped = tmp_path / "shipped"

    with collecting(tmp_path) as collected:
        variables = {"FOOTFALL_URL": collected.address, "FOOTFALL_WRITE_KEY": WRITE_KEY, "PYTHONPATH": str(tmp_path)}
        subprocess.run([sys.executable, "tasks.py"], cwd=tmp_path, env={**os.environ, **variables}, check=True)
        # SIGTERM once in the middle of the work; a prefork pool's children may then be killed before they have sent.
        stops = (CALLERS * ORDERS,) if "prefork" in pool else (CALLERS * ORDERS // 3, CALLERS * ORDERS)
        for tasks in stops:
            with running("the worker", (*WORKER, *pool), variables, folder=tmp_path):
                wait_until(lambda tasks=tasks: len([*shipped.iterdir()]) >= tasks)
        counts = collected.counted("userId", "anonymousId", "event")

    assert counts == {(f"user-{n}", f"browser-{n}", "shipped"): ORDERS for n in range(CALLERS)}


def test_what_a_task_waited_for_is_stored_whenever_its_worker_is_stopped(tmp_path: Path) -> None:
    """The kernel kills children of such a pool as their worker stops: a task that did not end may have no message."""
    (tmp_path / "tasks.py").write_text(WAITING_TASKS)
    for folder in ("queue", "done", "shipped"):
        (tmp_path / folder).mkdir()
    pool = ("prefork", "-c", "2", "--max-tasks-per-child", "20")

    def tasks(name: str) -> set[str]:
        return set((tmp_path / name).read_text().split()) if (tmp_path / name).exists() else set()

    with collecting(tmp_path) as collected:
        variables = {"FOOTFALL_URL": collected.address, "FOOTFALL_WRITE_KEY": WRITE_KEY, "PYTHONPATH": str(tmp_path)}
        subprocess.run([sys.executable, "tasks.py"], cwd=tmp_path, env={**os.environ, **variables}, check=True)
        for count in (150, 300, 450):
            with running("the worker", (*WORKER, *pool), variables, folder=tmp_path):
                wait_until(lambda count=count: len(tasks("ended")) >= count)
        stored = collected.counted("messageId")

    assert set(stored.values()) == {1}
    assert tasks("ended") <= {message_id for (message_id,) in stored} <= tasks("began")

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


@pytest.mark.parametrize(
    "pool",
    [("prefork", "-c", "2", "--max-tasks-per-child", "60"), ("threads", "-c", "4"), ("solo",)],
    ids=" ".join,
)
def test_a_thousand_tasks_are_each_counted_once_for_whoever_called_them(pool: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_text(TASKS)
    for folder in ("queue", "done", "shipped"):
        (tmp_path / folder).mkdir()
    worker = [
        "-m",
        "celery",
        "-A",
        "tasks",
        "worker",
        "-l",
        "warning",
        "--without-mingle",
        "--without-gossip",
        "-P",
        *pool,
    ]
    shipped = tmp_path / "shipped"

    with collecting(tmp_path) as collected:
        variables = {"FOOTFALL_URL": collected.address, "FOOTFALL_WRITE_KEY": WRITE_KEY, "PYTHONPATH": str(tmp_path)}
        subprocess.run([sys.executable, "tasks.py"], cwd=tmp_path, env={**os.environ, **variables}, check=True)
        # SIGTERM once in the middle of the work; a child of a prefork pool may then end before it has sent its last.
        stops = (CALLERS * ORDERS,) if "prefork" in pool else (CALLERS * ORDERS // 3, CALLERS * ORDERS)
        for tasks in stops:
            with running("the worker", worker, variables, folder=tmp_path):
                wait_until(lambda tasks=tasks: len([*shipped.iterdir()]) >= tasks)
        counts = collected.counted("userId", "anonymousId", "event")

    assert counts == {(f"user-{n}", f"browser-{n}", "shipped"): ORDERS for n in range(CALLERS)}

"""Celery's real workers: whatever pool runs the tasks, and however often it is replaced, each task is counted once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("celery", reason="celery is not installed")

from tests.integrations.celery_tasks import CALLERS, ORDERS, TASKS, WAITING_TASKS, WORKER
from tests.integrations.collected import WRITE_KEY, collecting, wait_until

from footfall.cli.demo.processes import running

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="a prefork pool needs a platform that forks"),
]

FILES = {
    "broker_url": "filesystem://",
    "broker_transport_options": {
        "data_folder_in": "queue", "data_folder_out": "queue", "processed_folder": "done", "store_processed": False,
        "polling_interval": 0.01,
    },
}  # fmt: skip


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
        variables = {
            "BROKER": json.dumps(FILES), "FOOTFALL_URL": collected.address, "FOOTFALL_WRITE_KEY": WRITE_KEY,
            "PYTHONPATH": str(tmp_path),
        }  # fmt: skip
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
        variables = {
            "BROKER": json.dumps(FILES), "FOOTFALL_URL": collected.address, "FOOTFALL_WRITE_KEY": WRITE_KEY,
            "PYTHONPATH": str(tmp_path),
        }  # fmt: skip
        subprocess.run([sys.executable, "tasks.py"], cwd=tmp_path, env={**os.environ, **variables}, check=True)
        for count in (150, 300, 450):
            with running("the worker", (*WORKER, *pool), variables, folder=tmp_path):
                wait_until(lambda count=count: len(tasks("ended")) >= count)
        stored = collected.counted("messageId")

    assert set(stored.values()) == {1}
    assert tasks("ended") <= {message_id for (message_id,) in stored} <= tasks("began")

"""Tasks for Celery's real workers, as modules that they import; the broker's settings are JSON in `BROKER`."""

from __future__ import annotations

__all__ = ["CALLERS", "ORDERS", "TASKS", "WAITING_TASKS", "WORKER"]

CALLERS, ORDERS = 8, 125

TASKS = f"""
import json
import os
from pathlib import Path

from celery import Celery
from footfall import Client
from footfall.integrations import celery as footfall_celery

app = Celery("tasks")
app.conf.task_ignore_result = True
app.conf.broker_connection_retry_on_startup = True
app.conf.update(json.loads(os.environ["BROKER"]))
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

"""Planted truth is stored, sealed and backed up under load; its folder is lost, and the restored one has all of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.maintenance.folders import bodies, is_balanced

from footfall import Client
from footfall import plan as plans
from footfall.maintenance.restore import restore
from footfall.maintenance.verify import verify
from footfall.storage.environments import Sender, line_source, named
from footfall.testing.planted import Planted, plant, send
from footfall.testing.process import CollectorProcess

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="a collector needs Linux or macOS"),
]

PLAN = Path(__file__).parents[2] / "tracking_plans" / "shop_and_gateway"


def key_of(sender: Sender) -> str:
    return f"{sender.source}-{named(sender.environment)}"


def key_lines(planted: Planted) -> list[str]:
    return [f"{key_of(each)}={each.source}:{named(each.environment)}" for each in planted.senders]


def footfall(*arguments: str | Path) -> str:
    command = [sys.executable, "-m", "footfall", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def deliver(planted: Planted, url: str) -> None:
    with ExitStack() as stack:
        clients = {
            sender: stack.enter_context(Client(url, write_key=key_of(sender), plan=planted.plan))
            for sender in planted.senders
        }
        send(planted, clients)
        for client in clients.values():
            client.flush(timeout=60)
            assert client.stats().pending == 0


def books_of(data: Path) -> dict[str, Any]:
    total: dict[str, Any] = json.loads(footfall("stats", "--data", data, "--format", "json"))["total"]
    return total


@pytest.fixture(scope="module")
def planted() -> Planted:
    return plant(plans.read(PLAN).require(), people=70, seed=7)


def test_what_was_planted_is_restored_byte_for_byte_and_a_repeat_of_it_counts_once(
    planted: Planted, tmp_path: Path
) -> None:
    data, backups, copy = tmp_path / "data", tmp_path / "backups", tmp_path / "copy"
    half = len(planted.messages) // 2
    early, late = (planted._replace(messages=part) for part in (planted.messages[:half], planted.messages[half:]))
    keys = key_lines(planted)
    with CollectorProcess(data, plan=PLAN, write_keys=keys) as collector:
        deliver(early, collector.url)
        acknowledged = set(bodies(data))
        footfall("jobs", "run", "seal", "--data", data)
        sender = threading.Thread(target=deliver, args=(late, collector.url))
        sender.start()
        under_load = Path(footfall("backup", backups, "--data", data).partition(":")[0])
        copy_as_rsync_does(backups, copy)
        sender.join()
        footfall("jobs", "run", "seal", "--data", data)
        footfall("backup", backups, "--data", data)
        copy_as_rsync_does(backups, copy)
        before = bodies(data)
    shutil.rmtree(data)

    restoration = restore(backups, data)

    assert restoration.verification.is_whole
    assert bodies(data) == before
    assert before.keys() == {line_source(message_id, environment) for environment, message_id in planted.kept}
    assert is_balanced(data)
    rows = map(json.loads, footfall("export", "--data", data).splitlines())
    assert {row["message_id"]: (row["person_id"], row["reason"]) for row in rows} == planted.persons
    assert acknowledged <= set(bodies(under_load))
    assert [verify(path).damages for path in sorted(copy.glob("0*"))] == [(), ()]
    assert set(bodies(max(copy.glob("0*")))) == before.keys()
    stored = books_of(data)["stored"]
    with CollectorProcess(data, plan=PLAN, write_keys=keys) as collector:
        deliver(planted, collector.url)
    books = books_of(data)
    assert (books["stored"], books["duplicate"]) == (stored, planted.duplicate + len(planted.messages))
    assert bodies(data) == before


def copy_as_rsync_does(source: Path, target: Path) -> None:
    """Copy what is not there yet, file by file, and nothing whose name begins with a dot."""
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source)
        if path.is_file() and not any(part.startswith(".") for part in name.parts) and not (target / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target / name)

"""On real file systems: what was acknowledged survives failed syncs and power cuts, and /ready says how it is."""

from __future__ import annotations

import json
import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import apsw
import httpx
import pytest
from tests.faults.disks import CLOCK, ThinDisk, run, wait_until, why_not

from footfall.testing.process import CollectorProcess

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

AUTH = ("test-key", "")


def batch(names: list[str], size: int = 800) -> bytes:
    properties = {"filler": random.randbytes(size // 2).hex()}
    messages = [
        {"type": "track", "event": "e", "userId": "u", "messageId": name, "properties": properties} for name in names
    ]
    return json.dumps({"batch": messages}).encode()


class Sender(threading.Thread):
    """Sends batches, each until it is acknowledged."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.label = name
        self.acknowledged: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.is_over = False

    def run(self) -> None:
        with httpx.Client(auth=AUTH, timeout=10) as client:
            self.send(client)

    def send(self, client: httpx.Client) -> None:
        number = 0
        while not self.is_over:
            names = [f"{self.label}-{number}-{place}" for place in range(20)]
            try:
                status = client.post(f"{self.url}/v1/batch", content=batch(names)).status_code
            except httpx.HTTPError:
                status = 0
            self.statuses[status] += 1
            if status == 200:
                self.acknowledged += names
                number += 1
            else:
                CLOCK.sleep(0.05)


class Load:
    def __init__(self, url: str) -> None:
        self.senders = [Sender(url, f"s{number}") for number in range(3)]
        for sender in self.senders:
            sender.start()

    def acknowledged(self) -> list[str]:
        return [name for sender in self.senders for name in list(sender.acknowledged)]

    def failed(self) -> bool:
        return any(status != 200 for sender in self.senders for status in list(sender.statuses))

    def end(self) -> list[str]:
        for sender in self.senders:
            sender.is_over = True
        for sender in self.senders:
            sender.join()
        return self.acknowledged()


@pytest.fixture
def thin(tmp_path: Path) -> Iterator[ThinDisk]:
    disk = ThinDisk(tmp_path)
    yield disk
    disk.close()


def stored(data: Path) -> set[str]:
    tool = apsw.Connection(str(data / "journal.db"))
    assert tool.pragma("integrity_check") == "ok"
    names = {name for (name,) in tool.execute("SELECT message_id FROM messages")}
    tool.close()
    return names


@pytest.mark.parametrize("number", range(3))
def test_a_power_cut_loses_nothing_that_was_acknowledged(thin: ThinDisk, number: int) -> None:
    collector = CollectorProcess(thin.path / "data")
    load = Load(collector.url)
    wait_until(lambda: len(load.acknowledged()) > 1000 * (number + 1))
    thin.cut_power(collector.pid)
    acknowledged = load.end()
    collector.kill()

    assert set(acknowledged) <= stored(thin.path / "data")


@pytest.mark.parametrize("number", range(5))
def test_a_failed_sync_and_then_a_power_cut_lose_nothing_that_was_acknowledged(thin: ThinDisk, number: int) -> None:
    collector = CollectorProcess(thin.path / "data")
    load = Load(collector.url)
    wait_until(lambda: len(load.acknowledged()) > 2000)
    thin.starve()
    wait_until(load.failed)
    states = [httpx.get(f"{collector.url}{path}") for path in ("/live", "/ready")]
    thin.feed()
    before = len(load.acknowledged())
    wait_until(lambda: len(load.acknowledged()) > before + 200 * (number + 1))
    ready = httpx.get(f"{collector.url}/ready")
    thin.cut_power(collector.pid)
    acknowledged = load.end()
    collector.kill()

    assert set(acknowledged) <= stored(thin.path / "data")
    assert [state.status_code for state in states] == [200, 503]
    assert (states[1].json()["state"], ready.json()["state"]) == ("unsynced", "ready")
    assert not (thin.path / "data" / "journal.db").is_symlink()


def test_a_collector_on_a_full_disk_is_not_ready_and_takes_messages_again_when_there_is_room(tmp_path: Path) -> None:
    run("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(tmp_path))
    try:
        with CollectorProcess(tmp_path / "data") as collector:
            statuses: list[int] = []
            while not statuses or statuses[-1] == 200:
                content = batch([f"{len(statuses)}-{place}" for place in range(20)])
                statuses.append(httpx.post(f"{collector.url}/v1/batch", content=content, auth=AUTH).status_code)
            idle = []
            for _ in range(4):
                CLOCK.sleep(1.1)
                idle.append(httpx.get(f"{collector.url}/ready").status_code)
            run("mount", "-o", "remount,size=50m", str(tmp_path))
            wait_until(lambda: httpx.get(f"{collector.url}/ready").status_code == 200)
            again = httpx.post(f"{collector.url}/v1/batch", content=batch(["again"]), auth=AUTH).status_code
            code, said = collector.stop()

        assert (statuses[-1], idle, again, code) == (503, [503] * 4, 200, 0)
        assert len(said.splitlines()) == 2  # the begin of the failure, and its end
        assert "again" in stored(tmp_path / "data")
    finally:
        wait_until(lambda: os.system(f"umount {tmp_path}") == 0)


def test_on_a_disk_that_was_full_as_it_started_small_batches_that_fit_do_not_make_a_collector_ready(
    tmp_path: Path,
) -> None:
    run("mount", "-t", "tmpfs", "-o", "size=60m", "tmpfs", str(tmp_path))
    filler = tmp_path / "filler"
    try:
        with CollectorProcess(tmp_path / "data") as first:
            assert httpx.post(f"{first.url}/v1/batch", content=batch(["a"]), auth=AUTH).status_code == 200
            first.stop()
        filler.write_bytes(bytes(58 << 20))
        with CollectorProcess(tmp_path / "data") as collector:
            large = [f"large-{number}" for number in range(1000)]
            statuses = [httpx.post(f"{collector.url}/v1/batch", content=batch(large, 6000), auth=AUTH).status_code]
            small = []
            for number in range(30):
                answer = httpx.post(f"{collector.url}/v1/batch", content=batch([f"{number}"], 10), auth=AUTH)
                small.append((answer.status_code, httpx.get(f"{collector.url}/ready").status_code))
                CLOCK.sleep(0.1)
            filler.unlink()
            wait_until(lambda: httpx.get(f"{collector.url}/ready").status_code == 200)
            statuses.append(httpx.post(f"{collector.url}/v1/batch", content=batch(large, 6000), auth=AUTH).status_code)
            collector.stop()

        assert statuses == [503, 200]
        assert {ready for _, ready in small} == {503}
        assert (200, 503) in small
        assert set(large) <= stored(tmp_path / "data")
    finally:
        wait_until(lambda: os.system(f"umount {tmp_path}") == 0)

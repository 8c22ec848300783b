"""Senders that never stop, whatever becomes of their collector, and the promise that is held against what it kept."""

from __future__ import annotations

import base64
import http.client
import json
import random
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import apsw

from footfall import storage
from footfall.storage import DataFolder

__all__ = ["PATIENCE", "Senders", "assert_nothing_lost"]

HEADERS = {"Authorization": "Basic " + base64.b64encode(b"test-key:").decode()}
PATIENCE = 60.0  # seconds without any answer after which the collector counts as stuck


class Senders:
    """Threads that post batches to whatever port they are aimed at, each the same batch until it is acknowledged."""

    def __init__(self, count: int, *, size: int = 200, seed: int = 7) -> None:
        self.acknowledged: set[str] = set()
        self.offered: set[str] = set()
        self._size = size
        self._answers = 0
        self._port: int | None = None
        self._ended = False
        self._changed = threading.Condition()
        self._threads = [
            threading.Thread(target=self._run, args=(f"s{number}", random.Random(seed + number)), daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def aim(self, port: int | None) -> None:
        """Send there from now on; None is nowhere."""
        with self._changed:
            self._port = port
            self._changed.notify_all()

    def wait_for_answers(self, count: int) -> None:
        """Wait until so many more batches were acknowledged, or nothing was for a minute."""
        with self._changed:
            goal = self._answers + count
            while self._answers < goal and self._changed.wait(PATIENCE):
                pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _run(self, name: str, chance: random.Random) -> None:
        number, batch = 0, [""]
        while (port := self._next_port()) is not None:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            try:
                while self._port == port and not self._ended:
                    if batch == [""]:
                        batch = [f"{name}-{number + step}" for step in range(chance.choice([1, 7, 50]))]
                        number += len(batch)
                        self.offered.update(batch)
                    connection.request("POST", "/v1/batch", self._body(batch), HEADERS)
                    answer = connection.getresponse()
                    said = json.loads(answer.read())
                    if answer.status == 200 and said["stored"] + said["duplicate"] == len(batch):
                        self._note(batch)
                        batch = [""]
            except (OSError, http.client.HTTPException, ValueError):
                with self._changed:  # the collector is gone; look for the next one a little later
                    self._changed.wait(0.02)
            finally:
                connection.close()

    def _next_port(self) -> int | None:
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._port is not None)
            return None if self._ended else self._port

    def _note(self, batch: list[str]) -> None:
        with self._changed:
            self.acknowledged.update(batch)
            self._answers += 1
            self._changed.notify_all()

    def _body(self, batch: list[str]) -> bytes:
        message = {"type": "track", "event": "e", "userId": "u", "properties": {"pad": "x" * self._size}}
        return json.dumps({"batch": [{**message, "messageId": each} for each in batch]}).encode()


def assert_nothing_lost(data: Path, senders: Senders) -> None:
    """Every acknowledged message is there, once; nothing is there that nobody sent; the books agree."""
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        stored = [entry.row.message_id for chunk in snapshot.scan("stored") for entry in chunk]
        books = snapshot.books().get(("default", "e"), {"received": 0, "stored": 0, "duplicate": 0})
    check = apsw.Connection(str(DataFolder.read(data).journal_path), flags=apsw.SQLITE_OPEN_READONLY)
    intact = check.pragma("integrity_check")
    check.close()

    print(f"{len(senders.acknowledged):,} acknowledged, {len(senders.acknowledged - set(stored)):,} lost")  # noqa: T201
    assert intact == "ok"
    assert senders.acknowledged - set(stored) == set()
    assert set(stored) <= senders.offered
    assert len(stored) == len(set(stored)) == books["stored"]
    assert books["received"] == books["stored"] + books["duplicate"]

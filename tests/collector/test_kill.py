"""A collector that is killed in the middle of its work has kept, once, every message that it acknowledged."""

from __future__ import annotations

import base64
import http.client
import json
import threading
from pathlib import Path

from footfall.storage import DataFolder, SqliteJournal
from footfall.testing.process import CollectorProcess

HEADERS = {"Authorization": "Basic " + base64.b64encode(b"test-key:").decode()}
SENDERS = 4
BATCH = 20


class Sender:
    """Posts batches over one connection until the collector is gone; notes which messages were acknowledged."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.acknowledged: list[str] = []
        self.unanswered: list[str] = []
        self.number = 0

    def run(self, port: int, some: threading.Event, most: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            for _ in range(most):
                # What was in flight when the collector died is sent again: it may, or may not, have been kept.
                batch = self.unanswered or self.next_batch()
                self.unanswered = batch
                connection.request("POST", "/v1/batch", body(batch), HEADERS)
                answer = json.loads(connection.getresponse().read())
                assert answer["stored"] + answer["duplicate"] == len(batch)
                self.acknowledged += batch
                self.unanswered = []
                if self.number >= 3 * BATCH:
                    some.set()
        except (OSError, http.client.HTTPException):
            pass  # killed
        finally:
            connection.close()

    def next_batch(self) -> list[str]:
        self.number += BATCH
        return [f"{self.name}-{number}" for number in range(self.number - BATCH, self.number)]


def body(batch: list[str]) -> bytes:
    messages = [{"type": "track", "event": "e", "userId": "u", "messageId": message_id} for message_id in batch]
    return json.dumps({"batch": messages}).encode()


def stored(data: Path) -> list[str]:
    journal = SqliteJournal(DataFolder.read(data).journal_path, readonly=True)
    found = [entry.row.message_id for chunk in journal.scan("stored") for entry in chunk]
    books = journal.books()["default", "e"]
    journal.close()
    assert books["stored"] == len(found)
    assert books["received"] == books["stored"] + books["duplicate"]
    return found


def test_every_acknowledged_message_survives_kill_9_and_stands_there_once(tmp_path: Path) -> None:
    senders = [Sender(f"s{number}") for number in range(SENDERS)]
    for _ in range(3):
        collector = CollectorProcess(tmp_path / "data")
        some = threading.Event()
        threads = [threading.Thread(target=sender.run, args=(collector.port, some, 10**6)) for sender in senders]
        for thread in threads:
            thread.start()
        some.wait()
        collector.kill()
        for thread in threads:
            thread.join()

        kept = stored(tmp_path / "data")
        acknowledged = {message_id for sender in senders for message_id in sender.acknowledged}
        in_flight = {message_id for sender in senders for message_id in sender.unanswered}
        assert len(kept) == len(set(kept))
        assert acknowledged <= set(kept) <= acknowledged | in_flight

    with CollectorProcess(tmp_path / "data") as collector:
        for sender in senders:
            sender.run(collector.port, threading.Event(), 1)

    assert sorted(stored(tmp_path / "data")) == sorted(
        message_id for sender in senders for message_id in sender.acknowledged
    )
    assert not any(sender.unanswered for sender in senders)

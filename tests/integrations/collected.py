"""A real collector for the tests of the integrations, and what it has when it has stopped."""

from __future__ import annotations

import contextlib
import json
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from footfall.cli.demo.processes import FOOTFALL, Child, running
from footfall.clock import SystemClock
from footfall.query import open as open_data

__all__ = ["WITHIN", "WRITE_KEY", "Collected", "collecting", "free_port"]

WITHIN = 90.0  # seconds that a process may take on a busy machine
WRITE_KEY = "key-of-the-tests"


class Collected:
    """The collector's address, and its messages."""

    def __init__(self, address: str, data: Path, collector: Child) -> None:
        self.address = address
        self._data = data
        self._collector = collector

    def messages(self) -> list[dict[str, Any]]:
        """Every message that is stored, as it was sent. The collector stops for it."""
        self._collector.stop()
        with open_data(self._data) as data:
            return [json.loads(message) for (message,) in data.sql("SELECT message FROM messages")]

    def counted(self, *keys: str) -> Counter[tuple[object, ...]]:
        """How many messages have the same values under these keys of theirs."""
        return Counter(tuple(message.get(key) for key in keys) for message in self.messages())


@contextlib.contextmanager
def collecting(folder: Path) -> Iterator[Collected]:
    """Run `footfall serve` on a new data folder, without a plan."""
    data = folder / "data"
    serve = (*FOOTFALL, "serve", "--data", str(data), "--port", "0", "--write-key", f"{WRITE_KEY}=web", "--no-jobs")
    with running("the collector", serve) as collector:
        yield Collected(collector.address(WITHIN), data, collector)


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(comes_true: Any) -> None:
    """Wait for something that another process does, and fail after 90 seconds."""
    clock = SystemClock()
    deadline = clock.monotonic() + WITHIN
    while not comes_true():
        assert clock.monotonic() < deadline
        clock.sleep(0.02)

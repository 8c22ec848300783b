"""A real collector on a disk that stands still: its memory stays bounded, and nothing that it acknowledged is lost."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from pathlib import Path

import httpx
import pytest

from footfall.collector import CollectorSettings
from footfall.storage import DataFolder, SqliteJournal
from footfall.testing.process import CollectorProcess

TOOLS = ("mkfs.ext4", "mount", "umount", "fsfreeze")
pytestmark = [
    pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="freezing a file system needs root"),
    pytest.mark.skipif(any(shutil.which(tool) is None for tool in TOOLS), reason=f"needs {', '.join(TOOLS)}"),
]

REQUESTS = 40
MESSAGES = 600
# What is held twice while it is judged, what SQLite copies, and what the C library keeps in pieces.
FACTOR = 2


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Path]:
    """An ext4 file system of 1 GB in a file."""
    image, folder = tmp_path / "image", tmp_path / "mount"
    with image.open("wb") as file:
        file.truncate(1_000_000_000)
    folder.mkdir()
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    mounted = subprocess.run(["mount", "-o", "loop", image, folder], check=False, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no loop device can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def body(number: int) -> bytes:
    """19 MB as 21 KB."""
    messages = [
        {
            "type": "track",
            "event": "e",
            "userId": "u",
            "messageId": f"{number}-{index}",
            "properties": {"p": "x" * 32_000},
        }
        for index in range(MESSAGES)
    ]
    return gzip.compress(json.dumps({"batch": messages}).encode(), mtime=0)


def peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1_000


def test_requests_that_inflate_a_thousandfold_stay_within_the_budget_while_the_disk_stands_still(mount: Path) -> None:
    budget = CollectorSettings().max_waiting_bytes
    bodies = [body(number) for number in range(REQUESTS)]
    # None of those that are let in can end while the disk stands still, so all the others are turned away meanwhile.
    turned_away = REQUESTS - budget // (MESSAGES * 32_000)

    with CollectorProcess(mount / "data") as collector, ThreadPoolExecutor(REQUESTS) as pool:

        def send(content: bytes) -> httpx.Response:
            return httpx.post(f"{collector.url}/v1/batch", content=content, auth=("test-key", ""), timeout=300)

        frozen = subprocess.run(["fsfreeze", "-f", mount], check=False, capture_output=True, text=True)
        if frozen.returncode:
            pytest.skip(f"no file system can be frozen here: {frozen.stderr.strip()}")
        try:
            sent = [pool.submit(send, content) for content in bodies]
            early = [future.result() for future in islice(as_completed(sent), turned_away)]
        finally:
            subprocess.run(["fsfreeze", "-u", mount], check=True)
        statuses = [future.result().status_code for future in sent]
        peak = peak_mb(collector.pid)

    journal = SqliteJournal(DataFolder.read(mount / "data").journal_path, readonly=True)
    rows = sum(len(chunk) for chunk in journal.scan("stored"))
    journal.close()
    assert {(answer.status_code, answer.headers.get("retry-after")) for answer in early} == {(503, "2")}
    assert set(statuses) == {200, 503}
    assert rows == MESSAGES * statuses.count(200)
    assert peak < FACTOR * budget / 1_000_000

"""A collector that dies in the middle of a write of a checkpoint, with half of a page written, loses nothing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from tests.faults.loops import loops
from tests.faults.senders import PATIENCE, Senders, assert_nothing_lost

from footfall.testing.process import CollectorProcess

# In WAL mode nothing but a checkpoint writes to the database itself.
DIES_AT_WRITE = """
import os, signal, sys
import apsw

left, BASE = int(sys.argv.pop(1)), apsw.vfs_names()[0]

class Disk(apsw.VFS):
    def __init__(self):
        super().__init__("dies", BASE, makedefault=True)

    def xOpen(self, name, flags):
        is_journal = flags[0] & apsw.SQLITE_OPEN_MAIN_DB and name.filename().endswith("journal.db")
        return (Dying if is_journal else Plain)(BASE, name, flags)

class Plain(apsw.VFSFile):
    def xLock(self, level):
        try:
            super().xLock(level)
        except apsw.IOError:  # of a file that is open to read: nothing to SQLite, but an error to apsw
            raise apsw.BusyError from None

class Dying(Plain):
    def xWrite(self, data, offset):
        global left
        left -= 1
        if left == 0:
            super().xWrite(data[: len(data) // 2], offset)
            os.kill(os.getpid(), signal.SIGKILL)
        super().xWrite(data, offset)

disk = Disk()
from footfall.cli import main
main()
"""


def test_half_a_page_of_a_checkpoint_is_written_again(tmp_path: Path) -> None:
    data, chance = tmp_path / "data", random.Random(7)
    CollectorProcess(data).stop()  # its tables are made
    died = 0
    with Senders(2, size=4_000) as senders:
        for _ in range(loops(2)):
            process = start(data, chance.randrange(1, 400))
            assert process.stdout is not None
            line = process.stdout.readline()
            if line:  # else it has died at a write of its start
                senders.aim(int(line.rpartition(":")[2]))
            died += process.wait(PATIENCE) == -signal.SIGKILL
            senders.aim(None)
            process.stdout.close()
        with CollectorProcess(data) as collector:
            senders.aim(collector.port)
            senders.wait_for_answers(2)

    assert_nothing_lost(data, senders)
    assert died == loops(2)


def start(data: Path, writes: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", DIES_AT_WRITE, str(writes), "serve", "--data", str(data), "--port", "0"],
        env={**os.environ, "FOOTFALL_WRITE_KEYS": "test-key"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )

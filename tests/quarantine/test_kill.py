"""A replay that is killed at a commit, before it is durable or after, is finished by the next one."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from footfall.collector import Collector
from footfall.plan import read
from footfall.quarantine import replay
from footfall.storage import SqliteControl, SqliteJournal
from footfall.storage.books import imbalances, kept, total

PLAN = "plan: shop\nevents: {seen: {description: looked}}\n"
MENDED = "plan: shop\nevents: {seen: {description: looked}, bought: {description: paid}}\n"

REPLAY = """
import os, signal, sys
from pathlib import Path
from footfall import plan
from footfall.quarantine import replay
from footfall.storage import SqliteControl, SqliteJournal

class Killed(SqliteJournal):
    commits = 0

    def commit(self, changes):
        self.commits += 1
        if self.commits == 3 and sys.argv[3] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        fresh = super().commit(changes)
        if self.commits == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return fresh

path = Path(sys.argv[1]) / "journal.db"
replay(Killed(path), SqliteControl(path.with_name("control.db")), plan.read(sys.argv[2]).require(), chunk=10)
"""


@pytest.mark.parametrize(("moment", "released"), [("before", 20), ("after", 30)])
def test_a_replay_that_is_killed_loses_nothing_and_the_next_one_goes_on(
    tmp_path: Path, moment: str, released: int
) -> None:
    plan, mended, data = tmp_path / "plan.yaml", tmp_path / "mended.yaml", tmp_path / "data"
    plan.write_text(PLAN, encoding="utf-8")
    mended.write_text(MENDED, encoding="utf-8")
    messages = [{"type": "track", "event": "bought", "userId": "u", "messageId": f"m{n:02}"} for n in range(55)]
    with Collector(data, plan=plan) as collector:
        collector.take(json.dumps({"batch": messages}).encode())

    command = [sys.executable, "-c", REPLAY, str(data), str(mended), moment]
    killed = subprocess.run(command, check=False)
    journal = SqliteJournal(data / "journal.db")
    halfway = kept(total(journal.books()))
    replay(journal, SqliteControl(data / "control.db"), read(mended).require(), chunk=10)

    assert (killed.returncode, halfway) == (-signal.SIGKILL, released)
    stored = [entry for chunk in journal.scan("stored") for entry in chunk]
    assert [(entry.seq, entry.row.message_id) for entry in stored] == [(56 + n, f"m{n:02}") for n in range(55)]
    with journal.snapshot() as snapshot:
        books, quarantine = snapshot.books(), snapshot.in_quarantine()
        assert imbalances(books, watermark=snapshot.watermark(), quarantine=quarantine) == []
    journal.close()

"""Data folders that have the messages of a log in one way or another, and what is asked of them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from tests.storage.sealing import batch_of
from tests.truth.answers import Asked, answers, figures, persons
from tests.truth.log import BEGIN, DAY, Log

from footfall import storage
from footfall.analytics import Dataset, report
from footfall.cli.app import app
from footfall.plan.bundle import bundle_bytes, bundle_hash
from footfall.plan.model import Plan
from footfall.reporting.json import to_json
from footfall.storage import Changes, Entry, Row
from footfall.storage.journal import SealMark
from footfall.storage.store import Store
from footfall.storage.warehouse import ManifestStep, SealedFile
from footfall.testing import ManualClock

__all__ = [
    "EVERYTHING",
    "WINDOWS",
    "assert_exact",
    "assert_persons",
    "files_of",
    "fill",
    "report_of",
    "seal_at",
    "sealing",
    "seqs_of",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EVERYTHING = Asked(None, None, BEGIN + 20 * DAY)
WINDOWS = (
    EVERYTHING,
    Asked(BEGIN + 3 * DAY, BEGIN + 9 * DAY, BEGIN + 20 * DAY),
    Asked(None, BEGIN + 6 * DAY, BEGIN + 30 * DAY),
)
"""All there was; a part in the middle, by which journeys begin and do not end; and up to a moment."""


def fill(data: Path, log: Log, plan: Plan, *, batch: int = 17) -> None:
    """Commit a log, batch by batch, with what is released from quarantine after each."""
    with storage.open(data, "write", clock=ManualClock()) as store:
        store.control.put_bundle(bundle_hash(plan), bundle_bytes(plan))
        for start in range(0, len(log.rows), batch):
            rows = log.rows[start : start + batch]
            store.journal.commit(Changes(rows, {}, released=_released(store, log)))
        store.journal.commit(Changes((), {}, released=_released(store, log)))


def _released(store: Store, log: Log) -> list[Entry]:
    return [
        Entry(entry.seq, entry.row._replace(kind="stored", faults=None))
        for chunk in store.journal.scan("quarantined")
        for entry in chunk
        if entry.row.message_id in log.released
    ]


def seqs_of(data: Path) -> dict[int, tuple[str, str]]:
    """The numbers of all stored messages, in order, each with its source and its id."""
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        return {entry.seq: entry.row[1:3] for chunk in snapshot.scan("stored") for entry in chunk}


def sealing(data: Path, until: int, plan: Plan | None) -> Iterator[str]:
    """Seal up to a number, step by step: after each, its name is given, and a reader may look at the folder."""
    with storage.open(data, "change", command="test") as store:
        with store.journal.snapshot() as snapshot:
            mark = snapshot.state().seal
            batches = [batch_of(chunk) for chunk in snapshot.scan("stored", until=until)]
        files = store.warehouse.write(batches, plan)
        yield "written"
        steps = store.warehouse.append(ManifestStep("sealed", "2026-11-30T00:00:00Z", tuple(files)), mark.steps)
        yield "listed"
        messages = mark.messages + sum(file.messages for file in files)
        store.journal.commit(Changes((), {}, seal=SealMark(until, messages, steps)))
        yield "marked"
        while store.journal.forget(max(1, messages // 2)):
            yield "being forgotten"


def seal(data: Path, until: int, plan: Plan | None) -> None:
    """Seal up to a number."""
    for _ in sealing(data, until, plan):
        pass


def seal_at(data: Path, places: Sequence[int], *plans: Plan | None) -> None:
    """Seal up to each of these places in the order of receipt, by the plans in turn."""
    seqs = list(seqs_of(data))
    for place, plan in zip(places, itertools.cycle(plans), strict=False):
        seal(data, seqs[place], plan)


def files_of(data: Path) -> Sequence[SealedFile]:
    """The sealed files that count."""
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        return snapshot.files


def report_of(data: Path, plan: Plan | None, asked: Asked, as_of: int | datetime | None = None) -> bytes:
    """The report of a folder as JSON, as of a message or a time."""
    since, until, now = (None if us is None else _EPOCH + timedelta(microseconds=us) for us in asked)
    assert now is not None
    with Dataset.open(data, plan, as_of=as_of) as dataset:
        return to_json(report(dataset, plan, since=since, until=until, now=now).as_json())


def exported(data: Path, *options: str) -> list[dict[str, Any]]:
    """What the command exports."""
    output = CliRunner().invoke(app, ["export", "--data", str(data), *options], catch_exceptions=False).stdout_bytes
    return [json.loads(line) for line in output.splitlines()]


def assert_exact(data: Path, plan: Plan, stored: Sequence[Row], quarantined: Sequence[Row], *windows: Asked) -> None:
    """A folder says of these messages what loops say of them, over each of the windows; everything by default."""
    for asked in windows or (EVERYTHING,):
        assert figures(report_of(data, plan, asked)) == answers(plan, stored, quarantined, asked)


def assert_persons(data: Path, plan: Plan, stored: Sequence[Row]) -> None:
    """An export says of each message whose it is, and has each message once."""
    lines = exported(data)

    of_messages = {(line["source"], line["message_id"]): (line["person_id"], line["reason"]) for line in lines}
    assert of_messages == persons(plan, stored)
    assert len(lines) == len(of_messages)

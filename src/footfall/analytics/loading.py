"""Opens what a dataset reads: the parts of a store, and in DuckDB what is in quarantine and was rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from footfall.analytics.audience import LeftOut
from footfall.analytics.earlier import snapshot_as_of
from footfall.analytics.engine import hand_over
from footfall.clock import Clock
from footfall.errors import DamagedFileError
from footfall.events import Fault
from footfall.plan.model import Plan
from footfall.storage.as_of import AsOf
from footfall.storage.books import Books, kept
from footfall.storage.client_numbers import numbers_of
from footfall.storage.control import plan_as_of, plan_loads
from footfall.storage.costs import CampaignCost
from footfall.storage.environments import PRODUCTION, environment_of, is_of, wanted
from footfall.storage.journal import Entry, Refusals, Snapshot, counter_name
from footfall.storage.location import open as open_store
from footfall.storage.part import Part
from footfall.storage.signals import SignalRecord, SignalStep
from footfall.storage.store import Store
from footfall.storage.store_snapshot import StoreSnapshot
from footfall.storage.uncounted import UncountedCount
from footfall.timestamps import format_day

if TYPE_CHECKING:
    import duckdb

    from footfall.analytics.persons import PersonsCache

__all__ = [
    "CHUNK", "Asked", "Loaded", "OpenedParts", "load_entries", "load_intake", "load_parts", "load_store", "open_parts",
    "without_damaged",
]  # fmt: skip

T = TypeVar("T")

CHUNK = 20_000
"""So many rows are read from the journal at a time."""

_decode_faults = msgspec.json.Decoder(tuple[Fault, ...]).decode


class Asked(NamedTuple):
    """What to open: see `Dataset.open`."""

    data: str | Path
    plan: Plan | None
    as_of: int | datetime | None
    clock: Clock
    environment: str = PRODUCTION


KeptSignals = tuple[Sequence[SignalRecord], Sequence[SignalStep]]
"""Signals, and the steps of all of them in their order."""


class Loaded(NamedTuple):
    """What a dataset reads: its parts, the plan that says who the persons are, and what is damaged, in words.

    `as_of` is the earlier moment that was asked for. All is of one `environment`, or of `all`; `elsewhere` counts the
    messages of the others, `left_out` those of bots and own people. `cache` keeps what is worked out of the parts.
    `uncounted` are the hits that never were messages, `plan_loads` reads when which plan was loaded, `signals` which
    signals there are and what was done about them, `costs` are what campaigns cost as it is known now.
    `unfiltered` are the parts with bots and own people, where these were left out. `unlisted` messages came in and are
    nowhere any more: they were rejected or removed.
    """

    parts: Sequence[Part]
    plan: Plan | None
    losses: tuple[str, ...] = ()
    as_of: AsOf | None = None
    environment: str = PRODUCTION
    elsewhere: Mapping[str, int] = MappingProxyType({})
    cache: PersonsCache | None = None
    left_out: LeftOut | None = None
    uncounted: Sequence[UncountedCount] = ()
    plan_loads: Callable[[], Sequence[tuple[int, Plan]]] = tuple
    costs: Sequence[CampaignCost] = ()
    unfiltered: Sequence[Part] = ()
    signals: Callable[[], KeptSignals] = lambda: ((), ())
    unlisted: int = 0


class OpenedParts(NamedTuple):
    """The parts of a store as of one moment, the plan that says who the persons are, and the snapshot, which is closed.

    Of the snapshot there are still `losses` and `as_of`. `elsewhere` counts the messages that other environments have
    now, and `uncounted` has the hits of this one up to the day of the moment.
    """

    parts: Sequence[Part]
    plan: Plan | None
    snapshot: StoreSnapshot
    elsewhere: Mapping[str, int]
    cache: PersonsCache
    uncounted: Sequence[UncountedCount]
    costs: Sequence[CampaignCost]
    unlisted: int


def open_parts(
    asked: Asked, damaged: Mapping[str, DamagedFileError], use: Callable[[StoreSnapshot], None]
) -> OpenedParts:
    """Open the parts of a store; `use` takes what else is needed of the snapshot, and may be called again.

    `damaged` has by SHA-256 what was read in vain: where such a file still counts, it is a loss.

    Raises DataFolderError, JournalError, and UsageError for an earlier moment that is not there.
    """
    from footfall.analytics.persons.cache import FOLDER, PersonsCache  # loaded with the engine

    # Each environment has its own files, and so its own cache.
    folder = Path(asked.data) / FOLDER
    folder = folder if asked.environment == PRODUCTION else folder / asked.environment
    with open_store(asked.data, "read", clock=asked.clock) as store:
        while True:
            with store.snapshot() as latest:
                snapshot = snapshot_as_of(
                    store, latest, asked.as_of, asked.plan, now=asked.clock.now_us(),
                    environment=wanted(asked.environment),
                )  # fmt: skip
                plan = asked.plan or plan_as_of(store.control, snapshot.as_of)
                for name in {file.sha256 for file in snapshot.files} & damaged.keys():
                    snapshot.lose(damaged[name])
                cache = PersonsCache(folder, is_kept=snapshot.is_kept)
                parts = snapshot.parts(cache.stretches)
                use(snapshot)
                steps = latest.state().seal.steps
                # The books say how many there are now, and nothing of an earlier moment.
                unlisted = _unlisted(latest.books(), snapshot.environment)
                elsewhere = {} if asked.as_of is not None else _elsewhere(latest.books(), snapshot.environment)
                uncounted = _uncounted(snapshot)
            # A purge may have removed files after the snapshot was taken: then there are other steps, and no loss.
            if not snapshot.losses or _steps_of(store) == steps:
                return OpenedParts(parts, plan, snapshot, elsewhere, cache, uncounted, store.costs.all(), unlisted)


def without_damaged(ask: Callable[[], T], damaged: dict[str, DamagedFileError], load: Callable[[], None]) -> T:
    """The answer of `ask`, which is asked again where it raises the DamagedFileError of a file that was not `damaged`.

    The file is among those then, and `load` has loaded what there is without it.
    """
    while True:
        try:
            return ask()
        except DamagedFileError as error:
            if error.sha256 in damaged:
                raise
            damaged[error.sha256] = error
            load()


def _elsewhere(books: Books, environment: str | None) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for (line, _), numbers in books.items():
        if not is_of(environment_of(line), environment) and (number := kept(numbers)):
            counts[environment_of(line)] += number
    return dict(sorted(counts.items()))


_UNLISTED = (
    "rejected", "erased", "expired", "purged", "quarantine_erased", "quarantine_expired", "quarantine_purged",
)  # fmt: skip


def _unlisted(books: Books, environment: str | None) -> int:
    lines = (numbers for (line, _), numbers in books.items() if is_of(environment_of(line), environment))
    return sum(numbers[name] for numbers in lines for name in _UNLISTED)


def _uncounted(snapshot: StoreSnapshot) -> Sequence[UncountedCount]:
    last = "9999-12-31" if snapshot.as_of is None else format_day(snapshot.as_of.at)
    return [
        count
        for count in snapshot.history().uncounted()
        if count.day <= last and is_of(environment_of(count.source), snapshot.environment)
    ]


def _steps_of(store: Store) -> int:
    with store.snapshot() as snapshot:
        return snapshot.state().seal.steps


def load_store(connection: duckdb.DuckDBPyConnection, asked: Asked, damaged: Mapping[str, DamagedFileError]) -> Loaded:
    """Open the parts of a store as `open_parts` does, and fill the tables of `load_intake`."""
    opened = open_parts(asked, damaged, lambda snapshot: load_intake(connection, snapshot))
    losses = tuple(loss.text for loss in opened.snapshot.losses)
    return Loaded(
        opened.parts, opened.plan, losses, opened.snapshot.as_of, asked.environment, opened.elsewhere, opened.cache,
        uncounted=opened.uncounted, costs=opened.costs, unlisted=opened.unlisted,
        plan_loads=lambda: _plan_loads(asked, opened.snapshot.as_of),
        signals=lambda: _signals(asked, opened.snapshot.as_of),
    )  # fmt: skip


def _plan_loads(asked: Asked, moment: AsOf | None) -> Sequence[tuple[int, Plan]]:
    with open_store(asked.data, "read", clock=asked.clock) as store:
        return plan_loads(store.control, moment)


def _signals(asked: Asked, moment: AsOf | None) -> KeptSignals:
    with open_store(asked.data, "read", clock=asked.clock) as store:
        records, steps = store.signals.records(), store.signals.steps()
    if moment is None:
        return records, steps
    return (
        [record for record in records if record.noticed_at <= moment.at],
        [step for step in steps if step.at <= moment.at],
    )


def load_entries(
    connection: duckdb.DuckDBPyConnection,
    entries: Iterable[Entry],
    plan: Plan | None,
    costs: Sequence[CampaignCost] = (),
) -> Loaded:
    """The same over rows that are at hand, with nothing in quarantine."""
    from footfall.storage.parquet.table_part import TablePart, table_of  # loaded with the engine

    loaded = load_parts(connection, [TablePart(map(table_of, _chunked(entries)))], plan)
    return loaded._replace(costs=costs)


def load_parts(connection: duckdb.DuckDBPyConnection, parts: Sequence[Part], plan: Plan | None) -> Loaded:
    """The same over parts."""
    load_intake(connection, None)
    return Loaded(parts, plan)


def _chunked(entries: Iterable[Entry]) -> Iterable[list[Entry]]:
    chunk: list[Entry] = []
    for entry in entries:
        chunk.append(entry)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def load_intake(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot | None) -> None:
    """Fill the tables `quarantine`, `quarantine_faults` and `refusals` anew; they stay empty without a snapshot."""
    connection.execute(
        "CREATE OR REPLACE TABLE quarantine (seq BIGINT, event VARCHAR, occurred_at BIGINT, user_id VARCHAR,"
        " device_id VARCHAR, anonymous_id VARCHAR, received_at BIGINT, client VARCHAR, number BIGINT, body BLOB);"
        "DROP TABLE IF EXISTS quarantine_persons;"
        "CREATE OR REPLACE TABLE quarantine_faults (seq BIGINT, path VARCHAR, code VARCHAR);"
        "CREATE OR REPLACE TABLE refusals (quarter BIGINT, number BIGINT)"
    )
    if snapshot is None:
        return
    for chunk in snapshot.scan("quarantined", chunk=CHUNK):
        _load_quarantined(connection, chunk)
    _load_refusals(connection, snapshot.refusals())


def _load_quarantined(connection: duckdb.DuckDBPyConnection, chunk: Sequence[Entry]) -> None:
    import pyarrow  # loaded with the engine

    names = (
        "seq", "event", "occurred_at", "user_id", "device_id", "anonymous_id", "received_at", "client", "number",
        "body",
    )  # fmt: skip
    lines = [
        (
            entry.seq, counter_name(row.event, row.type), row.occurred_at, row.user_id, row.device_id, row.anonymous_id,
            row.received_at, *numbers_of(row.body), row.body,
        )
        for entry in chunk
        for row in [entry.row]
    ]  # fmt: skip
    faults = [
        (entry.seq, *fault)
        for entry in chunk
        if entry.row.faults
        for fault in {(fault.general_path, fault.code) for fault in _decode_faults(entry.row.faults)}
    ]
    table = pyarrow.table(dict(zip(names, zip(*lines, strict=True), strict=True)))
    hand_over(connection, table, "INSERT INTO quarantine SELECT * FROM handed")
    if faults:
        table = pyarrow.table(dict(zip(("seq", "path", "code"), zip(*faults, strict=True), strict=True)))
        hand_over(connection, table, "INSERT INTO quarantine_faults SELECT * FROM handed")


def _load_refusals(connection: duckdb.DuckDBPyConnection, refusals: Sequence[Refusals]) -> None:
    import pyarrow  # loaded with the engine

    if refusals:
        columns = zip(*((refusal.quarter, refusal.number) for refusal in refusals), strict=True)
        table = pyarrow.table(dict(zip(("quarter", "number"), columns, strict=True)))
        hand_over(connection, table, "INSERT INTO refusals SELECT * FROM handed")

"""The parts of a purge that are heavy: what a rule would remove, and sealed files written anew without it.

For a process at low priority, or for a command that reads: this loads pyarrow. It writes nothing that counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow
import pyarrow.compute as pc

from footfall import storage
from footfall.maintenance.context import Progress
from footfall.maintenance.purge import RewrittenFiles
from footfall.printable import counted
from footfall.storage.columns import ENTRY_COLUMNS
from footfall.storage.control import latest_plan
from footfall.storage.environments import PRODUCTION, environment_of, line_source, source_of
from footfall.storage.journal import RowState, Snapshot, counter_name
from footfall.storage.purge_rule import PurgeRule
from footfall.storage.store import Store
from footfall.storage.warehouse import FileCount, SealedFile
from footfall.timestamps import format_day

__all__ = ["PurgeCount", "PurgePreview", "mask_of", "preview", "rewrite"]

_ASKED = ("source", "environment", "event", "type", "received_at")


class PurgeCount(msgspec.Struct, frozen=True, order=True):
    """How many messages of a day, a source, its environment and an event a rule names. `kind` is where they are."""

    day: str
    source: str
    event: str
    kind: RowState
    messages: int
    environment: str = PRODUCTION


class PurgePreview(msgspec.Struct, frozen=True):
    """What a purge would remove, and which sealed files it would write anew; it can say nothing of the `unreadable`."""

    counts: tuple[PurgeCount, ...]
    rewritten: tuple[str, ...]
    unreadable: tuple[str, ...]


def preview(data: Path, rule: PurgeRule) -> PurgePreview:
    """Count what a rule names in a folder. Raises DataFolderError, JournalError and WarehouseError."""
    counts: Counter[tuple[str, str, str, RowState]] = Counter()
    rewritten, unreadable = [], []
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        for file, table in _candidates(store, snapshot.files, rule):
            if table is None:
                unreadable.append(file.name)
                continue
            lines = _counted(table)
            rewritten += [file.name] if lines else []
            counts.update({(file.day, source, event, "stored"): number for (source, event), number in lines.items()})
        with store.journal.snapshot() as tail:
            for kind in ("stored", "quarantined"):
                counts.update(_in_journal(tail, kind, rule))
    ordered = sorted(
        PurgeCount(day, source_of(line), event, kind, number, environment_of(line))
        for (day, line, event, kind), number in counts.items()
    )
    return PurgePreview(tuple(ordered), tuple(rewritten), tuple(unreadable))


def rewrite(arguments: Mapping[str, Any], progress: Progress) -> RewrittenFiles:
    """Write the files of the folder `data` that have messages of `rule` anew without them, for `JobContext.child`."""
    rule = msgspec.convert(arguments["rule"], PurgeRule)
    added: list[SealedFile] = []
    replaced, unreadable = [], []
    removed: Counter[tuple[str, str]] = Counter()
    with storage.open(arguments["data"], "read") as store, store.snapshot() as snapshot:
        plan = latest_plan(store.control)
        for file, matches in _candidates(store, snapshot.files, rule):
            if matches is None:
                unreadable.append(file.name)
            elif len(matches):
                table = store.warehouse.part(file).read(ENTRY_COLUMNS)
                rest = table.filter(pc.invert(mask_of(table, rule)))
                added += store.warehouse.write(rest.to_batches(), plan) if len(rest) else []
                replaced.append(file.name)
                removed.update(_counted(matches))
                progress(f"{file.name}: {len(matches):,} of {counted(file.messages, 'message')} to remove")
    counts = tuple(FileCount(*key, number) for key, number in sorted(removed.items()))
    return RewrittenFiles(tuple(added), tuple(replaced), counts, tuple(unreadable))


def _candidates(store: Store, files: Sequence[SealedFile], rule: PurgeRule) -> Iterator[tuple[SealedFile, Any | None]]:
    """The files that may have messages of a rule, each with a table of these, or None where it is damaged."""
    for file in files:
        if not rule.may_match(file.day, file.environment, [(count.source, count.event) for count in file.counts]):
            continue
        if store.warehouse.check(file):
            yield file, None
            continue
        table = store.warehouse.part(file).read(_ASKED)
        yield file, table.filter(mask_of(table, rule))


def _name_of(table: Any) -> Any:
    """As `counter_name` has it."""
    type_ = table.column("type")
    type_ = pc.if_else(pc.equal(type_, ""), "unreadable", type_)
    return pc.coalesce(table.column("event"), pc.binary_join_element_wise("(", type_, ")", ""))


def mask_of(table: Any, rule: PurgeRule) -> Any:
    """Of each message whether the rule names it."""
    received_at = table.column("received_at")
    mask = pyarrow.chunked_array([pyarrow.array([True] * len(table), pyarrow.bool_())])
    if rule.source is not None:
        mask = pc.and_(mask, pc.equal(table.column("source"), rule.source))
    if rule.environment is not None:
        mask = pc.and_(mask, pc.equal(pc.fill_null(table.column("environment"), PRODUCTION), rule.environment))
    if rule.event is not None:
        mask = pc.and_(mask, pc.equal(_name_of(table), rule.event))
    if rule.since is not None:
        mask = pc.and_(mask, pc.greater_equal(received_at, rule.since))
    if rule.until is not None:
        mask = pc.and_(mask, pc.less(received_at, rule.until))
    return mask


def _counted(table: Any) -> Mapping[tuple[str, str], int]:
    columns = (table.column("source"), table.column("environment"), _name_of(table))
    rows = zip(*(column.to_pylist() for column in columns), strict=True)
    return Counter((line_source(source, environment), event) for source, environment, event in rows)


def _in_journal(snapshot: Snapshot, kind: RowState, rule: PurgeRule) -> Counter[tuple[str, str, str, RowState]]:
    counts: Counter[tuple[str, str, str, RowState]] = Counter()
    for entries in snapshot.scan(kind):
        for _, row in entries:
            event = counter_name(row.event, row.type)
            if rule.matches(row.source, row.environment, event, row.received_at):
                counts[format_day(row.received_at), row.line_source, event, kind] += 1
    return counts

"""Purge: the messages that a rule names are removed wherever they are kept, and each counts as purged once.

Sealed files that have some are written anew without them, then a step of the manifest names those, then one transaction
of the journal makes the step count and removes and counts the rows; only then do the old files go. A process may end
anywhere between: the same purge again does what is left to do, and counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from footfall.directory import SystemDirectory
from footfall.errors import JournalError, SyncError
from footfall.maintenance.clearing import begin, mark_of
from footfall.maintenance.context import JobContext
from footfall.maintenance.upgrade import FolderUpgrade
from footfall.storage.books import Books
from footfall.storage.environments import PRODUCTION, environment_of, source_of
from footfall.storage.journal import Changes, Purge
from footfall.storage.purge_rule import PurgeRule
from footfall.storage.warehouse import FileCount, ManifestStep, SealedFile, live_files
from footfall.timestamps import format_us

__all__ = ["PurgeReceipt", "PurgedLine", "RewrittenFiles", "purge"]

_OLD_CACHE = ".cache.removed"

Rewrite = Callable[[JobContext, Mapping[str, object]], object]


class RewrittenFiles(msgspec.Struct, frozen=True):
    """Sealed files that were written anew: `added` take the place of those in `replaced`, less what `removed` counts.

    Its sources are as the books name them.

    `unreadable` files may have messages to remove, and are damaged.
    """

    added: tuple[SealedFile, ...] = ()
    replaced: tuple[str, ...] = ()
    removed: tuple[FileCount, ...] = ()
    unreadable: tuple[str, ...] = ()


class PurgedLine(msgspec.Struct, frozen=True):
    """How many messages of a source, environment and event were removed, of the stored ones and from quarantine."""

    source: str
    event: str
    stored: int
    quarantined: int
    environment: str = PRODUCTION


class PurgeReceipt(msgspec.Struct, frozen=True):
    """What a purge removed by a `rule`, `at` which time (RFC 3339), and which sealed files were `rewritten` for it.

    `unreadable` sealed files are damaged and may still have messages that should go.
    """

    rule: str
    at: str
    stored: int
    quarantined: int
    lines: tuple[PurgedLine, ...]
    rewritten: tuple[str, ...]
    unreadable: tuple[str, ...]


def _rewrite_in_child(context: JobContext, arguments: Mapping[str, object]) -> object:
    return context.child("footfall.maintenance.purge_files:rewrite", arguments)


def purge(context: JobContext, rule: PurgeRule, *, rewrite: Rewrite = _rewrite_in_child) -> PurgeReceipt:
    """Remove what a rule names from the folder of `context`; `rewrite` carries out `purge_files.rewrite`.

    A damaged manifest is made anew first. Raises DataFolderError, JobError, JobStoppedError, JournalError and
    WarehouseError, this also where the journal is older than the warehouse; the same purge again goes on where this
    ended.
    """
    journal, warehouse = context.store.journal, context.store.warehouse
    mark, before = begin(context).mark, journal.books()
    files = RewrittenFiles()
    if mark.messages:
        arguments = {"data": str(context.data), "rule": msgspec.to_builtins(rule)}
        files = msgspec.convert(rewrite(context, arguments), RewrittenFiles)
    context.check_stop()
    at = format_us(context.clock.now_us())
    steps = warehouse.append(ManifestStep("purged", at, files.added, files.replaced, str(rule)), mark.steps)
    sealed = {(count.source, count.event): count.messages for count in files.removed}
    moved = mark._replace(messages=mark.messages - sum(sealed.values()), steps=steps)
    try:
        journal.commit(Changes((), {}, seal=moved, purge=Purge(rule, sealed)))
    except JournalError as error:
        # Where it is done, a reader that began before still needs the old files: the same purge again removes them.
        # After a failed sync it is not certain what the next start finds: nothing goes before that is.
        if not isinstance(error, SyncError) and mark_of(context) == mark:
            _clear(context)
        raise
    _clear(context)
    lines = _purged(before, journal.books())
    return PurgeReceipt(
        str(rule), at, sum(line.stored for line in lines), sum(line.quarantined for line in lines), lines,
        files.replaced, files.unreadable,
    )  # fmt: skip


def _clear(context: JobContext) -> None:
    """Remove every sealed file that does not count: a new one before the commit, an old one after it, at once.

    What an upgrade kept goes too: undoing it would bring back what is removed. So does the cache, which has ids of
    messages that are gone; it is made again. It goes after the files, for a reader that finds them there may still
    write into it, and under another name, which no reader writes to.
    """
    context.store.warehouse.remove(live_files(context.store.warehouse.steps(mark_of(context).steps)).values())
    directory = SystemDirectory(Path(context.data))
    with suppress(FileNotFoundError, FileExistsError, NotADirectoryError):
        directory.move("cache", _OLD_CACHE)
    for name in ("replaced", "cache", _OLD_CACHE):
        directory.remove_folder(name)
    FolderUpgrade(Path(context.data)).forget()


def _purged(before: Books, after: Books) -> tuple[PurgedLine, ...]:
    lines = []
    for (source, event), counts in after.items():
        earlier = before.get((source, event), {})
        stored, quarantined = (counts[name] - earlier.get(name, 0) for name in ("purged", "quarantine_purged"))
        if stored or quarantined:
            lines.append(PurgedLine(source_of(source), event, stored, quarantined, environment_of(source)))
    return tuple(lines)

"""What a check, a backup, a restore and a purge have to say."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from footfall.maintenance.backup import Backup
from footfall.maintenance.purge import PurgedLine, PurgeReceipt
from footfall.maintenance.restore import Restoration
from footfall.maintenance.verify import Damage, Verification
from footfall.printable import counted, printable
from footfall.storage.environments import KEPT_AS, line_source
from footfall.storage.purge_rule import PurgeRule

if TYPE_CHECKING:
    from footfall.maintenance.purge_files import PurgeCount, PurgePreview  # loads pyarrow

__all__ = [
    "backup_lines", "preview_lines", "receipt_lines", "restoration_lines", "verification_json", "verification_lines",
]  # fmt: skip

_MOST_COUNTS = 5


def verification_lines(verification: Verification) -> Iterator[str]:
    """What is damaged, or that nothing is."""
    for damage in verification.damages:
        yield from map(printable, _damage_lines(damage))
    for stray in verification.strays:
        yield printable(f"{stray}: nothing names it; it counts in no figure, but for whoever reads all files there")
    number = len(verification.damages)
    messages = "" if verification.messages is None else f", {counted(verification.messages, 'message')} by the books"
    read = f"{counted(verification.files, 'sealed file')}{messages}"
    yield f"{counted(number, 'thing')} damaged; {read}" if number else f"all is well: {read}"


def _damage_lines(damage: Damage) -> Iterator[str]:
    yield f"{damage.file}: {damage.problem}"
    if damage.messages is not None:
        day = "" if damage.day is None else f" of {damage.day}"
        yield f"  affected: {counted(damage.messages, 'message')}{day}"
    for count in damage.counts[:_MOST_COUNTS]:
        yield f"    {count.source} {count.event}: {count.messages:,}"
    if len(damage.counts) > _MOST_COUNTS:
        yield f"    and {counted(len(damage.counts) - _MOST_COUNTS, 'other event')}"
    yield f"  still works: {damage.works}"
    yield f"  remedy: {damage.remedy}"


def verification_json(verification: Verification) -> Mapping[str, Any]:
    """The same as values."""
    return {
        "is_whole": verification.is_whole,
        "messages": verification.messages,
        "files": verification.files,
        "damages": verification.damages,
        "strays": verification.strays,
    }


def backup_lines(result: Backup) -> Iterator[str]:
    """What is in a backup, and which backups had to go for it."""
    for name in result.missing:
        yield printable(f"{name} is missing or damaged, and in no backup either: footfall verify says what it affects")
    files = f"{counted(result.files, 'sealed file')}, {result.copied:,} of them copied now"
    yield printable(f"{result.path}: {counted(result.messages, 'message')}, {files}")
    for path in result.removed:
        yield printable(f"removed {path}")


def restoration_lines(result: Restoration, data: Path) -> Iterator[str]:
    """What was restored, and what is missing in it."""
    yield from verification_lines(result.verification)
    yield printable(f"restored from {result.backup}; go on with: footfall serve --data {shlex.quote(str(data))}")


def preview_lines(preview: PurgePreview, rule: PurgeRule) -> Iterator[str]:
    """What a purge would remove, by day, source and event."""
    for count in preview.counts:
        where = "" if count.kind == "stored" else " in quarantine"
        yield printable(f"{count.day}  {_sender(count)}  {count.event}: {count.messages:,}{where}")
    for name in preview.unreadable:
        yield printable(f"warehouse/{name} is damaged, and may have some: footfall verify says which backup mends it")
    number = sum(count.messages for count in preview.counts)
    files = f"; {counted(len(preview.rewritten), 'sealed file')} would be written anew" if preview.rewritten else ""
    yield printable(f"{counted(number, 'message')} would go ({rule}){files}")


def _sender(count: PurgeCount | PurgedLine) -> str:
    return line_source(count.source, KEPT_AS.get(count.environment))


def receipt_lines(receipt: PurgeReceipt) -> Iterator[str]:
    """What a purge removed, by source and event."""
    for line in receipt.lines:
        yield printable(f"{_sender(line)}  {line.event}: {line.stored:,}, and {line.quarantined:,} in quarantine")
    for name in receipt.unreadable:
        yield printable(f"warehouse/{name} is damaged, and may still have some: footfall verify says how to mend it")
    files = f"; {counted(len(receipt.rewritten), 'sealed file')} written anew" if receipt.rewritten else ""
    removed = counted(receipt.stored + receipt.quarantined, "message")
    yield printable(f"{removed} removed at {receipt.at} ({receipt.rule}){files}")

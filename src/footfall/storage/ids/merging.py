"""Merges runs of ids to one for each month of receipt, and makes damaged ones anew. For the child that seals.

Nothing here changes what counts: it writes new files, and says which runs they take the place of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import accumulate
from pathlib import Path

from footfall.disk import Disk
from footfall.storage.ids.keys import Key, body_checksum, key_of
from footfall.storage.ids.run_file import (
    BLOCK,
    DAMAGED,
    DamagedRunError,
    Form,
    Run,
    RunPiece,
    RunSection,
    RunWriter,
    SectionPlan,
    write_run,
)
from footfall.storage.ids.stored_ids import run_name
from footfall.storage.journal import Entry, IdRun, RunSwap

__all__ = ["damaged_runs", "due_merges", "merge_due_runs", "merge_runs", "rebuild_run"]

# A run is merged with the smaller ones of its month once these have a quarter of its ids, so that each id is written
# again a few times only, and a month has a few runs at most.
_RATIO = 4
_PIECE = 1 << 20  # entries that are in memory at once


def merge_due_runs(
    disk: Disk, folder: Path, runs: Sequence[IdRun], *, is_thorough: bool = False
) -> tuple[list[RunSwap], list[IdRun]]:
    """Merge what is due of a journal's runs; returns what it merged, and which runs are damaged.

    Runs that are merged are read whole first, so no damage goes into a new run unnoticed; `is_thorough` has all others
    read whole, too. Raises OSError.
    """
    damaged = damaged_runs(disk, folder, runs, is_thorough=is_thorough)
    swaps: list[RunSwap] = []
    for group in due_merges([run for run in runs if run not in damaged]):
        worse = damaged_runs(disk, folder, group, is_thorough=True)
        damaged += worse
        whole = [run for run in group if run not in worse]
        if len(whole) > 1:
            swaps.append(RunSwap(merge_runs(disk, folder, whole), tuple(run.name for run in whole)))
    return swaps, damaged


def due_merges(runs: Sequence[IdRun]) -> list[list[IdRun]]:
    """Which runs to merge: all of a month that is over, and of the last month the small ones."""
    months: dict[str, list[IdRun]] = {}
    for run in sorted(runs, key=lambda run: run.last):
        months.setdefault(run.month, []).append(run)
    last = max(runs, key=lambda run: run.last).month if runs else ""
    groups = [_small_ones(group) if month == last else group for month, group in months.items()]
    return [group for group in groups if len(group) > 1]


def _small_ones(runs: list[IdRun]) -> list[IdRun]:
    by_size = sorted(runs, key=lambda run: run.ids)
    totals = accumulate(run.ids for run in by_size)
    smaller = zip(by_size[1:], totals, strict=False)
    number = max((number for number, (run, total) in enumerate(smaller, 2) if run.ids <= _RATIO * total), default=0)
    return sorted(by_size[:number], key=lambda run: run.last)


def merge_runs(disk: Disk, folder: Path, runs: Sequence[IdRun], *, name: str = "", piece: int = _PIECE) -> IdRun:
    """Write one run with all ids of these, under `name` where it is given. It is on the disk when this returns.

    About `piece` entries are in memory at once.

    Raises OSError, and DamagedRunError where one of them cannot be read.
    """
    first, last = min(run.first for run in runs), max(run.last for run in runs)
    sources = [Run(disk, folder / run.name) for run in runs]
    try:
        groups: dict[tuple[str, Form], list[RunSection]] = {}
        for run in sources:
            for section in run.sections:
                groups.setdefault((section.source, section.form), []).append(section)
        plans = [
            SectionPlan(*key, sum(part.ids for part in parts), sum(part.text_bytes for part in parts))
            for key, parts in groups.items()
        ]
        name = name or run_name(first, last)
        with disk.replacing(folder / name, private=True) as file:
            writer = RunWriter(file, plans)
            for number, parts in enumerate(groups.values()):
                for entries in _merged(parts, piece):
                    writer.add(number, entries)
            writer.finish()
    finally:
        for run in sources:
            run.close()
    return IdRun(name, first, last, max(runs, key=lambda run: run.last).month, sum(plan.ids for plan in plans))


def damaged_runs(disk: Disk, folder: Path, runs: Iterable[IdRun], *, is_thorough: bool = False) -> list[IdRun]:
    """Which runs are missing or damaged, or were to a look-up. `is_thorough` reads all of them whole."""
    marked: set[str] = set()
    with suppress(OSError):
        marked = {path.name.removesuffix(DAMAGED) for path in disk.list(folder) if path.name.endswith(DAMAGED)}
    return [run for run in runs if run.name in marked or _is_damaged(disk, folder / run.name, is_thorough)]


def rebuild_run(
    disk: Disk, folder: Path, run: IdRun, chunks: Iterable[Sequence[Entry]], *, piece: int = _PIECE
) -> RunSwap:
    """Write a damaged run anew from its stored rows, wherever these are now. Raises OSError."""
    ids: dict[str, dict[Key, int]] = {}
    parts: list[IdRun] = []
    number = 0

    def write_part() -> None:
        part = run._replace(name=run_name(0, len(parts) + 1), ids=number)  # no row has the number 0
        write_run(disk, folder / part.name, ids)
        parts.append(part)
        ids.clear()

    disk.make_folder(folder, private=True)
    for chunk in chunks:
        for _, row in chunk:
            ids.setdefault(row.line_source, {})[key_of(row.message_id)] = body_checksum(row.body)
        number += len(chunk)
        if number >= piece:
            write_part()
            number = 0
    write_part()
    rebuilt = merge_runs(disk, folder, parts, name=run.name)
    for part in parts:
        disk.remove(folder / part.name)
    return RunSwap(rebuilt._replace(first=run.first, last=run.last, month=run.month), (run.name,))


def _is_damaged(disk: Disk, path: Path, is_thorough: bool) -> bool:
    try:
        run = Run(disk, path)
    except DamagedRunError:
        return True
    try:
        return is_thorough and any(section.damage() for section in run.sections)
    except DamagedRunError:
        return True
    finally:
        run.close()


def _merged(sections: Sequence[RunSection], size: int) -> Iterator[RunPiece]:
    """All entries of these sections in order, in pieces that end at the same high in each."""
    fences = sorted(fence for section in sections for fence in section.fences)
    highs = [*dict.fromkeys(fences[size // BLOCK :: size // BLOCK]), None]
    starts = [0] * len(sections)
    for high in highs:
        ends = [section.ids if high is None else section.position(high) for section in sections]
        pieces = [
            section.piece(start, end) for section, start, end in zip(sections, starts, ends, strict=True) if end > start
        ]
        yield from pieces if len(pieces) < 2 else [_sorted(pieces)]
        starts = ends


def _sorted(pieces: Sequence[RunPiece]) -> RunPiece:
    import pyarrow  # the child's alone: a collector does not load it
    import pyarrow.compute

    def joined(kind: pyarrow.DataType, texts: Iterable[bytes]) -> pyarrow.ChunkedArray:
        width = kind.bit_width // 8
        buffers = [(len(text) // width, [None, pyarrow.py_buffer(text)]) for text in texts]
        return pyarrow.chunked_array([pyarrow.Array.from_buffers(kind, *buffer) for buffer in buffers])

    columns = {
        "high": joined(pyarrow.uint64(), (piece.highs for piece in pieces)),
        "low": joined(pyarrow.uint64(), (piece.lows for piece in pieces)),
        "checksum": joined(pyarrow.uint32(), (piece.checksums for piece in pieces)),
    }
    if pieces[0].ends:
        columns["text"] = pyarrow.chunked_array([
            pyarrow.Array.from_buffers(
                pyarrow.large_binary(), len(piece.ends) // 8,
                [None, pyarrow.py_buffer(bytes(8) + piece.ends), pyarrow.py_buffer(piece.texts)],
            )
            for piece in pieces
        ])  # fmt: skip
    table = pyarrow.table(columns)
    order = pyarrow.compute.sort_indices(table, sort_keys=[("high", "ascending"), ("low", "ascending")])
    table = table.take(order).combine_chunks()
    buffers = [table.column(name).chunk(0).buffers()[1:] for name in table.column_names]
    number = table.num_rows
    ends = texts = b""
    if pieces[0].ends:
        ends = bytes(buffers[3][0])[8 : 8 + number * 8]
        texts = bytes(buffers[3][1])[: int.from_bytes(ends[-8:], "little")]
    highs, lows, checksums = (bytes(some[0]) for some in buffers[:3])
    return RunPiece(highs[: number * 8], lows[: number * 8], checksums[: number * 4], ends, texts)

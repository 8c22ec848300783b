"""PersonsCache: what was worked out of sealed files, in files that anybody may remove at any time.

`<sha256>.part` has the summary of the sealed file with that SHA-256, `<sha256>.places` where each of its ids is,
once somebody looked a person up, `<sha256>.marks` what its messages say of who sent them, once somebody left bots out,
and `persons` the dictionary of some sealed files.
Each begins with a line, which is a CacheHeader in JSON and its CRC-32, and then has tables as Arrow streams. After
these a summary has a block for each stretch of the file: the times of its rows (int64) and their subjects (int32), as
they lie in memory, so that a question about some events reads their blocks alone. A file that cannot be read, was cut
or changed, or was written under other rules is as good as none. Whoever may not write here works everything out anew.
"""

from __future__ import annotations

import logging
import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import msgspec
import pyarrow

from footfall.analytics.persons.arrays import BIG, INT, joined
from footfall.analytics.persons.dictionary import Counts, IdDictionary
from footfall.analytics.persons.places import IdPlaces
from footfall.analytics.persons.subjects import Moves
from footfall.analytics.persons.summary import PartRows, PartSummary
from footfall.disk import Disk, SystemDisk
from footfall.identity.ruleset import RULESET
from footfall.storage.part import Stretch

__all__ = ["FOLDER", "PersonsCache"]

_log = logging.getLogger("footfall")

FOLDER = "cache"
"""The name of the folder in a data folder."""

_VERSION = 8  # of the tables
_DICTIONARY = "persons"
_SUFFIX = ".part"
_PLACES = ".places"
_MARKS = ".marks"
_OF_PARTS = (_SUFFIX, _PLACES, _MARKS)
_LONGEST_HEADER = 32 << 20
# What each question needs is written as it is: that is twice as fast to read. The rest of a summary takes half the room
# or less; its rows, which a page of a person reads, are read as fast so.
_PLAIN, _LZ4, _ZSTD = (pyarrow.ipc.IpcWriteOptions(compression=name) for name in (None, "lz4", "zstd"))
_OF_SUMMARY = {"rows": _LZ4, "ids": _ZSTD, "claims": _ZSTD}
_PER_ID = ("ids", "roles", "canonical", "owners")
_TABLES = ("claims", "aliases", "entries", "runs")


class CacheSection(msgspec.Struct, frozen=True, array_like=True):
    """A table in a file: how many bytes it has, and their CRC-32."""

    name: str
    size: int
    crc: int


class CacheHeader(msgspec.Struct, frozen=True):
    """`parts` are the names of the parts that a file is about, `numbers` what else there is besides tables.

    `stretches` are those of the part that a summary is of; `blocks` has the CRC-32 of the block of each.
    """

    version: int
    ruleset: str
    parts: tuple[str, ...]
    numbers: tuple[int, ...]
    sections: tuple[CacheSection, ...]
    stretches: tuple[Stretch, ...] = ()
    blocks: tuple[int, ...] = ()


class PersonsCache:
    """Summaries of sealed files, by their names, and a dictionary. Reading and writing never raise an OSError.

    `folder` is FOLDER in a data folder; it is made when something is written. Any threads and processes may use it.
    Nothing is written of a part that `is_kept` does not say to be there: a purge removes its files before it removes
    the cache, so a reader that began earlier brings no id back.
    """

    def __init__(
        self, folder: Path, disk: Disk | None = None, *, is_kept: Callable[[str], bool] = lambda _: True
    ) -> None:
        self._folder = folder
        self._disk = disk or SystemDisk()
        self._is_kept = is_kept
        self._lock = threading.Lock()
        self._may_write = True
        self._opened: dict[str, tuple[CacheHeader, int]] = {}  # of summaries, with where their tables end

    def stretches(self, name: str) -> Sequence[Stretch]:
        """Those of the part of that name; nothing where they are not known."""
        summary = self._summary_file(name)
        return () if summary is None else summary[0].stretches

    def moves(self, name: str, start: int, stop: int) -> Moves | None:
        """Those of some rows of the part of that name; None where they are not known."""
        summary = self._summary_file(name)
        if summary is None:
            return None
        header, place = summary
        blocks: list[Moves] = []
        first = start
        try:
            with self._disk.open(self._folder / f"{name}{_SUFFIX}", "read") as file:
                for stretch, crc in zip(header.stretches, header.blocks, strict=True):
                    rows = stretch.stop - stretch.start
                    if stretch.start < stop and stretch.stop > start:
                        first = stretch.start if not blocks else first
                        file.seek(place)
                        content = file.read(_block_size(rows))
                        if len(content) != _block_size(rows) or zlib.crc32(content) != crc:
                            return None
                        blocks.append(_moves(content, rows))
                    place += _block_size(rows)
        except (OSError, ValueError):
            return None
        every = Moves(*(joined(columns, type_) for columns, type_ in
                        zip(zip(*blocks, strict=True) if blocks else ((), ()), (INT, BIG), strict=True)))  # fmt: skip
        return every.slice(start - first, stop - first)

    def rows(self, name: str) -> PartRows | None:
        """The rows of a summary."""
        _, tables = self._read(f"{name}{_SUFFIX}", (name,), ("rows", "aliases"))
        return PartRows(tables["rows"], tables["aliases"]) if tables else None

    def summary(self, name: str) -> PartSummary | None:
        """The summary of the part of that name."""
        _, tables = self._read(f"{name}{_SUFFIX}", (name,), ("rows", "aliases", "ids", "claims"))
        if not tables:
            return None
        ids, roles = (joined([tables["ids"].column(column)]) for column in ("ids", "roles"))
        return PartSummary(PartRows(tables["rows"], tables["aliases"]), ids, roles, tables["claims"])

    def keep_summary(self, name: str, summary: PartSummary, moves: Moves, stretches: Sequence[Stretch]) -> bool:
        """Write what is known of the part of that name, which has these stretches; whether it is there now."""
        ids = pyarrow.table({"ids": summary.ids, "roles": summary.roles})
        tables = {"rows": summary.rows.ids, "aliases": summary.rows.aliases, "ids": ids, "claims": summary.claims}
        blocks = [_block(moves.slice(stretch.start, stretch.stop)) for stretch in stretches]
        return self._write(f"{name}{_SUFFIX}", (name,), (), tables, tuple(stretches), blocks, _OF_SUMMARY)

    def places(self, name: str) -> IdPlaces | None:
        """The places of the ids of the part of that name."""
        _, tables = self._read(f"{name}{_PLACES}", (name,), ("ends", "rows"))
        if not tables:
            return None
        return IdPlaces(**{key: joined([table.column(key)]) for key, table in tables.items()})

    def keep_places(self, name: str, places: IdPlaces) -> None:
        """Write the places of the ids of the part of that name."""
        tables = {key: pyarrow.table({key: values}) for key, values in places._asdict().items()}
        self._write(f"{name}{_PLACES}", (name,), (), tables)

    def marks(self, name: str) -> Any | None:
        """What the messages of the part of that name say of who sent them (`marks`), as a dictionary array.

        It is empty where none of them says anything, None where that is not known.
        """
        _, tables = self._read(f"{name}{_MARKS}", (name,), ("marks",))
        return joined([tables["marks"].column("marks")]) if tables else None

    def keep_marks(self, name: str, marks: Any) -> None:
        """Write the marks of the part of that name."""
        self._write(f"{name}{_MARKS}", (name,), (), {"marks": pyarrow.table({"marks": marks})})

    def counts(self, names: Sequence[str]) -> Counts | None:
        """How many persons and devices these parts have, in this order; None where no dictionary is of them all."""
        header, _ = self._read(_DICTIONARY, names, ())
        if header is None or len(header.parts) < len(names):
            return None
        _, persons, devices, *_ = header.numbers
        return persons, devices

    def dictionary(self, names: Sequence[str]) -> IdDictionary | None:
        """A dictionary of the first of these parts, in this order."""
        header, tables = self._read(_DICTIONARY, names, ("per_id", *_TABLES, "maps"))
        if header is None:
            return None
        maps, start = [], 0
        sessions, _, _, *sizes = header.numbers
        for size in sizes:
            maps.append(joined([tables["maps"].column("numbers")]).slice(start, size))
            start += size
        fields = {name: joined([tables["per_id"].column(name)]) for name in _PER_ID}
        return IdDictionary(**fields, **{name: tables[name] for name in _TABLES}, maps=tuple(maps), sessions=sessions)

    def keep_dictionary(self, names: Sequence[str], dictionary: IdDictionary) -> None:
        """Write the dictionary of these parts, and remove what is of no part of them.

        One that is there stays where it has all of these parts first, and more: then these are those of an earlier day.
        """
        header = self._header(_DICTIONARY)
        if header is not None and header.parts[: len(names)] == tuple(names):
            return
        tables = {name: getattr(dictionary, name) for name in _TABLES}
        tables["per_id"] = pyarrow.table({name: getattr(dictionary, name) for name in _PER_ID})
        tables["maps"] = pyarrow.table({"numbers": joined(dictionary.maps)})
        numbers = (dictionary.sessions, *dictionary.counts(), *map(len, dictionary.maps))
        self._write(_DICTIONARY, tuple(names), numbers, tables)
        self._remove_others({_DICTIONARY, *(f"{name}{suffix}" for name in names for suffix in _OF_PARTS)})

    def _header(self, name: str) -> CacheHeader | None:
        header, _ = self._read(name, None, ())
        return header

    def _summary_file(self, name: str) -> tuple[CacheHeader, int] | None:
        """The header of a summary, and where its blocks begin."""
        if name and name not in self._opened:
            try:
                with self._disk.open(self._folder / f"{name}{_SUFFIX}", "read") as file:
                    header = _header_of(file, (name,))
                    if header is None:
                        return None
                    self._opened[name] = header, file.tell() + sum(section.size for section in header.sections)
            except (OSError, ValueError):
                return None
        return self._opened.get(name)

    def _read(
        self, name: str, parts: Sequence[str] | None, wanted: Sequence[str]
    ) -> tuple[CacheHeader | None, Mapping[str, Any]]:
        """The header and some tables of a file about the first of these parts; nothing where there is none."""
        tables: dict[str, Any] = {}
        try:
            with self._disk.open(self._folder / name, "read") as file:
                header = _header_of(file, parts)
                if header is None:
                    return None, {}
                for section in header.sections:
                    if section.name not in wanted:
                        file.seek(section.size, 1)
                        continue
                    content = file.read(section.size)
                    if len(content) != section.size or zlib.crc32(content) != section.crc:
                        return None, {}
                    tables[section.name] = pyarrow.ipc.open_stream(content).read_all()
        except (OSError, ValueError):  # msgspec's and pyarrow's errors are ValueErrors
            return None, {}
        return (header, tables) if set(wanted) <= set(tables) else (None, {})

    def _write(
        self,
        name: str,
        parts: tuple[str, ...],
        numbers: tuple[int, ...],
        tables: Mapping[str, Any],
        stretches: tuple[Stretch, ...] = (),
        blocks: Sequence[bytes] = (),
        options: Mapping[str, Any] = MappingProxyType({}),
    ) -> bool:
        if not self._may_write:
            return False
        contents = {key: _stream(table, options.get(key, _PLAIN)) for key, table in tables.items()}
        sections = tuple(CacheSection(key, len(content), zlib.crc32(content)) for key, content in contents.items())
        crcs = tuple(map(zlib.crc32, blocks))
        header = msgspec.json.encode(CacheHeader(_VERSION, RULESET, parts, numbers, sections, stretches, crcs))
        try:
            self._disk.make_folder(self._folder, private=True)
            self._disk.remove(self._folder / name)  # it may be a link, which would choose what is written over
            # Another process may write the same file at this moment, or remove the folder with the draft in it.
            with (
                suppress(FileExistsError, FileNotFoundError),
                self._disk.replacing(self._folder / name, private=True) as file,
            ):
                file.writelines((header, b" ", _crc_text(header), *contents.values(), *blocks))
                if not all(map(self._is_kept, parts)):
                    raise FileNotFoundError  # nothing of the draft stays
                return True
        except OSError as error:
            with self._lock:
                if self._may_write:
                    self._may_write = False
                    _log.info(
                        "%s cannot be written (%s), so who is who is worked out each time",
                        self._folder,
                        error.strerror,
                    )
        return False

    def _remove_others(self, names: set[str]) -> None:
        try:
            for path in self._disk.list(self._folder):
                if path.name not in names and path.name.endswith((*_OF_PARTS, ".draft")):
                    self._disk.remove(path)
        except OSError:
            return


def _header_of(file: IO[bytes], parts: Sequence[str] | None) -> CacheHeader | None:
    """The header of a file about the first of these parts, or about any; None in any other. Raises ValueError."""
    content, _, crc = file.readline(_LONGEST_HEADER).rpartition(b" ")
    if crc != _crc_text(content):
        return None
    header = msgspec.json.decode(content, type=CacheHeader)
    if (header.version, header.ruleset) != (_VERSION, RULESET):
        return None
    if parts is not None and (not header.parts or header.parts != tuple(parts[: len(header.parts)])):
        return None
    return header


def _block_size(rows: int) -> int:
    return 8 * rows + 4 * (rows + rows % 2)  # the times of the next block begin where numbers of 8 bytes may


def _block(moves: Moves) -> bytes:
    subjects, times = (
        memoryview(column.buffers()[1])[column.offset * width : (column.offset + len(column)) * width]
        for column, width in zip(moves, (4, 8), strict=True)
    )
    return b"".join((times, subjects)).ljust(_block_size(len(moves.times)), b"\0")


def _moves(block: bytes, rows: int) -> Moves:
    content = pyarrow.py_buffer(block)
    subjects, times = content.slice(8 * rows, 4 * rows), content.slice(0, 8 * rows)
    return Moves(*(pyarrow.Array.from_buffers(type_, rows, [None, column]) for type_, column in
                   ((INT, subjects), (BIG, times))))  # fmt: skip


def _crc_text(header: bytes) -> bytes:
    return b"%08x\n" % zlib.crc32(header)


def _stream(table: Any, options: Any) -> Any:
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table.combine_chunks())
    return sink.getvalue()

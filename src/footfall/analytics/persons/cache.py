"""PersonsCache: what was worked out of sealed files, in files that anybody may remove at any time.

`<sha256>.part` has the summary of the sealed file with that SHA-256, `persons` the dictionary of some sealed files.
Each begins with a line, which is a CacheHeader in JSON and its CRC-32, and then has tables as Arrow streams. A file
that cannot be read, was cut or changed, or was written under other rules is as good as none. Whoever may not write here
works everything out anew.
"""

from __future__ import annotations

import logging
import threading
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pyarrow

from footfall.analytics.persons.arrays import joined
from footfall.analytics.persons.dictionary import IdDictionary
from footfall.analytics.persons.summary import PartRows, PartSummary
from footfall.disk import Disk, SystemDisk
from footfall.identity.ruleset import RULESET

__all__ = ["FOLDER", "PersonsCache"]

_log = logging.getLogger("footfall")

FOLDER = "cache"
"""The name of the folder in a data folder."""

_VERSION = 3  # of the tables
_DICTIONARY = "persons"
_SUFFIX = ".part"
_LONGEST_HEADER = 32 << 20
_OPTIONS = pyarrow.ipc.IpcWriteOptions(compression="zstd")
_PER_ID = ("ids", "roles", "canonical", "owners", "first_entry", "entry_count")
_TABLES = ("claims", "aliases", "entries")


class CacheSection(msgspec.Struct, frozen=True, array_like=True):
    """A table in a file: how many bytes it has, and their CRC-32."""

    name: str
    size: int
    crc: int


class CacheHeader(msgspec.Struct, frozen=True):
    """`parts` are the names of the parts that a file is about, `numbers` what else there is besides tables."""

    version: int
    ruleset: str
    parts: tuple[str, ...]
    numbers: tuple[int, ...]
    sections: tuple[CacheSection, ...]


class PersonsCache:
    """Summaries of sealed files, by their names, and a dictionary. Reading and writing never raise an OSError.

    `folder` is FOLDER in a data folder; it is made when something is written. Any threads and processes may use it.
    """

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self._folder = folder
        self._disk = disk or SystemDisk()
        self._lock = threading.Lock()
        self._may_write = True

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

    def keep_summary(self, name: str, summary: PartSummary) -> None:
        """Write the summary of the part of that name."""
        ids = pyarrow.table({"ids": summary.ids, "roles": summary.roles})
        tables = {"rows": summary.rows.ids, "aliases": summary.rows.aliases, "ids": ids, "claims": summary.claims}
        self._write(f"{name}{_SUFFIX}", (name,), (), tables)

    def dictionary(self, names: Sequence[str]) -> IdDictionary | None:
        """A dictionary of the first of these parts, in this order."""
        header, tables = self._read(_DICTIONARY, names, ("per_id", *_TABLES, "maps"))
        if header is None:
            return None
        maps, start = [], 0
        sessions, *sizes = header.numbers
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
        sizes = map(len, dictionary.maps)
        self._write(_DICTIONARY, tuple(names), (dictionary.sessions, *sizes), tables)
        self._remove_others({_DICTIONARY, *(f"{name}{_SUFFIX}" for name in names)})

    def _header(self, name: str) -> CacheHeader | None:
        header, _ = self._read(name, None, ())
        return header

    def _read(
        self, name: str, parts: Sequence[str] | None, wanted: Sequence[str]
    ) -> tuple[CacheHeader | None, Mapping[str, Any]]:
        """The header and some tables of a file about the first of these parts; nothing where there is none."""
        tables: dict[str, Any] = {}
        try:
            with self._disk.open(self._folder / name, "read") as file:
                content, _, crc = file.readline(_LONGEST_HEADER).rpartition(b" ")
                if crc != _crc_text(content):
                    return None, {}
                header = msgspec.json.decode(content, type=CacheHeader)
                if (header.version, header.ruleset) != (_VERSION, RULESET):
                    return None, {}
                if parts is not None and (not header.parts or header.parts != tuple(parts[: len(header.parts)])):
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

    def _write(self, name: str, parts: tuple[str, ...], numbers: tuple[int, ...], tables: Mapping[str, Any]) -> None:
        if not self._may_write:
            return
        contents = {key: _stream(table) for key, table in tables.items()}
        sections = tuple(CacheSection(key, len(content), zlib.crc32(content)) for key, content in contents.items())
        header = msgspec.json.encode(CacheHeader(_VERSION, RULESET, parts, numbers, sections))
        try:
            self._disk.make_folder(self._folder, private=True)
            self._disk.remove(self._folder / name)  # it may be a link, which would choose what is written over
            # Another process may write the same file at this moment, or remove the folder.
            with (
                suppress(FileExistsError, FileNotFoundError),
                self._disk.replacing(self._folder / name, private=True) as file,
            ):
                file.writelines((header, b" ", _crc_text(header), *contents.values()))
        except OSError as error:
            with self._lock:
                if self._may_write:
                    self._may_write = False
                    _log.info(
                        "%s cannot be written (%s), so who is who is worked out each time",
                        self._folder,
                        error.strerror,
                    )

    def _remove_others(self, names: set[str]) -> None:
        try:
            for path in self._disk.list(self._folder):
                if path.name not in names and path.name.endswith((_SUFFIX, ".draft")):
                    self._disk.remove(path)
        except OSError:
            return


def _crc_text(header: bytes) -> bytes:
    return b"%08x\n" % zlib.crc32(header)


def _stream(table: Any) -> Any:
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, table.schema, options=_OPTIONS) as writer:
        writer.write_table(table.combine_chunks())
    return sink.getvalue()

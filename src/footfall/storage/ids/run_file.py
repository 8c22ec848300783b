"""The file of a run: sorted ids, written once. It is read in blocks, so a large one takes next to no memory.

A run has a section for each source and form of id. The bytes by which it is sorted are split into two columns of
64-bit numbers, little-endian: `highs`, `lows`; then 32-bit `checksums` of the bodies. A section of texts also keeps the
ids themselves: `ends` says where each of them ends in `texts`. `fences` is the first of every BLOCK highs; the fences
of all sections are in memory. A section of many ids has a `filter` of eight bits an id, one of them set by the lower
half of each low: it spares most look-ups of ids that are not there the read. The footer, in JSON, is last, so a file
that was cut short is noticed.
"""

from __future__ import annotations

import io
import struct
import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import IO, Literal, NamedTuple

import msgspec

from footfall.disk import Disk
from footfall.storage.ids.keys import Key, sort_key, utf8

__all__ = [
    "BLOCK",
    "DAMAGED",
    "FILTERED",
    "DamagedRunError",
    "Form",
    "Run",
    "RunPiece",
    "RunSection",
    "RunWriter",
    "SectionPlan",
    "write_run",
]

BLOCK = 256
"""How many entries one read of a look-up takes."""

DAMAGED = ".damaged"
"""Ends the name of an empty file beside a run in which a look-up met damage."""

Form = Literal["uuid", "text"]

FILTERED = 1 << 17
"""A section of more ids has a filter; of a smaller one all highs are in memory."""

_MAGIC = b"FFIDRUN1"
_TAIL = struct.Struct("<II8s")  # of the footer: its length, its CRC-32, the magic
_U64, _U32 = 8, 4
_LOWER = 0xFFFFFFFF  # the half of a low that sets a bit of the filter
_IS_LITTLE = sys.byteorder == "little"


class DamagedRunError(Exception):
    """A run is not as it was written."""


class SectionPlan(NamedTuple):
    """What a section will have, so that its columns can be written side by side. `text_bytes` is 0 for UUIDs."""

    source: str
    form: Form
    ids: int
    text_bytes: int = 0


class RunPiece(NamedTuple):
    """Entries in order, column by column, as they are in the file; `ends` count from the beginning of the piece."""

    highs: bytes
    lows: bytes
    checksums: bytes
    ends: bytes = b""
    texts: bytes = b""


class _SectionFooter(msgspec.Struct, frozen=True):
    """A section as the footer has it: where each column is, and the CRC-32 of each, in the order of a RunPiece."""

    source: bytes
    form: Form
    ids: int
    columns: tuple[int, ...]
    sizes: tuple[int, ...]
    crcs: tuple[int, ...]
    fences: int
    fences_crc: int
    filter_bytes: int
    filter_crc: int
    first: bytes
    last: bytes


class _Footer(msgspec.Struct, frozen=True):
    sections: tuple[_SectionFooter, ...]


class _SectionWriter:
    def __init__(self, plan: SectionPlan, start: int, filtered: int) -> None:
        self.plan = plan
        number = plan.ids
        sizes = [number * _U64, number * _U64, number * _U32]
        if plan.form == "text":
            sizes += [number * _U64, plan.text_bytes]
        self.sizes = sizes
        self.columns: list[int] = []
        for size in sizes:
            self.columns.append(start)
            start += -(-size // _U64) * _U64
        self.end = start
        self.written = [0] * len(sizes)
        self.crcs = [0] * len(sizes)
        self.fences = array("Q")
        self.filter = bytearray(number if number > filtered else 0)
        self.first = self.last = b""

    def write(self, file: IO[bytes], piece: RunPiece) -> None:
        if not piece.highs:
            return
        before = self.written[0] // _U64
        highs = numbers(piece.highs)
        self.fences.extend(highs[-before % BLOCK :: BLOCK])
        parts = list(piece[: len(self.sizes)])
        if self.plan.form == "text":
            start = self.written[4]
            parts[3] = packed(array("Q", [end + start for end in numbers(piece.ends)]))
        for number, part in enumerate(parts):
            file.seek(self.columns[number] + self.written[number])
            file.write(part)
            self.written[number] += len(part)
            self.crcs[number] = zlib.crc32(part, self.crcs[number])
        lows = numbers(piece.lows)
        if self.filter:
            self._mark(lows)
        self.first = self.first or _big(highs[0], lows[0])
        self.last = _big(highs[-1], lows[-1])

    def footer(self, file: IO[bytes], fences: int) -> _SectionFooter:
        if self.written != self.sizes:
            raise ValueError(f"{self.plan.source}: {self.written} bytes were written instead of {self.sizes}")
        content = packed(self.fences)
        file.write(content)
        file.write(self.filter)
        return _SectionFooter(
            utf8(self.plan.source), self.plan.form, self.plan.ids, tuple(self.columns), tuple(self.sizes),
            tuple(self.crcs), fences, zlib.crc32(content), len(self.filter),
            zlib.crc32(self.filter), self.first, self.last,
        )  # fmt: skip

    def _mark(self, lows: Sequence[int]) -> None:
        marks, bits = self.filter, len(self.filter) * 8
        for low in lows:
            bit = (low & _LOWER) * bits >> 32
            marks[bit >> 3] |= 1 << (bit & 7)


class RunWriter:
    """Writes a run to an open file, which must be empty. Every section is given whole, in pieces of any size.

    A section of more than `filtered` ids gets a filter.
    """

    def __init__(self, file: IO[bytes], plans: Sequence[SectionPlan], *, filtered: int = FILTERED) -> None:
        self._file = file
        self._sections: list[_SectionWriter] = []
        end = 0
        for plan in plans:
            self._sections.append(_SectionWriter(plan, end, filtered))
            end = self._sections[-1].end
        self._end = end

    def add(self, section: int, piece: RunPiece) -> None:
        """Add the next entries of a section, which follow those that it has."""
        self._sections[section].write(self._file, piece)

    def finish(self) -> None:
        """Write what says that the run is complete."""
        position = self._end
        self._file.seek(position)
        footers = []
        for section in self._sections:
            footers.append(section.footer(self._file, position))
            position += len(section.fences) * _U64 + len(section.filter)
        content = msgspec.json.encode(_Footer(tuple(footers)))
        self._file.write(content + _TAIL.pack(len(content), zlib.crc32(content), _MAGIC))


def write_run(disk: Disk, path: Path, ids: Mapping[str, Mapping[Key, int]]) -> None:
    """Write a run of ids by source, each with the checksum of its body. It is on the disk when this returns.

    Raises OSError.
    """
    plans: list[SectionPlan] = []
    pieces: list[RunPiece] = []
    for source, checksums in sorted(ids.items()):
        uuids = [key for key in checksums if type(key) is bytes]
        texts = {sort_key(key): key for key in checksums if type(key) is str}
        if uuids:
            uuids.sort()
            plans.append(SectionPlan(source, "uuid", len(uuids)))
            pieces.append(_piece(uuids, [checksums[key] for key in uuids]))
        if texts:
            keys = sorted(texts)
            heap = [utf8(texts[key]) for key in keys]
            plans.append(SectionPlan(source, "text", len(keys), sum(map(len, heap))))
            pieces.append(_piece(keys, [checksums[texts[key]] for key in keys], heap))
    with disk.replacing(path, private=True) as file:
        writer = RunWriter(file, plans)
        for number, piece in enumerate(pieces):
            writer.add(number, piece)
        writer.finish()


def _piece(keys: list[bytes], checksums: list[int], texts: Sequence[bytes] = ()) -> RunPiece:
    halves = array("Q", b"".join(keys))
    if _IS_LITTLE:
        halves.byteswap()
    ends, end = array("Q"), 0
    for text in texts:
        end += len(text)
        ends.append(end)
    return RunPiece(
        packed(halves[0::2]), packed(halves[1::2]), packed(array("I", checksums)), packed(ends), b"".join(texts)
    )


class Run:
    """A run that is open to read. Every read raises DamagedRunError where the disk, or what is on it, fails."""

    def __init__(self, disk: Disk, path: Path) -> None:
        self.path = path
        try:
            self._file = disk.open(path, "read")
        except OSError as error:
            raise DamagedRunError(f"{path} cannot be read: {error.strerror}") from error
        # What a buffer reads ahead is never what the next look-up needs.
        self._raw = self._file.raw if isinstance(self._file, io.BufferedReader) else self._file
        try:
            self.sections = [RunSection(self, footer) for footer in self._footer().sections]
        except DamagedRunError:
            self.close()
            raise

    @property
    def ids(self) -> int:
        """How many ids it has."""
        return sum(section.ids for section in self.sections)

    def read(self, position: int, size: int) -> bytes:
        """These bytes of the file."""
        try:
            self._raw.seek(position)
            content = self._raw.read(size)
            while len(content) < size:  # a disk gives what lies before a bad block, and fails at the next read
                more = self._raw.read(size - len(content))
                if not more:
                    raise DamagedRunError(f"{self.path} is cut short")
                content += more
        except OSError as error:
            raise DamagedRunError(f"{self.path} cannot be read: {error.strerror}") from error
        return content

    def close(self) -> None:
        """Let go. Closing twice is no error."""
        self._file.close()

    def _footer(self) -> _Footer:
        size = self._raw.seek(0, io.SEEK_END)
        length, crc, magic = _TAIL.unpack(self.read(max(0, size - _TAIL.size), min(size, _TAIL.size)).rjust(_TAIL.size))
        if magic != _MAGIC or length > size:
            raise DamagedRunError(f"{self.path} is no run of ids, or cut short")
        content = self.read(size - _TAIL.size - length, length)
        if zlib.crc32(content) != crc:
            raise DamagedRunError(f"{self.path} has a damaged end")
        try:
            return msgspec.json.decode(content, type=_Footer)
        except msgspec.MsgspecError as error:  # its checksum is right, so nothing befell the disk
            raise DamagedRunError(f"{self.path} was written by another version: {error}") from error


class RunSection:
    """The ids of one source and form in a run, sorted. `first` and `last` are the sort keys of its ends."""

    def __init__(self, run: Run, footer: _SectionFooter) -> None:
        self.source = footer.source.decode("utf-8", "surrogatepass")
        self.form: Form = footer.form
        self.ids = footer.ids
        self.first, self.last = footer.first, footer.last
        self.text_bytes = footer.sizes[4] if footer.form == "text" else 0
        self.run = run
        self._footer = footer
        self._highs, self._lows, self._checksums = footer.columns[:3]
        fences = run.read(footer.fences, -(-footer.ids // BLOCK) * _U64)
        if zlib.crc32(fences) != footer.fences_crc:
            raise DamagedRunError(f"{run.path} has a damaged end")
        self.fences = numbers(fences)
        self.filter = b""
        self._all_highs: Sequence[int] | None = None

    @property
    def memory(self) -> int:
        """How many bytes of memory it takes after `prepare`."""
        return self._footer.filter_bytes or self.ids * _U64

    @property
    def is_prepared(self) -> bool:
        """Whether it takes that memory."""
        return bool(self.filter) or self._all_highs is not None

    def prepare(self) -> None:
        """Read what spares most look-ups a read."""
        is_filtered = self._footer.filter_bytes > 0
        start = self._footer.fences + len(self.fences) * _U64 if is_filtered else self._highs
        content = self.run.read(start, self.memory)
        if zlib.crc32(content) != (self._footer.filter_crc if is_filtered else self._footer.crcs[0]):
            raise DamagedRunError(f"{self.run.path} is not as it was written")
        if is_filtered:
            self.filter = content
        else:
            self._all_highs = numbers(content)

    def find(self, key: bytes, text: str | None = None) -> int | None:
        """The checksum of the id with this sort key, which lies between `first` and `last`; None where it is not here.

        `text` is the id itself in a section of texts.
        """
        marks = self.filter
        if marks:
            bit = int.from_bytes(key[-_U32:]) * len(marks) >> 29  # eight bits a byte: 32 - 3
            if not marks[bit >> 3] >> (bit & 7) & 1:
                return None
        high = int.from_bytes(key[:_U64])
        if self._all_highs is not None:
            start, highs = 0, self._all_highs
        else:
            block = bisect_right(self.fences, high) - 1
            start = block * BLOCK
            highs = self._block(start)
            if highs[0] != self.fences[block]:
                raise DamagedRunError(f"{self.run.path} has a damaged block")
        index = bisect_left(highs, high)
        if index == len(highs) or highs[index] != high:
            return None
        return self._confirmed(high, int.from_bytes(key[_U64:]), start + index, text)

    def _confirmed(self, high: int, low: int, position: int, text: str | None) -> int | None:
        """The checksum of the entry with this high and low. `position` has that high, as others around it may."""
        highs, lows = _Column(self.run, self._highs, self.ids), _Column(self.run, self._lows, self.ids)
        start = bisect_left(highs, high, max(0, bisect_left(self.fences, high) - 1) * BLOCK, position + 1)
        end = bisect_right(highs, high, position, min(self.ids, bisect_right(self.fences, high) * BLOCK))
        index = bisect_left(lows, low, start, end)
        while index < end and lows[index] == low:
            if text is None or self.texts(index, index + 1) == utf8(text):
                return int.from_bytes(self.run.read(self._checksums + index * _U32, _U32), "little")
            index += 1
        return None

    def position(self, high: int) -> int:
        """How many of its entries have a smaller high."""
        start = max(0, bisect_left(self.fences, high) - 1) * BLOCK
        return start + bisect_left(self._block(start), high)

    def piece(self, start: int, end: int) -> RunPiece:
        """The entries of these positions."""
        number = end - start
        read = self.run.read
        highs = read(self._highs + start * _U64, number * _U64)
        lows = read(self._lows + start * _U64, number * _U64)
        checksums = read(self._checksums + start * _U32, number * _U32)
        if self.form == "uuid":
            return RunPiece(highs, lows, checksums)
        base, *ends = self._ends(start, end)
        return RunPiece(
            highs, lows, checksums, packed(array("Q", [end - base for end in ends])), self.texts(start, end)
        )

    def texts(self, start: int, end: int) -> bytes:
        """The ids of these positions, one after the other."""
        ends = self._ends(start, end)
        return self.run.read(self._footer.columns[4] + ends[0], ends[-1] - ends[0])

    def entries(self) -> Iterator[tuple[str, int]]:
        """Every id with its checksum, in order. For tests, and for those who look into a file."""
        for start in range(0, self.ids, BLOCK):
            end = min(start + BLOCK, self.ids)
            piece = self.piece(start, end)
            checksums = numbers(piece.checksums, "I")
            if self.form == "text":
                ids = [
                    piece.texts[a:b].decode("utf-8", "surrogatepass") for a, b in pairwise([0, *numbers(piece.ends)])
                ]
            else:
                pairs = zip(numbers(piece.highs), numbers(piece.lows), strict=True)
                ids = [_dashed(_big(high, low).hex()) for high, low in pairs]
            yield from zip(ids, checksums, strict=True)

    def columns(self) -> list[tuple[int, int]]:
        """Where each column begins in the file, and how many bytes it has, in the order of a RunPiece."""
        return list(zip(self._footer.columns, self._footer.sizes, strict=True))

    def damage(self) -> list[str]:
        """Read it whole, and name what is not as it was written."""
        names = []
        footer = self._footer
        marks = footer.fences + len(self.fences) * _U64, footer.filter_bytes
        columns = [
            *zip(RunPiece._fields, self.columns(), footer.crcs, strict=False),
            ("filter", marks, footer.filter_crc),
        ]
        for name, (at, size), crc in columns:
            actual = 0
            for position in range(0, size, 1 << 20):
                actual = zlib.crc32(self.run.read(at + position, min(1 << 20, size - position)), actual)
            if actual != crc:
                names.append(f"{self.source}: {name}")
        return names

    def _block(self, start: int) -> Sequence[int]:
        return numbers(self.run.read(self._highs + start * _U64, min(BLOCK, self.ids - start) * _U64))

    def _ends(self, start: int, end: int) -> list[int]:
        """Where the text before `start` ends, and where each of these does."""
        before = max(0, start - 1)
        ends = numbers(self.run.read(self._footer.columns[3] + before * _U64, (end - before) * _U64))
        return list(ends) if start else [0, *ends]


class _Column(Sequence[int]):
    """A column of 64-bit numbers that is read one at a time."""

    def __init__(self, run: Run, at: int, length: int) -> None:
        self._run, self._at, self._length = run, at, length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> int:  # type: ignore[override]  # nobody takes a slice of it
        return int.from_bytes(self._run.read(self._at + index * _U64, _U64), "little")


def numbers(content: bytes, code: Literal["Q", "I"] = "Q") -> Sequence[int]:
    """Numbers as they are in a file, little-endian."""
    if _IS_LITTLE:
        return memoryview(content).cast(code)
    values = array(code, content)
    values.byteswap()
    return values


def packed(values: array[int]) -> bytes:
    """Numbers as they are in a file."""
    if not _IS_LITTLE:
        values.byteswap()
    return values.tobytes()


def _big(high: int, low: int) -> bytes:
    return high.to_bytes(_U64) + low.to_bytes(_U64)


def _dashed(text: str) -> str:
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

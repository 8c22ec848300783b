"""A run finds exactly the ids that were written into it, and notices when it is not as it was written."""

from __future__ import annotations

import errno
import io
import struct
import uuid
import zlib
from itertools import pairwise
from pathlib import Path
from typing import IO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from footfall.disk import Mode
from footfall.storage.ids.keys import Key, key_of, sort_key
from footfall.storage.ids.run_file import BLOCK, DamagedRunError, Run, RunWriter, SectionPlan, write_run
from footfall.testing.disk import MemoryDisk

PATH = Path("/ids/1-2.run")


def disk() -> MemoryDisk:
    made = MemoryDisk()
    made.make_folder(PATH.parent)
    return made


def written(ids: dict[str, dict[Key, int]]) -> Run:
    made = disk()
    write_run(made, PATH, ids)
    return Run(made, PATH)


def find(run: Run, source: str, key: Key) -> int | None:
    """What the section that may have the id says of it."""
    order = sort_key(key)
    answers = [
        section.find(order, None if type(key) is bytes else str(key))
        for section in run.sections
        if section.source == source
        and section.form == ("uuid" if type(key) is bytes else "text")
        and section.first <= order <= section.last
    ]
    return answers[0] if answers else None


# Few different halves, so that many entries share the half by which they are searched first.
CLOSE = st.builds(
    lambda high, low: high.to_bytes(8) + low.to_bytes(8),
    st.sampled_from([0, 1, 7, 8, 2**63, 2**64 - 1]),
    st.integers(0, 20) | st.sampled_from([2**63, 2**64 - 1]),
)
KEYS: st.SearchStrategy[Key] = st.one_of(CLOSE, st.uuids().map(lambda value: value.bytes), st.text(max_size=6))
IDS = st.dictionaries(
    st.sampled_from(["shop", "app", "\ud800"]),
    st.dictionaries(KEYS, st.integers(0, 2**32 - 1), min_size=1, max_size=60),
)


def filtered(run: Run) -> Run:
    """The same run with a filter in each section."""
    made = disk()
    with made.replacing(PATH) as file:
        plans = [SectionPlan(part.source, part.form, part.ids, part.text_bytes) for part in run.sections]
        writer = RunWriter(file, plans, filtered=0)
        for number, part in enumerate(run.sections):
            writer.add(number, part.piece(0, part.ids))
        writer.finish()
    return Run(made, PATH)


@given(ids=IDS, others=st.lists(KEYS, max_size=30), is_filtered=st.booleans(), is_prepared=st.booleans())
def test_a_run_finds_every_id_with_its_checksum_and_no_other(
    ids: dict[str, dict[Key, int]], others: list[Key], is_filtered: bool, is_prepared: bool
) -> None:
    run = filtered(written(ids)) if is_filtered else written(ids)
    for section in run.sections:
        if is_prepared:
            section.prepare()
        assert section.is_prepared == is_prepared

    for source in ("shop", "app", "\ud800", "nobody"):
        asked = [*others, *(key for some in ids.values() for key in some)]
        assert {key: find(run, source, key) for key in asked} == {key: ids.get(source, {}).get(key) for key in asked}
    assert run.ids == sum(map(len, ids.values()))
    assert [problem for section in run.sections for problem in section.damage()] == []


@pytest.mark.parametrize("number", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 7])
@pytest.mark.parametrize("high_step", [0, 1, 3])
def test_ids_are_found_across_blocks_also_where_many_begin_alike(number: int, high_step: int) -> None:
    """With a step of 0 all share one high; the lows are even, so that what lies between is asked for, too."""
    keys = [(5 + index // 200 * high_step).to_bytes(8) + (2 * index).to_bytes(8) for index in range(number)]
    run = written({"shop": {key: index for index, key in enumerate(keys)}})

    assert [find(run, "shop", key) for key in keys] == list(range(number))
    assert {find(run, "shop", key[:-1] + bytes([key[-1] | 1])) for key in keys} == {None}


def test_a_filter_spares_most_look_ups_of_what_is_not_there_and_none_of_what_is() -> None:
    keys = [uuid.uuid5(uuid.NAMESPACE_DNS, str(index)).bytes for index in range(2000)]
    run = filtered(written({"shop": dict.fromkeys(keys[:1000], 1)}))
    (section,) = run.sections
    section.prepare()
    assert section.memory == 1000
    run.close()

    def is_read(key: bytes) -> bool:
        try:
            return section.find(key) is not None
        except ValueError:  # the file is closed
            return True

    assert all(map(is_read, keys[:1000]))
    assert sum(map(is_read, keys[1000:])) < 200


def test_entries_come_back_as_the_ids_that_they_were() -> None:
    ids = {str(uuid.UUID(int=3)): 1, str(uuid.UUID(int=1)): 2, "b": 3, "ü": 4}
    run = written({"shop": {key_of(text): checksum for text, checksum in ids.items()}})

    entries = {section.form: list(section.entries()) for section in run.sections}

    assert entries["uuid"] == [(str(uuid.UUID(int=1)), 2), (str(uuid.UUID(int=3)), 1)]
    assert sorted(entries["text"]) == [("b", 3), ("ü", 4)]


SIZE = 400


@settings(max_examples=50)
@given(cuts=st.sets(st.integers(1, SIZE - 1)), form=st.sampled_from(["uuid", "text"]))
@example(cuts={BLOCK}, form="text")
def test_a_run_that_is_written_in_pieces_is_the_same_as_one_written_at_once(cuts: set[int], form: str) -> None:
    texts = [str(uuid.UUID(int=index * 2**60)) if form == "uuid" else f"m-{index}" for index in range(SIZE)]
    whole = written({"shop": {key_of(text): index for index, text in enumerate(texts)}})
    (section,) = whole.sections
    in_pieces = disk()

    with in_pieces.replacing(PATH) as file:
        writer = RunWriter(file, [SectionPlan("shop", section.form, section.ids, section.text_bytes)])
        for start, end in pairwise([0, *sorted(cuts), SIZE]):
            writer.add(0, section.piece(start, end))
        writer.finish()

    with in_pieces.open(PATH, "read") as file:
        content = file.read()
    assert content == whole.read(0, len(content))


def test_a_writer_that_was_not_given_all_that_was_planned_refuses() -> None:
    made = disk()

    with pytest.raises(ValueError, match="shop: "), made.replacing(PATH) as file:
        RunWriter(file, [SectionPlan("shop", "uuid", 1)]).finish()
    assert made.list(PATH.parent) == []


SMALL: dict[str, dict[Key, int]] = {"shop": {bytes([index]) * 16: index for index in range(1, 10)} | {"text": 7}}


def bytes_of_a_run() -> bytes:
    made = disk()
    write_run(made, PATH, SMALL)
    with made.open(PATH, "read") as file:
        return file.read()


CONTENT = bytes_of_a_run()


def with_content(content: bytes) -> MemoryDisk:
    made = disk()
    with made.open(PATH, "write") as file:
        file.write(content)
    return made


def test_a_file_that_was_cut_short_is_no_run() -> None:
    for size in range(len(CONTENT)):
        with pytest.raises(DamagedRunError):
            Run(with_content(CONTENT[:size]), PATH)


def problems_of(content: bytes) -> list[str]:
    try:
        run = Run(with_content(content), PATH)
    except DamagedRunError as error:
        return [str(error)]
    return [problem for section in run.sections for problem in section.damage()]


def test_a_byte_that_differs_is_noticed_as_a_run_is_opened_or_checked() -> None:
    run = Run(with_content(CONTENT), PATH)
    columns = [range(start, start + size) for section in run.sections for start, size in section.columns()]
    end = columns[-1].stop
    padding = {position for position in range(-(-end // 8) * 8) if not any(position in column for column in columns)}

    for position in set(range(len(CONTENT))) - padding:
        changed = bytearray(CONTENT)
        changed[position] ^= 0x10

        assert len(problems_of(bytes(changed))) == 1


def test_a_run_of_another_version_is_damaged() -> None:
    made, end = disk(), b'{"sections":[{"source":"c2hvcA==","shape":"tree"}]}'
    with made.open(PATH, "write") as file:
        file.write(end + struct.pack("<II8s", len(end), zlib.crc32(end), b"FFIDRUN1"))

    with pytest.raises(DamagedRunError, match="was written by another version: Object missing required field"):
        Run(made, PATH)


def test_a_run_that_is_not_there_is_damaged() -> None:
    with pytest.raises(DamagedRunError, match="cannot be read: No such file"):
        Run(disk(), PATH)


class BadBlock(io.BytesIO):
    """A file whose disk reads the bytes before a bad block, and fails at the block."""

    def __init__(self, content: bytes, block: int) -> None:
        super().__init__(content)
        self.block = block

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() == self.block:
            raise OSError(errno.EIO, "Input/output error")
        if size is not None and self.tell() < self.block:
            size = min(size, self.block - self.tell())
        return super().read(size)


class BadDisk(MemoryDisk):
    def open(self, path: Path, mode: Mode) -> IO[bytes]:
        return BadBlock(CONTENT, 4)


def test_a_block_that_the_disk_cannot_read_is_damage_also_in_the_middle_of_a_read() -> None:
    section = Run(BadDisk(), PATH).sections[0]

    with pytest.raises(DamagedRunError, match="cannot be read: Input/output error"):
        section.prepare()


@pytest.mark.parametrize("is_filtered", [True, False])
def test_what_is_kept_in_memory_is_checked_as_it_is_read(is_filtered: bool) -> None:
    run = written({"shop": {bytes([index]) * 16: index for index in range(1, 10)}})
    with (filtered(run) if is_filtered else run)._file as file:
        file.seek(0)
        content = bytearray(file.read())
    (section,) = Run(with_content(bytes(content)), PATH).sections
    start = section.columns()[-1][0] + -(-9 * 4 // 8) * 8 + 8 if is_filtered else 0  # after the one fence
    content[start] ^= 0x10
    (section,) = Run(with_content(bytes(content)), PATH).sections

    with pytest.raises(DamagedRunError, match="is not as it was written"):
        section.prepare()


def test_a_look_up_notices_a_block_that_is_not_as_it_was() -> None:
    content = bytearray(CONTENT)
    content[: 9 * 8] = bytes(9 * 8)
    run = Run(with_content(bytes(content)), PATH)

    with pytest.raises(DamagedRunError, match="a damaged block"):
        find(run, "shop", bytes([4]) * 15 + b"\0")
    run.close()
    run.close()

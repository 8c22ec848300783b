"""Merged runs answer as the runs that they were made of."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.storage.ids.keys import Key, body_checksum, key_of
from footfall.storage.ids.merging import damaged_runs, due_merges, merge_due_runs, merge_runs, rebuild_run
from footfall.storage.ids.run_file import BLOCK, Run, write_run
from footfall.storage.ids.stored_ids import StoredIds, run_name
from footfall.storage.journal import Entry, IdRun, Row, RunSwap
from footfall.testing.disk import MemoryDisk

FOLDER = Path("/ids")
Ids = dict[str, dict[Key, int]]


def disk() -> MemoryDisk:
    memory = MemoryDisk()
    memory.make_folder(FOLDER)
    return memory


def run(first: int, last: int, month: str = "2026-11", ids: int | None = None) -> IdRun:
    return IdRun(run_name(first, last), first, last, month, last - first + 1 if ids is None else ids)


def put(disk: MemoryDisk, parts: list[Ids], month: str = "2026-11") -> list[IdRun]:
    """A run for each part."""
    runs = []
    for number, part in enumerate(parts):
        runs.append(run(number * 10 + 1, number * 10 + 9, month, sum(map(len, part.values()))))
        write_run(disk, FOLDER / runs[-1].name, part)
    return runs


def answers(disk: MemoryDisk, runs: list[IdRun], asked: Ids) -> Ids:
    ids = StoredIds(FOLDER, disk)
    assert ids.reset(runs) == []
    return {source: ids.find(source, keys) for source, keys in asked.items()}


# Few halves, so that runs overlap and entries share the half by which they are searched first.
UUIDS = st.builds(
    lambda high, low: high.to_bytes(8) + low.to_bytes(8), st.sampled_from([0, 1, 2**63, 2**64 - 1]), st.integers(0, 40)
)
KEYS: st.SearchStrategy[Key] = UUIDS | st.uuids().map(lambda value: value.bytes) | st.text(max_size=4)
IDS = st.dictionaries(st.sampled_from(["shop", "app", "\ud800"]), st.dictionaries(KEYS, st.integers(0, 2**32 - 1)))


@settings(max_examples=60)
@given(parts=st.lists(IDS, min_size=1, max_size=5), others=st.lists(KEYS, max_size=10))
def test_a_merged_run_finds_what_its_parts_find(parts: list[Ids], others: list[Key]) -> None:
    memory = disk()
    # An id is stored once, so it is in one run alone.
    known: Ids = {}
    for part in parts:
        for source, ids in part.items():
            for key in [key for key in ids if key in known.get(source, {})]:
                del ids[key]
            known.setdefault(source, {}).update(ids)
    runs = put(memory, parts)
    asked = {source: ids | dict.fromkeys(others, 0) for source, ids in known.items()}
    before = answers(memory, runs, asked)

    merged = merge_runs(memory, FOLDER, runs)

    assert answers(memory, [merged], asked) == before == known
    assert (merged.first, merged.last, merged.ids) == (1, len(parts) * 10 - 1, sum(map(len, known.values())))
    assert damaged_runs(memory, FOLDER, [merged], is_thorough=True) == []


def test_a_merge_of_many_ids_works_piece_by_piece() -> None:
    memory = disk()
    number = 3 * BLOCK + 5
    parts: list[Ids] = [
        {"shop": {(7 * index % 1009).to_bytes(8) + part.to_bytes(8): index for index in range(number)}}
        for part in range(3)
    ]
    texts: list[Ids] = [{"shop": {f"{part}-{index}": index for index in range(number)}} for part in range(3)]
    runs = put(memory, [{"shop": {**uuids["shop"], **more["shop"]}} for uuids, more in zip(parts, texts, strict=True)])

    merged = merge_runs(memory, FOLDER, runs, piece=2 * BLOCK)

    opened = Run(memory, FOLDER / merged.name)
    assert {section.form: section.ids for section in opened.sections} == {"uuid": 3 * number, "text": 3 * number}
    known = {"shop": {key: value for part in [*parts, *texts] for key, value in part["shop"].items()}}
    assert answers(memory, [merged], known) == known


def test_a_month_that_is_over_becomes_one_run_and_of_the_last_one_the_small_ones_do() -> None:
    october = [run(1, 1000, "2026-10"), run(1001, 1002, "2026-10")]
    large, small = run(1003, 9000), [run(9001, 9010), run(9011, 9020), run(9021, 9080)]

    assert due_merges([*october, large, *small]) == [october, small]
    assert due_merges([large, run(9001, 9100)]) == []
    assert due_merges([october[0], large]) == []
    assert due_merges([]) == []


@given(sizes=st.lists(st.integers(1, 1000), max_size=60))
def test_a_month_has_few_runs_and_each_id_is_written_few_times(sizes: list[int]) -> None:
    runs: list[IdRun] = []
    written = seq = 0
    for size in sizes:
        runs.append(run(seq + 1, seq + size))
        seq += size
        for group in due_merges(runs):
            merged = run(group[0].first, group[-1].last, ids=sum(part.ids for part in group))
            runs = sorted([*(part for part in runs if part not in group), merged], key=lambda part: part.last)
            written += merged.ids

    assert sum(part.ids for part in runs) == seq
    assert len(runs) <= 2 + seq.bit_length() // 2
    assert written <= seq * 4 * (1 + seq.bit_length())


def test_a_damaged_run_is_left_out_of_merges_and_the_others_are_merged() -> None:
    memory = disk()
    runs = put(memory, [{"shop": {f"{number}": number}} for number in range(5)])
    memory.remove(FOLDER / runs[1].name)

    with memory.open(FOLDER / runs[3].name, "update") as file:
        file.seek(9)
        file.write(b"?")

    (swap,), damaged = merge_due_runs(memory, FOLDER, runs)

    assert damaged == [runs[1], runs[3]]
    assert swap.removed == (runs[0].name, runs[2].name, runs[4].name)
    assert swap.added == run(1, 49, ids=3)
    assert damaged_runs(memory, FOLDER, [*runs, swap.added]) == [runs[1]]


def test_only_a_thorough_look_finds_damage_in_the_middle() -> None:
    memory = disk()
    (part,) = put(memory, [{"shop": {key_of("a"): 1, key_of("b"): 2}}])
    with memory.open(FOLDER / part.name, "update") as file:
        file.seek(9)
        file.write(b"?")

    assert damaged_runs(memory, FOLDER, [part]) == []
    assert damaged_runs(memory, FOLDER, [part], is_thorough=True) == [part]


def entry(seq: int) -> Entry:
    body = b'{"n":%d}' % seq
    return Entry(
        seq, Row("stored", "shop", f"m{seq}", "page", None, "u", None, None, None, None, 1, 2, None, None, body, None)
    )


@pytest.mark.parametrize("number", [0, 1, 5])
def test_a_run_is_made_anew_of_its_rows(number: int) -> None:
    memory = disk()
    lost = run(1, 5, "2026-10")
    entries = [entry(seq) for seq in range(1, number + 1)]
    known: Ids = {"shop": {f"m{seq}": body_checksum(row.body) for seq, row in entries}}

    swap = rebuild_run(memory, FOLDER, lost, [entries[:2], entries[2:]], piece=2)

    assert swap == RunSwap(lost._replace(ids=number), (lost.name,))
    assert answers(memory, [swap.added], known) == known
    assert [path.name for path in memory.list(FOLDER)] == [lost.name]

"""What every Warehouse keeps to, run over each implementation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footfall.errors import WarehouseError
from footfall.storage.columns import BYTES, COLUMNS, TIME
from footfall.storage.journal import Entry, Row
from footfall.storage.parquet.warehouse import ParquetWarehouse
from footfall.storage.warehouse import FileCount, ManifestStep, SealedFile, Warehouse
from footfall.testing.warehouse import MemoryWarehouse

DAY_US = 86_400_000_000
NOON = 1_795_953_600_000_000  # 2026-11-29T12:00:00Z


def entry(seq: int, **values: Any) -> Entry:
    row = Row(
        kind="stored",
        source="shop",
        message_id=f"m-{seq}",
        type="track",
        event="seen",
        user_id=None,
        anonymous_id="a-1",
        device_id=None,
        previous_id=None,
        group_id=None,
        occurred_at=NOON + seq,
        received_at=NOON + seq,
        bundle=None,
        faults=None,
        body=b'{"messageId":"m-%d"}' % seq,
        envelope=None,
    )
    return Entry(seq, row._replace(**values))


FULL = Row(
    "stored", "shop", "m-1", "track", "seen", "u", "a", "d", "p", "g", -5, NOON, "b" * 64, b"[{}]",
    b'{"total": 1.10, "n": "\x00 \xff"}', b'{"context":{}}', b'{"a":"\xff"}',
)  # fmt: skip


def batches(entries: Sequence[Entry], size: int = 1000) -> list[pyarrow.RecordBatch]:
    types = {TIME: pyarrow.int64(), BYTES: pyarrow.binary()}
    fields = {"seq": pyarrow.array([entry.seq for entry in entries], pyarrow.int64())}
    for column in COLUMNS:
        values = [getattr(entry.row, column.name) for entry in entries]
        fields[column.name] = pyarrow.array(values, types.get(column.contents, pyarrow.string()))
    return pyarrow.table(fields).to_batches(max_chunksize=size)  # type: ignore[no-any-return]  # pyarrow has no types


class Place(NamedTuple):
    """A new warehouse, and how to damage a file of it, and a step."""

    warehouse: Warehouse
    damage: Callable[[str], None]
    damage_step: Callable[[int], None]


@pytest.fixture(params=["parquet", "memory"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Place]:
    numbers = iter(range(1_000_000))

    def new() -> Place:
        if request.param == "memory":
            memory = MemoryWarehouse()

            def damage_memory(name: object) -> None:
                memory.damage[str(name)] = "is damaged"

            return Place(memory, damage_memory, damage_memory)
        folder = tmp_path / str(next(numbers))

        def damage(name: str) -> None:
            content = bytearray((folder / name).read_bytes())
            content[len(content) // 2] ^= 1
            (folder / name).write_bytes(content)

        def damage_step(number: int) -> None:
            lines = (folder / "manifest.jsonl").read_bytes().split(b"\n")
            lines[number - 1] = lines[number - 1].replace(b"sealed", b"SEALED")
            (folder / "manifest.jsonl").write_bytes(b"\n".join(lines))

        return Place(ParquetWarehouse(folder), damage, damage_step)

    return new


@pytest.fixture
def place(make: Callable[[], Place]) -> Place:
    return make()


@pytest.fixture
def warehouse(place: Place) -> Iterator[Warehouse]:
    yield place.warehouse
    place.warehouse.close()
    place.warehouse.close()


def write(warehouse: Warehouse, *entries: Entry) -> list[SealedFile]:
    return warehouse.write(batches(entries), None)


def all_of(warehouse: Warehouse, files: Sequence[SealedFile], **arguments: Any) -> list[Entry]:
    return [entry for chunk in warehouse.scan(files, **arguments) for entry in chunk]


def step(*files: SealedFile) -> ManifestStep:
    return ManifestStep("sealed", "2026-11-29T13:00:00.000000Z", files)


def test_a_message_comes_back_as_it_was_in_the_journal(warehouse: Warehouse) -> None:
    files = write(warehouse, Entry(7, FULL), entry(9))

    assert all_of(warehouse, files) == [Entry(7, FULL), entry(9)]


def test_each_day_of_receipt_gets_a_file_that_says_what_is_in_it(warehouse: Warehouse) -> None:
    files = write(
        warehouse,
        entry(1, received_at=NOON - DAY_US // 2),
        entry(2, received_at=NOON - DAY_US // 2 - 1),
        entry(5, source="app", event=None, type="page"),
        entry(6),
    )

    assert [(file.day, file.first, file.last, file.messages) for file in sorted(files, key=lambda file: file.day)] == [
        ("2026-11-28", 2, 2, 1),
        ("2026-11-29", 1, 6, 3),
    ]
    assert sorted(files, key=lambda file: file.day)[1].counts == (
        FileCount("app", "(page)", 1),
        FileCount("shop", "seen", 2),
    )


def test_each_environment_gets_a_file_of_its_own_that_names_it(warehouse: Warehouse) -> None:
    environments = [None, "staging", None, "test", "staging"]
    entries = [entry(seq, environment=name) for seq, name in enumerate(environments, 1)]

    files = write(warehouse, *entries)

    assert [(file.environment, file.messages) for file in files] == [(None, 2), ("staging", 2), ("test", 1)]
    assert [warehouse.check(file) for file in files] == [[], [], []]
    assert [warehouse.part(file).read(["environment"]).column(0).to_pylist() for file in files] == [
        [None, None], ["staging", "staging"], ["test"],
    ]  # fmt: skip
    assert all_of(warehouse, files) == entries


def test_a_moment_before_the_epoch_is_of_its_day(warehouse: Warehouse) -> None:
    (file,) = write(warehouse, entry(1, received_at=-1))

    assert file.day == "1969-12-31"


def test_the_same_messages_get_the_same_names_and_others_get_other_names(warehouse: Warehouse) -> None:
    entries = [entry(seq) for seq in range(1, 10)]

    names = [
        [file.name for file in warehouse.write(batches(messages, size), None)]
        for messages, size in ((entries, 1000), (entries, 2), (entries[:4] + entries[5:], 1000))
    ]

    assert names[0] == names[1]
    assert set(names[2]).isdisjoint(names[0])


def test_files_whose_numbers_overlap_are_read_in_order(warehouse: Warehouse) -> None:
    days = {1: 0, 2: 1, 3: 0, 4: 2, 5: 1, 6: 0, 7: 5, 8: 1, 9: 9}
    entries = [entry(seq, received_at=NOON + day * DAY_US) for seq, day in days.items()]
    files = write(warehouse, *entries)

    chunks = list(warehouse.scan(files[::-1], after=1, until=8, chunk=2))

    assert [entry for chunk in chunks for entry in chunk] == entries[1:8]
    assert all(0 < len(chunk) <= 2 for chunk in chunks)


@given(st.lists(st.integers(0, 3), max_size=12), st.integers(0, 13), st.none() | st.integers(0, 13), st.integers(1, 4))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_files_are_read_in_order_from_any_number_to_any(
    make: Callable[[], Place], days: list[int], after: int, until: int | None, chunk: int
) -> None:
    warehouse = make().warehouse
    entries = [entry(seq, received_at=NOON + day * DAY_US) for seq, day in enumerate(days, 1)]
    files = warehouse.write(batches(entries), None)

    asked = [entry for entry in entries if after < entry.seq and (until is None or entry.seq <= until)]

    assert all_of(warehouse, files, after=after, until=until, chunk=chunk) == asked


def test_columns_of_a_file_are_sorted_by_event_device_and_time(warehouse: Warehouse) -> None:
    (file,) = write(
        warehouse,
        entry(1, event="seen", device_id="d-2"),
        entry(2, event=None, type="page"),
        entry(3, event="bought", occurred_at=9),
        entry(4, event="bought", occurred_at=8),
        entry(5, event="seen", anonymous_id=None, user_id="b"),
        entry(6, event="seen", anonymous_id=None),
    )

    table = warehouse.part(file).read(["seq", "event", "body"])

    assert table.to_pylist() == [
        {"seq": seq, "event": event, "body": b'{"messageId":"m-%d"}' % seq}
        for seq, event in ((4, "bought"), (3, "bought"), (5, "seen"), (1, "seen"), (6, "seen"), (2, None))
    ]


def test_a_part_has_the_same_stretches_where_they_were_known_before(warehouse: Warehouse) -> None:
    (file,) = write(warehouse, entry(1, event="seen"), entry(2, event="bought"))
    stretches = warehouse.part(file).stretches()

    assert warehouse.part(file, stretches).stretches() == stretches
    assert warehouse.part(file, stretches).read(["seq"]).column("seq").to_pylist() == [2, 1]


def test_steps_are_what_was_appended_and_those_that_do_not_count_are_written_over(warehouse: Warehouse) -> None:
    first, lost, second = (step(*write(warehouse, entry(seq))) for seq in (1, 2, 3))

    numbers = [warehouse.append(first, 0), warehouse.append(lost, 1), warehouse.append(second, 1)]

    assert numbers == [1, 2, 2]
    assert warehouse.steps(0) == []
    assert warehouse.steps(1) == [first]
    assert warehouse.steps(2) == [first, second]


def test_a_damaged_step_is_an_error_or_is_passed_over_and_named(place: Place) -> None:
    steps = [step(*write(place.warehouse, entry(seq))) for seq in (1, 2, 3)]
    for number, each in enumerate(steps):
        place.warehouse.append(each, number)
    place.damage_step(2)
    damaged: list[int] = []

    assert place.warehouse.steps(3, lambda number, _: damaged.append(number)) == [steps[0], steps[2]]
    assert damaged == [2]
    assert place.warehouse.steps(1) == steps[:1]
    with pytest.raises(WarehouseError, match="2"):
        place.warehouse.steps(3)


def test_more_steps_than_there_are_is_an_error(warehouse: Warehouse) -> None:
    warehouse.append(step(), 0)

    with pytest.raises(WarehouseError, match="1 of 2"):
        warehouse.steps(2)
    with pytest.raises(WarehouseError, match="1 of 2"):
        warehouse.append(step(), 2)


def test_a_damaged_or_missing_file_costs_only_its_own_messages(place: Place) -> None:
    files = write(place.warehouse, *(entry(seq, received_at=NOON + seq * DAY_US) for seq in range(1, 5)))
    place.damage(files[1].name)
    place.warehouse.remove([files[0], files[1], files[3]])
    skipped: list[str] = []

    entries = all_of(place.warehouse, files, skipped=lambda file, reason: skipped.append(f"{file.name} {reason}"))

    assert [entry.seq for entry in entries] == [1, 4]
    assert [line.split(" ")[0] for line in skipped] == [files[1].name, files[2].name]
    with pytest.raises(WarehouseError, match="is missing"):
        all_of(place.warehouse, files[2:])


def test_a_file_is_checked(place: Place) -> None:
    files = write(place.warehouse, *(entry(seq, received_at=NOON + seq * DAY_US) for seq in range(1, 4)))
    place.damage(files[1].name)
    place.warehouse.remove(files[:2])

    faults = [place.warehouse.check(file) for file in files]

    assert [len(fault) for fault in faults] == [0, 1, 1]


def test_by_its_size_a_file_is_missing_or_whole(warehouse: Warehouse) -> None:
    (file,) = write(warehouse, entry(1))

    assert warehouse.check(file, by_size=True) == []
    warehouse.remove([])
    assert warehouse.check(file, by_size=True) == ["it is missing"]


def test_files_that_rest_are_read_until_they_are_removed_and_are_not_among_those_that_are_kept(
    warehouse: Warehouse,
) -> None:
    entries = [entry(1), entry(2, received_at=NOON + DAY_US)]
    files = write(warehouse, *entries)

    removed = warehouse.remove(files[:1], resting=files[1:])
    again = warehouse.remove(files[:1], resting=files[1:])

    assert removed == again == []
    assert all_of(warehouse, files) == entries
    assert warehouse.part(files[1]).read(["seq"]).to_pylist() == [{"seq": 2}]
    assert warehouse.check(files[1]) == []
    assert warehouse.remove(files[:1]) == [files[1].name]
    assert all_of(warehouse, files[:1]) == entries[:1]
    with pytest.raises(WarehouseError):
        all_of(warehouse, files)


def test_only_what_is_not_kept_is_removed(warehouse: Warehouse) -> None:
    files = write(warehouse, *(entry(seq, received_at=NOON + seq * DAY_US) for seq in range(1, 4)))

    removed = warehouse.remove([files[0], files[2]])

    assert removed == [files[1].name]
    assert [entry.seq for entry in all_of(warehouse, [files[0], files[2]])] == [1, 3]
    assert warehouse.remove([files[0], files[2]]) == []


def test_nothing_to_write_makes_no_file(warehouse: Warehouse) -> None:
    assert warehouse.write([], None) == []
    assert write(warehouse) == []
    assert list(warehouse.scan([])) == []

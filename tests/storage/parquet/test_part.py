"""A sealed file as a part: only what is asked for is read, each byte of it is checked, and typed columns know types."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from tests.storage.parquet.messages import NOON, messages

from footfall.disk import SystemDisk
from footfall.errors import DamagedFileError
from footfall.plan.model import Event, Plan, Property
from footfall.storage.parquet.manifest import REPLACED
from footfall.storage.parquet.part import FilePart
from footfall.storage.parquet.writing import write_files
from footfall.storage.part import Leaf
from footfall.storage.warehouse import SealedFile

DISK = SystemDisk()
PLAN = Plan(
    id="shop",
    events={
        "bought": Event(
            name="bought",
            wire_name="bought",
            properties=(
                Property(name="total", wire_name="Total", type="decimal", scale=2),
                Property(name="note", wire_name="note", type="string"),
                Property(name="at", wire_name="at", type="object", properties=(
                    Property(name="city", wire_name="city", type="string"),
                )),
            ),
        )
    },
)  # fmt: skip


def sealed(folder: Path, rows: Sequence[Mapping[str, Any]], plan: Plan | None = PLAN) -> SealedFile:
    (file,) = write_files(folder, DISK, messages(rows).to_batches(), plan, 100_000)
    return file


def part_of(folder: Path, *properties: str, plan: Plan | None = PLAN) -> FilePart:
    rows = [{"event": "bought", "body": f'{{"properties":{text}}}'.encode()} for text in properties]
    return FilePart(folder, DISK, sealed(folder, rows, plan))


def typed(part: FilePart, *leaves: Leaf) -> list[tuple[list[Any], list[Any] | None]]:
    (stretch,) = part.stretches()
    return [
        (column.values.to_pylist(), None if column.texts is None else column.texts.to_pylist())
        for column in part.typed(stretch, leaves)
    ]


TOTAL, NOTE, CITY = Leaf(("Total",), "decimal"), Leaf(("note",), "string"), Leaf(("at", "city"), "string")


def test_values_of_the_plan_are_typed_and_a_leaf_without_a_value_is_known_to_have_none(tmp_path: Path) -> None:
    part = part_of(tmp_path, '{"Total":1.5}', '{"at":{"city":"Oslo"}}', "{}")

    assert typed(part, TOTAL, NOTE, CITY) == [
        ([Decimal("1.50"), None, None], None),
        ([None, None, None], None),
        ([None, "Oslo", None], None),
    ]


def test_what_is_not_of_the_type_or_too_long_is_text_beside_the_values(tmp_path: Path) -> None:
    part = part_of(tmp_path, '{"Total":"x"}', '{"Total":null}', f'{{"Total":{"1" * 40}}}')

    assert typed(part, TOTAL) == [([None, None, None], ['"x"', None, "1" * 40])]


def test_another_type_another_key_and_an_event_that_was_not_planned_are_read_out_of_the_properties(
    tmp_path: Path,
) -> None:
    part = part_of(tmp_path / "a", '{"Total":"1.5","total":2}')

    assert typed(part, Leaf(("Total",), "number"), Leaf(("total",), "decimal"), TOTAL) == [
        ([None], ['"1.5"']), ([Decimal(2)], None), ([Decimal("1.50")], None),
    ]  # fmt: skip
    assert typed(part_of(tmp_path / "b", '{"Total":1.5}', plan=None), TOTAL) == [([Decimal("1.5")], None)]


def test_a_type_that_is_read_alike_has_the_same_column(tmp_path: Path) -> None:
    part = part_of(tmp_path, '{"note":"2026-11-29"}')

    assert typed(part, Leaf(("note",), "date")) == [(["2026-11-29"], None)]


def test_a_message_that_is_kept_whole_has_its_values_too(tmp_path: Path) -> None:
    part = part_of(tmp_path, '{"Total":1.5},"context":{"p":{"Total":1.5}}')

    assert typed(part, TOTAL) == [([Decimal("1.50")], None)]


def test_rows_over_groups_are_those_that_were_asked_for(tmp_path: Path) -> None:
    rows = [{"event": "a"}] * 40_000 + [{"event": "b"}] * 40_000
    part = FilePart(tmp_path, DISK, sealed(tmp_path, rows))

    table = part.read(["seq", "event"], 39_990, 66_000)

    assert table.column("seq").to_pylist() == list(range(39_991, 66_001))


def test_a_file_without_marks_is_not_opened_for_them(tmp_path: Path) -> None:
    part = part_of(tmp_path, "{}", "{}")
    shutil.rmtree(tmp_path)

    assert part.take(["marks"], pyarrow.array([1])).column("marks").to_pylist() == [None]
    assert part.read(["marks"]).column("marks").to_pylist() == [None, None]


def test_a_file_that_was_replaced_meanwhile_is_still_read(tmp_path: Path) -> None:
    folder = tmp_path / "warehouse"
    part = part_of(folder, "{}")
    shutil.move(folder, tmp_path / REPLACED)

    assert part.read(["seq"]).to_pylist() == [{"seq": 1}]


def test_a_file_that_was_purged_meanwhile_is_an_error_with_its_name(tmp_path: Path) -> None:
    part = part_of(tmp_path, "{}")
    assert len(part.stretches()) == 1
    for day in tmp_path.iterdir():
        shutil.rmtree(day)

    with pytest.raises(DamagedFileError, match="parquet: it is missing; restore it from a backup") as caught:
        part.read(["seq"])
    assert caught.value.sha256 == part.name


def test_a_byte_that_differs_is_an_error_or_changes_nothing(tmp_path: Path) -> None:
    names = ("seq", "event", "user_id", "occurred_at", "message_id", "properties")
    rows = [
        {"user_id": f"u{number % 7}", "message_id": f"m-{number * 7919 % 997}", "occurred_at": NOON - number}
        for number in range(300)
    ]
    file = sealed(tmp_path, rows)
    path, part = tmp_path / file.name, FilePart(tmp_path, DISK, file)
    content, table, stretches = path.read_bytes(), part.read(names), part.stretches()

    refused = 0
    for position in range(0, len(content), 13):
        path.write_bytes(content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :])
        part = FilePart(tmp_path, DISK, file)
        try:
            assert (part.read(names), part.stretches()) == (table, stretches), position
        except DamagedFileError:
            refused += 1

    assert refused > 200  # the footer is most of so small a file


def test_another_file_of_ours_in_its_place_is_an_error(tmp_path: Path) -> None:
    first, second = sealed(tmp_path, [{}]), sealed(tmp_path, [{"seq": 2}])
    shutil.copy(tmp_path / first.name, tmp_path / second.name)

    with pytest.raises(DamagedFileError, match="restore it from a backup"):
        FilePart(tmp_path, DISK, second).read(["seq"])

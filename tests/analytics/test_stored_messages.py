"""What a store has is read by columns, as of one moment, and a damaged file is left out."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import uuid5

import pytest
from tests.analytics.conftest import make_entry
from tests.maintenance.folders import collect, compact, seal

from footfall.analytics.stored_messages import StoredMessages
from footfall.collector import Collector
from footfall.errors import DamagedFileError
from footfall.identity.attribution import namespace
from footfall.plan.model import Plan


def test_sealed_messages_and_the_tail_are_of_one_moment(tmp_path: Path) -> None:
    collect(tmp_path, ["m1", "m2"])
    seal(tmp_path)
    collect(tmp_path, ["m3"])
    stored = StoredMessages.open(tmp_path)
    collect(tmp_path, ["m4"])

    ids = [part.read(("message_id",)).column("message_id").to_pylist() for part in stored.parts]
    assert sorted(map(sorted, ids)) == [["m1", "m2"], ["m3"]]
    assert stored.persons.find("u") != []
    assert stored.losses == []


def test_a_part_whose_ids_cannot_be_read_is_lost(tmp_path: Path) -> None:
    collect(tmp_path, ["m1"])
    (file,) = seal(tmp_path)
    collect(tmp_path, ["m2"])
    stored = StoredMessages.open(tmp_path)
    path = tmp_path / "warehouse" / file.name
    path.write_bytes(b"PAR1" + bytes(file.size - 4))

    assert len(stored.parts) == 2
    assert stored.persons.find("u") != []
    assert [loss.name for loss in stored.losses] == [file.name]
    assert len(stored.parts) == 1


def test_a_file_of_which_an_earlier_moment_has_some_messages_can_be_lost_too(tmp_path: Path) -> None:
    collect(tmp_path, ["m1", "m2"])
    (file,) = seal(tmp_path)
    stored = StoredMessages.open(tmp_path, as_of=1)
    path = tmp_path / "warehouse" / file.name
    path.write_bytes(b"PAR1" + bytes(file.size - 4))

    assert stored.persons.find("u") == []
    assert [loss.name for loss in stored.losses] == [file.name]
    assert stored.parts == []


def put_into_one_file(data: Path) -> None:
    """Have all sealed messages in a new file, and remove the old ones at once, as a purge does."""
    before = list((data / "warehouse").rglob("*.parquet"))
    compact(data)
    for path in before:
        path.unlink(missing_ok=True)
    shutil.rmtree(data / "replaced", ignore_errors=True)


def test_files_that_are_replaced_before_they_are_read_are_no_loss(tmp_path: Path) -> None:
    collect(tmp_path, ["m1"])
    seal(tmp_path)
    collect(tmp_path, ["m2"])
    seal(tmp_path)
    stored = StoredMessages.open(tmp_path)
    put_into_one_file(tmp_path)

    assert stored.persons.find("u") != []
    assert sum(part.messages for part in stored.parts) == 2
    assert stored.losses == []


def test_rows_at_hand_have_no_file_to_lose() -> None:
    stored = StoredMessages.of([make_entry(1, "seen", 1, user="ann")], Plan(id="test"))

    with pytest.raises(DamagedFileError):
        stored.lose(DamagedFileError("file", "0", "it is missing"))


def test_an_id_leads_to_person_ids_and_a_person_id_to_itself() -> None:
    stored = StoredMessages.of([make_entry(1, "seen", 1, user="ann", anonymous="a1")], Plan(id="test"))
    ann = str(uuid5(namespace("test"), "u:ann"))

    assert stored.person_ids("ann") == stored.person_ids(" a1") == stored.person_ids(ann) == {ann}
    assert stored.person_ids("zoe") == {"zoe"}


def test_what_is_in_quarantine_is_counted_as_of_the_moment(tmp_path: Path) -> None:
    with Collector(tmp_path) as collector:
        collector.take(b'{"batch": [{"type":"page","messageId":"m1","userId":"u"}]}')
        collector.take(b'{"batch": [{"type":"track","messageId":"m2","userId":"u"}]}')

    assert StoredMessages.open(tmp_path).quarantined == 1
    assert StoredMessages.open(tmp_path, as_of=1).quarantined == 0

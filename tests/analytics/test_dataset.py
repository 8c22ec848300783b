"""A dataset is what the journal holds, each message once and with its person, as of one moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid5

import pytest
from tests.storage.sealing import seal

from footfall import plan as plans
from footfall import storage
from footfall.analytics.dataset import Dataset
from footfall.errors import DamagedFileError, DataFolderError, UsageError
from footfall.identity.attribution import namespace
from footfall.plan.model import Plan
from footfall.storage import DataFolder, SqliteControl, SqliteJournal
from footfall.storage.journal import Changes, Entry, Row, SealMark
from footfall.storage.warehouse import ManifestStep

MakeEntry = Callable[..., Entry]
MakePlan = Callable[..., Plan]


def keep(folder: Path, rows: list[Row], *kept: Plan) -> None:
    with_lock = DataFolder.open(folder)
    journal = SqliteJournal(with_lock.journal_path)
    try:
        for plan in kept:
            SqliteControl(with_lock.control_path).put_bundle(plans.bundle_hash(plan), plans.bundle_bytes(plan))
        journal.commit(Changes(rows, {}))
    finally:
        journal.close()
        with_lock.close()


def test_a_folder_is_read_with_the_plan_that_its_collector_loaded_last(
    tmp_path: Path, entry: MakeEntry, plan_of: MakePlan
) -> None:
    first, second = plan_of({"view": {}}, id="first"), plan_of({"view": {}}, id="second")
    rows = [
        entry(1, "view", 2, user="ann", bundle=plans.bundle_hash(second)).row,
        entry(2, "view", 1, user="ann", bundle=plans.bundle_hash(first)).row,
    ]
    keep(tmp_path, rows, first, second, first)

    with Dataset.open(tmp_path) as dataset:
        persons = dataset.persons
        ids = persons.person_ids(persons.table.column("person")).to_pylist()

    assert ids == [str(uuid5(namespace("first"), "u:ann"))]


def test_a_folder_that_no_plan_was_used_with_can_be_read(tmp_path: Path, entry: MakeEntry) -> None:
    keep(tmp_path, [entry(1, "view", 1, user="ann").row])

    with Dataset.open(tmp_path) as dataset:
        assert dataset.plan is None
        assert dataset.contents().persons == 1


def test_a_folder_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFolderError):
        Dataset.open(tmp_path)


def test_contents_leave_out_of_persons_what_is_none(entry: MakeEntry, plan_of: MakePlan) -> None:
    log = [
        entry(1, "view", 1, user="ann"), entry(2, "view", 5, anonymous="x"),
        entry(3, "view", 3, anonymous="undefined"), entry(4, "view", 4, device="gw"),
    ]  # fmt: skip

    with Dataset.of(log, plan_of({"view": {}})) as dataset:
        contents = dataset.contents()

    assert (contents.messages, contents.persons, contents.devices) == (4, 2, 1)
    assert (contents.first, contents.last) == (1_000_000, 5_000_000)


def test_a_table_of_an_event_is_made_once_for_all_of_its_properties(entry: MakeEntry, plan_of: MakePlan) -> None:
    plan = plan_of({"view": {"sku": "string", "price": "decimal"}})

    with Dataset.of([entry(1, "view", 1, user="a")], plan) as dataset:
        both = dataset.events("view", ["sku", "price"])

        assert dataset.events("view", ["price"]) is both
        assert dataset.events("view") is both


def test_an_event_that_the_plan_does_not_have_is_named(plan_of: MakePlan) -> None:
    with Dataset.of([], plan_of({"view": {}})) as dataset, pytest.raises(UsageError, match="no event 'buy'"):
        dataset.events("buy")


def test_a_table_of_an_event_has_a_row_for_each_message_with_its_person(entry: MakeEntry, plan_of: MakePlan) -> None:
    log = [
        entry(1, "view", 1, user="ann", received_at=7), entry(2, "view", 2, anonymous="null"),
        entry(3, "view", 3, device="gw"), entry(4, "buy", 4, user="ann"), entry(5, "view", 5, type="page"),
    ]  # fmt: skip

    with Dataset.of(log, plan_of({"view": {}, "buy": {}})) as dataset:
        table = dataset.events("view")
        rows = dataset.rows(
            f"SELECT seq, occurred_at, received_at, person IS NULL, counted, is_device FROM {table.name} ORDER BY seq"
        )

    assert rows == [
        (1, 1_000_000, 7, False, True, False),
        (2, 2_000_000, 2_000_000, True, False, False),
        (3, 3_000_000, 3_000_000, False, False, True),
    ]


def sealed(folder: Path, entry: MakeEntry, plan: Plan) -> tuple[Path, Path]:
    """A folder with two sealed files of a message each and one message in the tail; the paths of the files."""
    keep(folder, [entry(1, "view", 1, user="ann").row, entry(2, "view", 90_000, user="bo").row], plan)
    with storage.open(folder, "change") as store:
        files = seal(store.journal, store.warehouse, 2)
        store.journal.commit(Changes([entry(3, "view", 3, user="cy").row], {}))
    first, second = (folder / "warehouse" / file.name for file in files)
    return first, second


def test_a_damaged_file_is_a_loss_and_the_rest_is_counted(tmp_path: Path, entry: MakeEntry, plan_of: MakePlan) -> None:
    plan = plan_of({"view": {}})
    damaged, _ = sealed(tmp_path, entry, plan)
    damaged.write_bytes(damaged.read_bytes()[:-1])

    with Dataset.open(tmp_path) as dataset:
        contents = dataset.contents()

    assert (contents.messages, contents.persons) == (2, 2)
    assert len(contents.losses) == 1
    assert "1 message of 1970-01-01 is not counted" in contents.losses[0]


def flip(path: Path) -> None:
    """Change bytes of the first pages, and none of the footer."""
    content = path.read_bytes()
    path.write_bytes(content[:4] + bytes(byte ^ 255 for byte in content[4:300]) + content[300:])


def test_a_file_that_shows_its_damage_late_is_left_out_of_every_figure(
    tmp_path: Path, entry: MakeEntry, plan_of: MakePlan
) -> None:
    plan = plan_of({"view": {}})
    damaged, _ = sealed(tmp_path, entry, plan)
    asked: list[int] = []

    with Dataset.open(tmp_path) as dataset:
        flip(damaged)

        def ask() -> tuple[int, list[tuple[int]]]:
            asked.append(1)
            return dataset.contents().messages, dataset.rows(f"SELECT count(*) FROM {dataset.messages({'seq'})}")

        assert dataset.whole(ask) == (2, [(2,)])
        assert len(asked) == 2
        assert "1 message of 1970-01-01 is not counted" in dataset.losses[0]


def test_a_file_of_which_an_earlier_moment_has_a_part_is_left_out_too(
    tmp_path: Path, entry: MakeEntry, plan_of: MakePlan
) -> None:
    keep(tmp_path, [entry(number, "view", number, user="ann").row for number in (1, 2, 3)], plan_of({"view": {}}))
    with storage.open(tmp_path, "change") as store:
        (file,) = seal(store.journal, store.warehouse, 3)

    with Dataset.open(tmp_path, as_of=2) as dataset:
        before = dataset.contents().messages
        flip(tmp_path / "warehouse" / file.name)

        after = dataset.whole(lambda: len(dataset.rows(f"SELECT seq FROM {dataset.events('view').name}")))

        assert (before, after) == (2, 0)
        assert "3 messages of 1970-01-01 are not counted" in dataset.losses[0]


def test_a_file_that_is_damaged_is_an_error_where_nobody_goes_on_without_it(
    tmp_path: Path, entry: MakeEntry, plan_of: MakePlan
) -> None:
    damaged, _ = sealed(tmp_path, entry, plan_of({"view": {}}))

    with Dataset.open(tmp_path) as dataset:
        flip(damaged)

        with pytest.raises(DamagedFileError, match="restore it from a backup"):
            dataset.messages({"seq"})


def test_what_was_purged_meanwhile_is_read_anew_and_is_no_loss(
    tmp_path: Path, entry: MakeEntry, plan_of: MakePlan
) -> None:
    gone, _ = sealed(tmp_path, entry, plan_of({"view": {}}))

    with Dataset.open(tmp_path) as dataset:
        with storage.open(tmp_path, "change") as store:
            with store.snapshot() as snapshot:
                mark, file = snapshot.state().seal, snapshot.files[0]
            step = ManifestStep("purged", "2026-11-30T00:00:00Z", (), (file.name,), "all")
            steps = store.warehouse.append(step, mark.steps)
            store.journal.commit(Changes([], {}, seal=SealMark(mark.seq, mark.messages - 1, steps)))
        gone.unlink()

        assert dataset.whole(lambda: dataset.rows(f"SELECT seq FROM {dataset.messages({'seq'})} ORDER BY 1")) == [
            (2,), (3,),
        ]  # fmt: skip
        assert dataset.losses == ()

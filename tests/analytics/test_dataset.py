"""A dataset is what the journal holds, each message once and with its person, as of one moment."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid5

import pytest

from footfall import plan as plans
from footfall.analytics.dataset import Dataset
from footfall.errors import DataFolderError, UsageError
from footfall.identity.attribution import namespace
from footfall.plan.model import Plan
from footfall.storage import DataFolder, SqliteControl, SqliteJournal
from footfall.storage.journal import Changes, Entry, Row

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
        found = dataset.rows("SELECT ord, seq, message_id, person_id, reason FROM messages ORDER BY ord")

    person = str(uuid5(namespace("first"), "u:ann"))
    assert found == [(1, 2, "m00002", person, "explicit"), (2, 1, "m00001", person, "explicit")]


def test_a_folder_that_no_plan_was_used_with_can_be_read(tmp_path: Path, entry: MakeEntry) -> None:
    keep(tmp_path, [entry(1, "view", 1, user="ann").row])

    with Dataset.open(tmp_path) as dataset:
        assert dataset.plan is None
        assert dataset.contents().persons == 1


def test_a_folder_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFolderError):
        Dataset.open(tmp_path)


def test_bodies_are_the_bytes_that_were_received(entry: MakeEntry, plan_of: MakePlan) -> None:
    body = '{"properties": {"total": 1.000000000000000000000000000010,  "t": "\\ud83d\\ude00 \\u0000 é"}}'

    with Dataset.of([entry(1, "buy", 1, user="a", body=body.encode())], plan_of({"buy": {}})) as dataset:
        assert dataset.rows("SELECT body FROM messages") == [(body,)]


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


def test_the_table_has_the_columns_that_the_docstring_lists(entry: MakeEntry) -> None:
    with Dataset.of([entry(1, "buy", 1)]) as dataset:
        names = [name for name, *_ in dataset.rows("DESCRIBE messages")]

    quoted = re.findall(r"`([^`]*)`", Dataset.__doc__ or "")
    assert ", ".join(names) in " ".join(", ".join(quoted).split())

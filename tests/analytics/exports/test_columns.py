"""The columns of an export follow from the columns of a message."""

from __future__ import annotations

from footfall.analytics.exports.columns import COLUMNS, FREE_TEXTS, PAGE, PARTS, PERSON, TIMES, exported
from footfall.storage.columns import COLUMNS as STORED
from footfall.storage.columns import Column


def test_every_column_is_there_once_and_says_what_it_is() -> None:
    kept = [column.asked for column in STORED if column.exported]

    assert sorted(COLUMNS) == sorted(["seq", *kept, *PAGE, *PERSON, *PARTS])
    assert all(COLUMNS.values())


def test_a_new_column_of_a_message_comes_in_its_turn() -> None:
    columns = (*STORED[:4], Column("campaign", exported="Which campaign"))

    assert list(exported(columns))[-2:] == ["category", "campaign"]


def test_texts_of_a_sender_may_look_like_anything_and_ours_do_not() -> None:
    assert {"user_id", "event", "message_id", "evidence_message_id"} <= set(FREE_TEXTS)
    assert not {"person_id", "reason", "seq", *TIMES} & set(FREE_TEXTS)

"""A row of an export has what its message says, digit for digit."""

from __future__ import annotations

from collections.abc import Callable

from footfall.analytics.exports import COLUMNS, MessageStream, Selection
from footfall.analytics.exports.rows import ExportRow, export_rows
from footfall.analytics.stored_messages import StoredMessages
from footfall.plan.model import Plan
from footfall.storage.journal import Entry

MakeEntry = Callable[..., Entry]


def rows(*entries: Entry) -> list[ExportRow]:
    stream = MessageStream(StoredMessages.of(entries, Plan(id="test")))
    return list(export_rows(stream, Selection()))


def test_a_message_keeps_its_digits_and_escapes_on_one_line(entry: MakeEntry) -> None:
    text = '{ "total": 0.1000,\n "big": 12345678901234567890.5, "t": "\\u00e9" }'
    (row,) = rows(entry(1, "buy", 9, user="ann", properties=text))

    properties = '{"total":0.1000,"big":12345678901234567890.5,"t":"\\u00e9"}'
    assert list(row) == list(COLUMNS)
    assert row["properties"] == properties
    assert row["message"] == f'{{"type":"track","event":"buy","properties":{properties}}}'


def test_a_page_has_its_name_and_category_and_traits_are_read_from_their_column_first(entry: MakeEntry) -> None:
    page = b'{"type":"page","name":"Home","category":"Docs","properties":{"name":"other"},"context":null}'
    theirs = b'{"type":"identify","context":{"traits":{"a":1.50,"b":2}},"traits":{"b":3}}'
    group = b'{"type":"group","groupId":"g","traits":{"plan":"free"},"name":"not a page"}'
    lines = rows(
        entry(1, None, 1, user="u", type="page", body=page, envelope=b'{"context":{"locale":"nb"}}'),
        entry(2, None, 2, user="u", type="identify", body=theirs, traits=b'{"a":1.50,"b":3}'),
        entry(3, None, 3, user="u", type="group", body=group, group_id="g"),
    )

    assert [(line["name"], line["category"]) for line in lines] == [("Home", "Docs"), (None, None), (None, None)]
    assert [line["context"] for line in lines] == ['{"locale":"nb"}', '{"traits":{"a":1.50,"b":2}}', None]
    assert [line["traits"] for line in lines] == [None, '{"a":1.50,"b":3}', '{"plan":"free"}']
    assert lines[2]["group_id"] == "g"

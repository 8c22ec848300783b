"""Labels of messages: their source, their release, and the plan that their sender had."""

from __future__ import annotations

import duckdb
import pytest
from tests.storage.sealing import row

from footfall.analytics.engine import hand_over
from footfall.analytics.why.labels import TABLE, Labelled, labels_of
from footfall.storage import Entry
from footfall.storage.parquet.table_part import TablePart, table_of


def part(*bodies: bytes, envelope: bytes | None = None) -> TablePart:
    rows = [row(str(number), body=body)._replace(envelope=envelope) for number, body in enumerate(bodies)]
    return TablePart([table_of([Entry(number, each) for number, each in enumerate(rows, 1)])])


@pytest.mark.parametrize(
    ("body", "envelope", "release"),
    [
        (b'{"context":{"app":{"version":"1.0"}}}', None, "1.0"),
        (b'{"context":{"app":{"version":"1.0"}}}', b'{"context":{"app":{"version":"2.0"}}}', "1.0"),
        (b'{"context":{"page":{}}}', b'{"context":{"app":{"version":"2.0"}}}', "2.0"),
        (b"{}", b'{"context":{"app":{"version":"2.0"}}}', "2.0"),
        (b'{"context":{"app":{"version":7}}}', None, None),
        (b'{"context":{"app":{}}}', None, None),
        (b'{"context":{"app":"x"}}', None, None),
        (b'{"context":[]}', b"{}", None),
        (b"{}", None, None),
    ],
)
def test_the_release_is_that_of_the_message_or_else_of_its_batch(
    body: bytes, envelope: bytes | None, release: str | None
) -> None:
    assert labels_of([part(body, envelope=envelope)]).column("release").to_pylist() == [release]


def test_there_are_no_labels_without_messages() -> None:
    assert labels_of([]).to_pylist() == []


@pytest.mark.parametrize(("label", "seqs"), [("1.0", [1, 3]), ("it's", [2]), (None, [4]), ("2", [])])
def test_messages_are_chosen_by_their_label(label: str | None, seqs: list[int]) -> None:
    versions = ("1.0", "it's", "1.0")
    bodies = [b'{"context":{"app":{"version":"%s"}}}' % version.encode() for version in versions]
    connection = duckdb.connect()
    hand_over(connection, labels_of([part(*bodies, b"{}")]), f"CREATE TABLE {TABLE} AS SELECT * FROM handed")

    condition = Labelled(dimension="release", label=label).sql()

    rows = connection.sql(f"SELECT seq FROM (SELECT unnest([1, 2, 3, 4]) AS seq) WHERE {condition} ORDER BY 1")
    assert [seq for (seq,) in rows.fetchall()] == seqs

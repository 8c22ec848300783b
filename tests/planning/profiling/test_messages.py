"""The lines in which messages are seen: as they are sent, as they are exported, as a batch."""

from __future__ import annotations

import pytest

from footfall.collector.dialects import STORED
from footfall.planning.profiling import read_line, read_message


def test_a_message_as_it_was_sent_is_seen() -> None:
    line = b'{"type":"track","event":"A","timestamp":"2026-01-01T01:00:00+01:00","properties":{"x":1.10}}'

    (seen,) = read_line(line)

    assert (seen.type, seen.event, seen.at, seen.received) == ("track", "A", 1767225600_000000, False)
    assert (bytes(seen.body), str(seen.values["x"])) == (b'{"x":1.10}', "1.10")


def test_a_message_whose_client_says_so_has_its_transforms_applied() -> None:
    (seen,) = read_line(b'{"type":"track","event":"A","context":{"client":{"id":"c","transformed":"b"}}}')

    assert seen.received


def test_the_time_is_read_under_either_vendors_name() -> None:
    line = b'{"type":"track","event":"A","originalTimestamp":"2026-01-01T01:00:00+01:00"}'

    assert [seen.at for seen in read_line(line, STORED)] == [1767225600_000000]
    assert [seen.at for seen in read_line(line)] == [None]


@pytest.mark.parametrize(
    "line",
    [
        b'{"type":"identify","userId":"u","traits":{"n":1.10}}',
        b'{"type":"identify","userId":"u","context":{"traits":{"n":1.10}}}',
        b'{"type":"identify","userId":"u","context":{"traits":{"n":2}},"traits":{"n":1.10}}',
        b'{"batch":[{"type":"identify","userId":"u"}],"context":{"traits":{"n":1.10}}}',
        b'{"message":{"type":"identify"},"envelope":{"context":{"traits":{"n":1.10}}}}',
        b'{"message":{"type":"identify","traits":{"n":2}},"traits":{"n":1.10}}',
        rb'{"message":{"type":"identify"},"traits":"{\"n\":1.10}"}',
    ],
)
def test_traits_are_read_where_either_vendor_puts_them(line: bytes) -> None:
    (seen,) = read_line(line, STORED)

    assert bytes(seen.body) == b'{"n":1.10}'
    assert str(seen.values["n"]) == "1.10"


def test_the_store_knows_the_traits_of_a_message_better() -> None:
    seen = read_message(b'{"type":"identify","traits":{"n":2}}', traits=b'{"n":1.10,"m":2}')

    assert bytes(seen.body) == b'{"n":1.10,"m":2}'


def test_the_line_of_an_export_knows_the_time_the_source_and_the_type_better() -> None:
    line = (
        b'{"source":"web","type":"track","event":"a","occurred_at":"2026-01-01T00:00:00.000000Z","person_id":"p",'
        rb'"message":"{\"event\":\"A\",\"timestamp\":\"2025-01-01T00:00:00Z\",\"properties\":null}","envelope":""}'
    )

    (seen,) = read_line(line)

    assert (seen.event, seen.at, seen.source, seen.received) == ("A", 1767225600_000000, "web", True)
    assert seen.values == {}


@pytest.mark.parametrize("envelope", ["null", '""', r'"{\"context\":{\"traits\":{\"x\":2}}}"'])
def test_the_line_of_an_export_keeps_its_traits_whatever_its_batch_says(envelope: str) -> None:
    message = r'"{\"type\":\"identify\",\"traits\":{\"x\":1.10}}"'

    line = f'{{"type":"identify","person_id":"p","message":{message},"envelope":{envelope}}}'
    (seen,) = read_line(line.encode())

    assert (seen.type, str(seen.values["x"])) == ("identify", "1.10")


def test_a_batch_is_all_of_its_messages() -> None:
    line = b'{"batch":[{"type":"track","event":"A"},{"type":"identify","userId":"u","traits":{"x":1}}]}'

    found = list(read_line(line))

    assert [(seen.type, seen.event, seen.values) for seen in found] == [
        ("track", "A", {}),
        ("identify", "", {"x": 1}),
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "malformed|truncated"),
        (b"[]", "no JSON object"),
        (b"1", "no JSON object"),
        (b"{}", "its type is none of"),
        (b'{"type":"click"}', "its type is none of"),
        (b'{"type":"track"}', "without a name"),
        (b'{"type":"track","event":"A","properties":[]}', "properties are no object"),
        (b'{"message":{"type":"identify","traits":1}}', "traits are no object"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_line_that_holds_no_message_says_why(line: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        list(read_line(line))


def test_a_time_that_is_none_is_no_time() -> None:
    line = b'{"type":"track","event":"A","timestamp":"yesterday"}'

    assert [seen.at for seen in read_line(line)] == [None]

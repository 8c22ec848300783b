"""The number of a message is read from its body, whatever else is there."""

from __future__ import annotations

import pytest

from footfall.storage.client_numbers import numbers_of


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        (b'{"context":{"client":{"id":"c","seq":7}}}', ("c", 7)),
        (b'{"context":{"client":{"id":"c"}}}', (None, None)),
        (b'{"context":{"client":{"id":"c","seq":"7"}}}', (None, None)),
        (b'{"context":{"client":{"id":"c","seq":9223372036854775808}}}', (None, None)),
        (b'{"context":null}', (None, None)),
        (b"[]", (None, None)),
        (b"{", (None, None)),
        (None, (None, None)),
    ],
)
def test_a_client_and_its_number_are_read_or_none(body: bytes | None, numbers: tuple[str | None, int | None]) -> None:
    assert numbers_of(body) == numbers

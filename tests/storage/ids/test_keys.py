"""Different ids have different keys, and a repeat conflicts exactly where a message has other bytes."""

from __future__ import annotations

import json
import uuid
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.storage.ids.keys import NOT_COMPARED, body_checksum, is_conflict, key_of, sort_key

UUID = "0193f2a4-7c1e-7abc-8def-0123456789ab"
NOT_CANONICAL = [
    UUID.upper(),
    f"{{{UUID}}}",
    UUID.replace("-", ""),
    f"urn:uuid:{UUID}",
    f"{UUID[:-1]} ",
    f" {UUID[1:]}",
    f"{UUID}\0",
    f"{UUID[:8]}{UUID[9:13]}-{UUID[13:]}",
    UUID.replace("0", "٠"),  # a digit, but not that of a UUID
    "",
    "\ud800",
]


def test_a_canonical_uuid_is_compared_by_its_bytes() -> None:
    assert key_of(UUID) == uuid.UUID(UUID).bytes
    assert sort_key(key_of(UUID)) == uuid.UUID(UUID).bytes


@pytest.mark.parametrize("text", NOT_CANONICAL)
def test_an_id_that_only_looks_like_a_uuid_is_compared_as_it_is(text: str) -> None:
    assert key_of(text) == text
    assert len(sort_key(key_of(text))) == 16


IDS = st.one_of(
    st.uuids().map(str),
    st.uuids().map(lambda value: str(value).upper()),
    st.uuids().map(lambda value: value.hex),
    st.sampled_from([UUID, *NOT_CANONICAL]),
    st.text(st.characters(), max_size=40),
)


@given(first=IDS, second=IDS)
def test_two_ids_share_a_key_only_if_they_are_equal(first: str, second: str) -> None:
    assert (key_of(first) == key_of(second)) == (first == second)
    assert (sort_key(key_of(first)) == sort_key(key_of(second))) == (first == second)


def test_the_checksum_of_a_body_is_that_of_its_bytes() -> None:
    body = b'{"messageId": "a", "properties": {"sentAt": 1}, "note": "\\"sentAt\\":2"}'

    assert body_checksum(body) == zlib.crc32(body)


@pytest.mark.parametrize(
    ("body", "bare"),
    [
        (b'{"a":1,"sentAt":"x"}', b'{"a":1}'),
        (b'{"sentAt":"x","a":1}', b'{"a":1}'),
        (b'{"a":1,"sentAt":{"n":[1,"}"]},"b":2}', b'{"a":1,"b":2}'),
        (b'{"sentAt":"x"}', b"{}"),
        (b'{"p":{"sentAt":1},"sentAt":1}', b'{"p":{"sentAt":1}}'),
        (b'{"a":"\\",\\"sentAt\\":1","sentAt":1}', b'{"a":"\\",\\"sentAt\\":1"}'),
        (b'{"\\"sentAt":2,"sentAt":1}', b'{"\\"sentAt":2}'),
        (b'{ "a": 1, "sentAt": "x" }', b'{ "a": 1}'),
    ],
)
def test_its_own_sent_at_does_not_count(body: bytes, bare: bytes) -> None:
    assert body_checksum(body) == zlib.crc32(bare)


@pytest.mark.parametrize("body", [b'{"sentAt"', b'"sentAt"', b'{"sentAt":1', b'{"sentAt":1,"sentAt":22,"a":3}', b""])
def test_a_text_that_is_no_object_has_a_checksum_too(body: bytes) -> None:
    assert body_checksum(body) in range(1 << 32)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(["sentAt", '"sentAt":1', ","]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["sentAt", "a", "b"]), inner),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from(["a", "b", "note", '"sentAt"', "sentat"]), VALUES)


@given(members=OBJECTS, values=st.tuples(VALUES, VALUES), position=st.integers(0, 5), indent=st.sampled_from([None, 2]))
def test_two_attempts_that_differ_in_sent_at_alone_never_conflict(
    members: dict[str, Any], values: tuple[Any, Any], position: int, indent: int | None
) -> None:
    items = list(members.items())
    attempts = [
        json.dumps(dict([*items[:position], ("sentAt", value), *items[position:]]), indent=indent).encode()
        for value in values
    ]

    assert not is_conflict("m", body_checksum(attempts[0]), body_checksum(attempts[1]))


@given(first=OBJECTS, second=OBJECTS, values=st.tuples(VALUES, VALUES))
def test_any_other_difference_is_a_conflict(
    first: dict[str, Any], second: dict[str, Any], values: tuple[Any, Any]
) -> None:
    bodies = [
        json.dumps({**members, "sentAt": value}).encode()
        for members, value in zip((first, second), values, strict=True)
    ]

    conflicts = is_conflict("m", body_checksum(bodies[0]), body_checksum(bodies[1]))

    assert conflicts == (json.dumps(first) != json.dumps(second))


def test_a_message_whose_time_our_client_put_right_conflicts_with_no_other_attempt() -> None:
    first = b'{"timestamp":"1970-01-01T00:00:09.000000Z","context":{"client":{"id":"c"}}}'
    second = b'{"timestamp":"2026-11-22T09:00:00.000000Z","context":{"client":{"id":"c","clock":"repaired"}}}'

    assert body_checksum(second) == NOT_COMPARED
    assert not is_conflict("m", body_checksum(second), body_checksum(first))
    assert not is_conflict("m", body_checksum(first), body_checksum(second))


@pytest.mark.parametrize("message_id", ["click-abcdefghijklmnopqrst-_", "link-abcdefghijklmnopqrst-_-12"])
def test_a_second_click_of_a_signed_link_is_no_conflict(message_id: str) -> None:
    assert not is_conflict(message_id, 1, 2)


@pytest.mark.parametrize("message_id", ["link-7", "order-abcdefghijklmnopqrst-_", "link-abcdefghijklmnopqrst-_-x"])
def test_an_id_that_only_looks_like_a_signed_links_may_conflict(message_id: str) -> None:
    assert is_conflict(message_id, 1, 2)

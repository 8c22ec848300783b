"""The place of an address is written into the JSON text around it, and every other byte stays."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.collector.locator import Locator

LOCATOR = Locator({"203.0.113.7": {"country": "NO"}}.get, ["203.0.113.0/29"])
CONTEXT = {"ip": "203.0.113.7"}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (b'{"context":{"ip":"203.0.113.7"}}', b'{"context":{"ip":"203.0.113.0"+}}'),
        (b'{ "context" : { "ip" :\n"203.0.113.7" } }', b'{ "context" : { "ip" :\n"203.0.113.0"+ } }'),
        (b'{"context":{"\\u0069p":"203.0.113.7"},"ip":1}', b'{"context":{"\\u0069p":"203.0.113.0"+},"ip":1}'),
        (b'{"context":{"i\\u0070":"203.0.113.7"},"a":"ip"}', b'{"context":{"i\\u0070":"203.0.113.0"+},"a":"ip"}'),
        (b'{"context":{"ip":"203\\u002e0.113.7"}}', b'{"context":{"ip":"203.0.113.0"+}}'),
        (b'{"ip":"203.0.113.7","context":{"ip":"1.1.1.1"}}', b'{"ip":"203.0.113.7","context":{"ip":"203.0.113.0"+}}'),
        (b'{"a":"\\"ip","context":{"ip":"203.0.113.7"}}', b'{"a":"\\"ip","context":{"ip":"203.0.113.0"+}}'),
        (b'{"a":1.10,"context":{"ip":"203.0.113.7"}}', b'{"a":1.10,"context":{"ip":"203.0.113.0"+}}'),
    ],
)  # fmt: skip
def test_the_address_of_the_context_is_found_however_it_is_written(text: bytes, kept: bytes) -> None:
    assert LOCATOR.apply(text, CONTEXT) == kept.replace(b"+", b',"location":{"country":"NO"},"staff":true')
    assert LOCATOR.apply(text, CONTEXT, is_located=False) == kept.replace(b"+", b"")


def test_a_text_that_cannot_be_cut_into_its_members_has_no_address() -> None:
    assert LOCATOR.apply(b'["ip","ip"],"ip":"203.0.113.7"', CONTEXT) == b'["ip","ip"],"ip":null'
    assert LOCATOR.unread(b'{"ip":"203.0.113.7') == b'{"ip":null'


def test_members_that_the_context_has_are_not_written_twice() -> None:
    text = b'{"context":{"ip":"203.0.113.7","staff":null}}'

    assert LOCATOR.apply(text, {"ip": "203.0.113.7", "staff": None}) == (
        b'{"context":{"ip":"203.0.113.0","location":{"country":"NO"},"staff":null}}'
    )


@pytest.mark.parametrize(
    "address", ["203.0.113.7:443", "::ffff:203.0.113.7", " 203.0.113.7 ", "[::ffff:203.0.113.7]:80"]
)
def test_an_address_is_found_however_a_sender_writes_it(address: str) -> None:
    text = json.dumps({"context": {"ip": address}}).encode()

    assert json.loads(LOCATOR.apply(text, {"ip": address}))["context"] == {
        "ip": "203.0.113.0", "location": {"country": "NO"}, "staff": True,
    }  # fmt: skip


def test_what_is_too_long_for_an_address_is_not_looked_up_and_so_not_kept_in_memory() -> None:
    asked: list[str] = []
    address = f"203.0.113.7%{'0' * 30_000}"

    text = Locator(asked.append).apply(b'{"context":{"ip":"%b"}}' % address.encode(), {"ip": address})

    assert (text, asked) == (b'{"context":{"ip":null}}', [])


@given(
    st.recursive(
        st.just({"ip": "203.0.113.77"}),
        lambda inner: (
            inner.map(json.dumps) | inner.map(lambda value: [value, "a"]) | inner.map(lambda value: {"b": value})
        ),
        max_leaves=5,
    ),
    st.integers(0, 200),
)
@example(json.dumps({"ip": "203.0.113.77"}), 200)
def test_no_address_is_in_json_within_a_text_however_deep_or_wherever_it_ends(context: object, end: int) -> None:
    text = json.dumps({"context": context, "n": 1}).encode()

    kept = LOCATOR.unread(text)

    assert b"113.77" not in kept
    assert b"113.77" not in LOCATOR.unread(text[:end])
    assert json.loads(kept).keys() == {"context", "n"}


def test_a_text_that_is_no_json_stays_as_it_is() -> None:
    text = json.dumps({"a": 'she said "hello"\n\u00e9', "b": "\\", "c": "\ud800"}).encode()

    assert LOCATOR.unread(text) == text

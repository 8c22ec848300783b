"""The bytes of a request become messages, and one that is bad stays alone."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.collector import CollectorSettings
from footfall.collector.dialects.segment import SegmentDialect, read_batch, read_single
from footfall.collector.wire import RequestEnvelope
from footfall.errors import RequestError

SETTINGS = CollectorSettings()
GOOD = b'{"type":"track","event":"good","userId":"u"}'


def batch(*messages: bytes, tail: bytes = b"") -> bytes:
    return b'{"batch":[%s]%s}' % (b",".join(messages), tail)


def refused(body: bytes, settings: CollectorSettings = SETTINGS) -> RequestError:
    with pytest.raises(RequestError) as caught:
        read_batch(body, settings)
    return caught.value


def test_a_batch_gives_each_message_as_it_came() -> None:
    spaced = b'{ "type" : "track", "total": 1.10 }'

    envelope = read_batch(batch(GOOD, spaced, tail=b',"sentAt":"2026-01-01T00:00:00Z"'), SETTINGS)

    assert [piece.raw for piece in envelope.pieces] == [GOOD, spaced]
    assert [piece.data for piece in envelope.pieces] == [orjson.loads(GOOD), orjson.loads(spaced)]
    assert envelope.sent_at == "2026-01-01T00:00:00Z"
    assert envelope.shared is None


@pytest.mark.parametrize(
    "bad",
    [
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":1e400}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        b'{"a":01}',
        b'{"a" 1}',
        b'{"a":' + b"[" * 2000 + b"]" * 2000 + b"}",
        b"nonsense",
    ],
)
def test_a_message_that_is_no_json_never_costs_another_one(bad: bytes) -> None:
    envelope = read_batch(batch(GOOD, bad, GOOD, tail=b',"context":{"device":{"id":"d"}}'), SETTINGS)

    assert [piece.raw for piece in envelope.pieces] == [GOOD, bad, GOOD]
    assert [piece.data is None for piece in envelope.pieces] == [False, True, False]
    assert envelope.context == {"device": {"id": "d"}}
    assert envelope.shared == b'{"context":{"device":{"id":"d"}}}'


def test_a_key_that_stands_twice_marks_its_own_message_only() -> None:
    twice = b'{"userId":"a","properties":{"x":1,"x":2}}'
    hidden = b'{"userId":"a","properties":{"x":"\\u003a","x":"::"}}'

    envelope = read_batch(batch(GOOD, twice, hidden), SETTINGS)

    assert [piece.ambiguous for piece in envelope.pieces] == [False, True, True]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"[]", "json"),
        (b"null", "json"),
        (b"{}", "envelope"),
        (b'{"batch":null}', "envelope"),
        (b'{"batch":{"0":{}}}', "envelope"),
        (b'{"batch":[],"batch":[]}', "envelope"),
        (b'{"batch":[{"a":NaN}],"context":NaN}', "json"),
        (batch(GOOD)[:-5], "json"),
        (batch(GOOD) + batch(GOOD), "json"),
        (batch(GOOD) + b"\x00", "json"),
        (batch(GOOD).decode().encode("utf-16"), "json"),
        (b'{"batch":[{}{}]}', "json"),
        (batch(GOOD, tail=b',"a\xff":1'), "json"),
    ],
)
def test_a_request_that_cannot_be_read_is_a_400(body: bytes, code: str) -> None:
    error = refused(body)

    assert (error.status, error.code) == (400, code)


def test_limits_of_size_and_number_are_named_in_a_413() -> None:
    small = CollectorSettings(max_messages=2, max_body_bytes=200)

    many = refused(batch(b"{}", b"{}", b"{}"), small)
    many_and_bad = refused(batch(b"{}", b"NaN", b"{}"), small)
    large = refused(b" " * 201, small)

    assert [(error.status, error.code) for error in (many, many_and_bad, large)] == [
        (413, "too_many_messages"),
        (413, "too_many_messages"),
        (413, "too_large"),
    ]
    assert "more than 2 messages" in str(many)
    assert "limit of 200 bytes" in str(large)


def test_a_byte_order_mark_before_a_body_is_taken_off() -> None:
    batched = read_batch(b"\xef\xbb\xbf" + batch(GOOD), SETTINGS)
    single = read_single(b"\xef\xbb\xbf" + GOOD, "track", SETTINGS)

    assert [piece.raw for piece in (*batched.pieces, *single.pieces)] == [GOOD, GOOD]


def test_write_keys_are_read_from_the_envelope_and_cut_out_of_messages() -> None:
    message = b'{"type":"track", "writeKey":"secret", "event":"e"}'
    escaped = b'{"type":"track","write\\u004bey":"secret"}'
    broken = b'{"writeKey": "secret","a":NaN}'
    body = batch(message, escaped, tail=b',"writeKey":"wk"')

    envelope = read_batch(body, SETTINGS)
    with_broken = read_batch(batch(message, broken), SETTINGS)

    assert envelope.write_key == "wk"
    assert [piece.raw for piece in envelope.pieces] == [b'{"type":"track","event":"e"}', b'{"type":"track"}']
    assert [piece.raw for piece in with_broken.pieces] == [
        b'{"type":"track","event":"e"}',
        b'{"writeKey": null,"a":NaN}',
    ]
    assert all("writeKey" not in piece.data for piece in envelope.pieces)


def test_context_and_integrations_of_the_envelope_are_kept_as_they_came() -> None:
    body = batch(GOOD, tail=b',"context":{"n": 1.10},"integrations":{"All": false}')

    envelope = read_batch(body, SETTINGS)

    assert envelope.shared == b'{"context":{"n": 1.10},"integrations":{"All": false}}'
    assert envelope.context == {"n": 1.1}


def test_a_single_message_takes_its_type_from_the_path() -> None:
    envelope = read_single(b' {"userId":"u","writeKey":"wk","sentAt":"2026-01-01T00:00:00Z"}\n', "identify", SETTINGS)

    assert envelope.type == "identify"
    assert (envelope.write_key, envelope.sent_at) == ("wk", "2026-01-01T00:00:00Z")
    assert [piece.raw for piece in envelope.pieces] == [b'{"userId":"u","sentAt":"2026-01-01T00:00:00Z"}']


def test_a_single_message_that_is_no_json_inside_is_one_bad_message() -> None:
    envelope = read_single(b'{"writeKey":"wk","properties":{"a":NaN}}', "track", SETTINGS)

    assert envelope.write_key == "wk"
    assert [(piece.raw, piece.data) for piece in envelope.pieces] == [
        (b'{"writeKey":null,"properties":{"a":NaN}}', None)
    ]


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"5", b"{", b'{"a":1}}', b'{"a":1} {"b":2}'])
def test_a_single_body_that_is_not_one_object_is_a_400(body: bytes) -> None:
    with pytest.raises(RequestError) as caught:
        read_single(body, "track", SETTINGS)

    assert caught.value.status == 400


BODIES = (
    st.binary(max_size=80)
    | st.text(alphabet='{}[]",:\\ batch1NaN', max_size=60).map(lambda text: b'{"batch":[' + text.encode() + b"]}")
    | st.lists(st.sampled_from([b',"a":', b',"\xff":', b"1", b'":"', b'"\xff"', b'{"b":1}']), max_size=5).map(
        lambda parts: batch(GOOD, tail=b"".join(parts))
    )
    | st.lists(st.sampled_from([GOOD, b"NaN", b"{", b'"', b"\xff", b"5"]), max_size=5).map(lambda parts: batch(*parts))
)


def outcome(read: Callable[[], RequestEnvelope]) -> RequestEnvelope | RequestError:
    try:
        return read()
    except RequestError as error:
        return error


@given(body=BODIES)
@settings(max_examples=100)
def test_any_bytes_are_an_envelope_or_a_4xx(body: bytes) -> None:
    outcomes = [outcome(lambda: read_batch(body, SETTINGS)), outcome(lambda: read_single(body, "track", SETTINGS))]

    assert all(isinstance(found, RequestEnvelope) or 400 <= found.status < 500 for found in outcomes)


@given(
    good=st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3), max_size=5),
    places=st.lists(st.integers(0, 5), max_size=3),
)
@settings(max_examples=60)
def test_the_slow_way_reads_good_messages_as_the_fast_way_does(good: list[dict[str, str]], places: list[int]) -> None:
    texts = [json.dumps(message).encode() for message in good]
    mixed = list(texts)
    for place in places:
        mixed.insert(place, b'{"a":NaN}')

    fast = [piece.raw for piece in read_batch(batch(*texts), SETTINGS).pieces]
    slow = [piece.raw for piece in read_batch(batch(*mixed), SETTINGS).pieces if piece.data is not None]

    assert fast == slow


@pytest.mark.parametrize("element", [b"{}", b"5", b"NaN", b'{"a":NaN}', b'{"a":[{},{}]}', b'"]"'])
def test_reading_ends_at_the_first_message_too_many(element: bytes) -> None:
    small = CollectorSettings(max_messages=2)

    error = refused(batch(element, element, element)[:-2] + b",what follows is not even looked at", small)

    assert (error.status, error.code) == (413, "too_many_messages")


@pytest.mark.parametrize("element", [b"{}", b"5", b"NaN"])
def test_messages_too_many_take_no_memory(element: bytes) -> None:
    body = batch(*[element] * 200_000)
    refused(body)
    tracemalloc.start()
    try:
        refused(body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 2_000_000


def test_only_the_message_that_is_asked_for_is_decoded() -> None:
    body = batch(*[b'{"a":[%s]}' % b",".join([b"{}"] * 5_000)] * 60)
    read_batch(body, SETTINGS)
    tracemalloc.start()
    try:
        depths = [len(piece.data["a"]) for piece in read_batch(body, SETTINGS).pieces]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert depths == [5_000] * 60
    assert peak < 2 * len(body) + 1_000_000


@pytest.mark.parametrize(
    ("tail", "status", "code"),
    [
        (b',"context":{"a":"%s"}' % (b"x" * 40_000), 413, "too_large"),
        (b',"context":{%s}' % b",".join(b'"%d":1' % number for number in range(9_000)), 413, "too_large"),
        (b"," + b",".join(b'"%d":1' % number for number in range(9_000)), 413, "too_many_keys"),
        (b"," + b",".join([b'"a":1'] * 9_000), 413, "too_many_keys"),
        (b',"other":1,"other":2', 400, "envelope"),
    ],
)
def test_what_stands_beside_the_batch_has_the_bounds_of_a_message(tail: bytes, status: int, code: str) -> None:
    error = refused(batch(GOOD, tail=tail))

    assert (error.status, error.code) == (status, code)


@pytest.mark.parametrize(
    "tail", [b"", b',"other":{"a:":[":"]}', b',"oth\\u003aer":":"', b',"other":"%s"' % (b":" * 40_000)]
)
def test_a_member_that_nobody_knows_changes_nothing(tail: bytes) -> None:
    envelope = read_batch(batch(GOOD, GOOD, tail=tail + b',"sentAt":"2026-01-01T00:00:00Z"'), SETTINGS)

    assert ([piece.raw for piece in envelope.pieces], envelope.sent_at) == ([GOOD, GOOD], "2026-01-01T00:00:00Z")


def test_of_a_message_that_is_too_large_only_what_says_which_it_is_is_decoded() -> None:
    large = b'{"event":"e","userId":7,"context":{"device":{"id":"d"}},"other":[1],"properties":{"a":[%s1]}}' % (
        b"{}," * 20_000
    )

    (piece,) = read_batch(batch(large), SETTINGS).pieces

    assert piece.raw == large
    assert piece.data == {"event": "e", "userId": 7, "context": {"device": {"id": "d"}}, "properties": {}}


@pytest.mark.parametrize(
    ("content", "keys"),
    [
        (b'{"writeKey":"wk","batch":[]}', ["wk"]),
        (b'{"batch":[],"writeKey" : "wk"}', ["wk"]),
        (b'{"writeKey":"nope","batch":[{"writeKey":"w\\u006b"},{"writeKey":"nope"}]}', ["nope", "wk"]),
        (b'{"writeKey":1}', []),
        (b"[" * 10_000, []),
    ],
)
def test_the_keys_that_a_body_names_are_known_before_it_is_read(content: bytes, keys: list[str]) -> None:
    assert list(SegmentDialect().write_keys(content, b"")) == keys


def test_the_route_says_whether_a_body_is_one_message_or_a_batch() -> None:
    single = SegmentDialect().read(GOOD, b"", "page", SETTINGS)
    many = SegmentDialect().read(batch(GOOD, GOOD), b"", "", SETTINGS)

    assert (single.type, len(single.pieces)) == ("page", 1)
    assert (many.type, len(many.pieces)) == (None, 2)


def test_what_another_sdk_says_elsewhere_is_nothing_here() -> None:
    envelope = read_batch(batch(GOOD), SETTINGS)

    assert envelope.form.timestamp({"timestamp": "a"}) == "a"
    assert envelope.form.timestamp({"originalTimestamp": "b"}) is None
    assert envelope.form.more_traits(b'{"context":{"traits":{"a":1}}}', None) == []

"""The rest of a body and its columns make the body again, whatever its bytes are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, find, given, settings
from hypothesis import strategies as st
from tests.storage.parquet.messages import NOON, messages

from footfall.storage.parquet.rest import CUTS, WHOLE, cut, member_texts, rebuild

ORDER = (
    b'{"type":"track","messageId":"m-1","timestamp":"2026-11-29T12:00:00.000000Z","userId":"kari",'
    b'"event":"order_completed","properties":{"total":64.950,"type":"track"},"context":{"a":[1]}}'
)


def cut_all(rows: Sequence[dict[str, Any]]) -> tuple[Any, dict[str, Any]]:
    table = messages(rows)
    return table, cut(table.column("body").combine_chunks(), table)


def rests(*bodies: bytes, **columns: Any) -> list[bytes]:
    _, cuts = cut_all([{"body": body, **columns} for body in bodies])
    return cuts["rest"].to_pylist()  # type: ignore[no-any-return]  # pyarrow has no types


def assert_rebuilt(rows: Sequence[dict[str, Any]]) -> None:
    table, cuts = cut_all(rows)
    bodies = rebuild(cuts["rest"].dictionary_decode(), {name: cuts[name] for name in CUTS}, table)
    assert bodies.to_pylist() == table.column("body").to_pylist()


def test_what_columns_have_is_cut_out() -> None:
    _, cuts = cut_all([{"body": ORDER}])

    assert cuts["rest"].to_pylist() == [
        b'{"type":\x05,"messageId":\x04,"timestamp":\x0f,"userId":\x07,"event":\x06,"properties":\x01,"context":\x11}'
    ]
    assert cuts["properties"].to_pylist() == [b'{"total":64.950,"type":"track"}']
    assert cuts["context"].to_pylist() == [b'{"a":[1]}']
    assert cuts["traits"].to_pylist() == [None]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("2026-11-29T12:00:00.000000Z", b"\x0f"),
        ("2026-11-29T12:00:00.000Z", b"\x10"),
        ("2026-11-29T12:00:00Z", b'"2026-11-29T12:00:00Z"'),
    ],
)
def test_a_time_is_cut_out_where_its_text_follows_from_the_column(text: str, mark: bytes) -> None:
    assert rests(b'{"timestamp":"%s"}' % text.encode()) == [b'{"timestamp":%s}' % mark]


def test_milliseconds_are_not_cut_out_where_microseconds_would_be_lost() -> None:
    body = b'{"timestamp":"2026-11-29T12:00:00.000Z"}'

    assert rests(body, occurred_at=NOON + 1) == [body]


def test_members_with_white_space_around_them_are_cut_out_too() -> None:
    assert rests(b'{ "properties" :\r\n { "a" : 1 } }') == [b'{ "properties" :\r\n \x01 }']


CLIENT = b'{"context":{"library":{"name":"x"},"client":{"id":"c-1","transformed":"t","seq":%s}}}'


def test_what_a_client_says_of_itself_is_cut_out_of_the_context() -> None:
    _, cuts = cut_all([{"body": CLIENT % b"7"}])

    assert cuts["rest"].to_pylist() == [b'{"context":\x02,"client":{"id":\x12,"transformed":"t","seq":\x13}}}']
    assert [cuts[name].to_pylist() for name in ("context", "client_id", "client_seq")] == [
        [b'{"library":{"name":"x"}}'], [b"c-1"], [b"7"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        CLIENT % b"1.0",
        CLIENT % b'"7"',
        CLIENT % (b"1" * 19),
        CLIENT.replace(b"c-1", b"c\\u0031") % b"7",
        CLIENT.replace(b'"x"', b'"x","client":{"a":"b"}') % b"{}",
        b'{"context":{"a":{"b":1,"client":{"id":"c-1","seq":7}}}}',
        b'{"context":{"a":1,"client":{"id":"c-1","seq":7,"more":"}"}}}',
        b'{"context":{"a":1,"client":{"id":"c-1","seq":7},"b":{"c":1}}}',
        b'{"context":{"client":{"id":"c-1","seq":7}}}',
    ],
)
def test_another_client_stays_in_the_context_which_is_whole_json(body: bytes) -> None:
    _, cuts = cut_all([{"body": body}])

    assert cuts["client_seq"].to_pylist() == [None]
    assert json.loads(cuts["context"][0].as_py()) == json.loads(body)["context"]
    assert_rebuilt([{"body": body}])


def test_traits_stay_where_the_wire_has_others_in_the_column() -> None:
    body = b'{"traits":{"a":1}}'

    assert rests(body) == [b'{"traits":\x03}']
    assert rests(body, traits=b'{"a":2}') == [body]


@pytest.mark.parametrize("body", [b'{"a":"\x01"}', b"\x00", b'{"n":"\xff\x04"}'])
def test_a_body_that_has_marks_is_kept_whole(body: bytes) -> None:
    assert rests(body) == [WHOLE + body]
    assert_rebuilt([{"body": body}])


def test_a_part_that_is_no_object_stays() -> None:
    body = b'{"properties":[1],"context":null,"traits":"{}"}'

    assert rests(body) == [body]


KEYS = st.sampled_from(["type", "messageId", "userId", "event", "timestamp", "properties", "context", "traits", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=6) | st.floats() | st.integers(-(10**30), 10**30)
    | st.sampled_from(["kari", "track", "m-1", "order_completed", "2026-11-29T12:00:00.000Z"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(KEYS | st.text(max_size=3), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)
CONTEXTS = st.builds(
    '"context":{{"a":{},"client":{{"id":"{}","seq":{}}}{}}}'.format,
    st.sampled_from(["1", '"}"', '{"b":2,"client":{}}']),
    st.sampled_from(["c-1", "kari", "", "\\u0031"]),
    st.sampled_from(["0", "7", "07", "-1", "12345678901234567890", "1e2", "2026"]),
    st.sampled_from(["", ',"b":1', "}", " "]),
)
SPACE = st.sampled_from(["", " ", "\r\n", "\t"])


@st.composite
def texts_of_json(draw: st.DrawFn) -> bytes:
    """JSON in any spelling: white space, escapes, keys that repeat, any digits."""
    members = []
    for _ in range(draw(st.integers(0, 6))):
        if draw(st.booleans()):
            members.append(draw(CONTEXTS))
            continue
        key = draw(KEYS)
        value = draw(NUMBERS | JSON.map(lambda value: json.dumps(value, ensure_ascii=draw(st.booleans()))))
        space = draw(SPACE)
        members.append(f'{space}"{key}"{draw(SPACE)}:{space}{value}')
    text = "{" + ",".join(members) + draw(SPACE) + "}"
    return text.encode("utf-8", "surrogatepass")


BODIES = texts_of_json() | st.binary(max_size=40) | st.sampled_from([ORDER, ORDER.replace(b"kari", b"ola")])
TEXTS = st.none() | st.sampled_from(["kari", "track", "\x01", '"', "\x05\x06", "ø", ""]) | st.text(max_size=4)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    texts = {name: draw(TEXTS) for name in ("event", "user_id", "anonymous_id", "device_id", "previous_id", "group_id")}
    moment = draw(st.sampled_from([NOON, NOON + 1, -1]) | st.integers(-(2**63), 2**63 - 1))
    return texts | {
        "body": draw(BODIES),
        "message_id": draw(TEXTS) or "m-1",
        "type": draw(TEXTS) or "track",
        "occurred_at": moment,
        "traits": draw(st.none() | st.just(b"{}")),
    }


@given(st.lists(rows(), min_size=1, max_size=8))
@example([{"body": b'"\x04"', "message_id": "\x04"}])
@example([{"body": b'{"properties":{"a":1},"x":{"a":1},"properties":{"a":1}}'}])
@example([{"body": b'{"x":{"properties":{"context":{}}},"properties":{"context":{}},"context":{}}'}])
@example([{"body": b'"kari""track"', "user_id": 'kari""track'}])
@example([{"body": b'"a"kari"', "user_id": "kari", "event": 'a"\x07'}])
@settings(max_examples=25, deadline=None)
def test_any_body_is_made_again_from_any_columns(rows: list[dict[str, Any]]) -> None:
    assert_rebuilt(rows)


@pytest.mark.slow
@given(st.lists(rows(), min_size=1, max_size=8))
@settings(max_examples=1000, deadline=None)
def test_any_of_many_bodies_is_made_again(rows: list[dict[str, Any]]) -> None:
    assert_rebuilt(rows)


@pytest.mark.slow
def test_bodies_are_drawn_that_are_cut_and_that_cannot_be() -> None:
    find(rows(), lambda row: rests(row["body"], **row)[0].startswith(WHOLE))
    find(rows(), lambda row: b"\x02" in rests(row["body"], **row)[0])


def test_the_rests_of_many_rows_are_the_same_as_those_of_each_row_alone() -> None:
    users = [f"u-{number % 700}" for number in range(3_000)]
    table = [
        {"user_id": user, "body": ORDER.replace(b"kari", user.encode()) if number % 7 else b'{"n":%d}' % number}
        for number, user in enumerate(users)
    ]
    _, cuts = cut_all(table)

    assert_rebuilt(table)
    assert cuts["rest"].to_pylist()[:20] == [
        rest for row in table[:20] for rest in cut_all([row])[1]["rest"].to_pylist()
    ]


OBJECTS = st.sampled_from([
    "{}", '{"a":1}', '{"a":1,"properties":{}}', '{"context":{}}', '{"n":"},\\"properties\\":{"}', '{"a":{"b":[]}}',
    '{"a":1,"client":{"id":"c-1","seq":7}}', '{"a":1,"client":{"id":"c}1","seq":7}}',
    '{"a":7,"client":{"id":"","seq":7}}',
])  # fmt: skip
IDS = st.sampled_from(["kari", "ola", 'a"b', "a\\", "c-1", "properties", "ø"])


@st.composite
def alike(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows of bodies that are spelled as one of a few, with values in which the spelling of others occurs."""
    order = draw(st.permutations(["context", "properties", "traits"]))
    spelled = []
    for _ in range(draw(st.integers(2, 9))):
        user = draw(IDS)
        members = [f'"userId":{json.dumps(user, ensure_ascii=False)}', *(f'"{name}":{draw(OBJECTS)}' for name in order)]
        given_traits = draw(st.sampled_from([None, None, b"{}"]))
        spelled.append({"user_id": user, "traits": given_traits, "body": f"{{{','.join(members)}}}".encode()})
    return spelled


def assert_members_in_their_columns(table: list[dict[str, Any]]) -> None:
    _, cuts = cut_all(table)
    columns = {name: cuts[name].to_pylist() for name in (*CUTS, "rest")}
    for place, row in enumerate(table):
        if columns["rest"][place].startswith(WHOLE):
            continue
        for name in ("properties", "traits", "context"):
            (text,) = member_texts([row["body"]], name)
            column = columns[name][place]
            if name == "context" and (number := columns["client_seq"][place]) is not None:
                client_id = columns["client_id"][place]
                # Where the user has the same id, that column has it.
                client = b',"client":{"id":"%b","seq":%b}}' % (b"c-1" if client_id is None else client_id, number)
                column = column[:-1] + client
            assert column == (None if name == "traits" and row["traits"] is not None else text)


@given(alike())
def test_a_member_of_any_of_many_bodies_that_are_spelled_alike_is_in_its_column(table: list[dict[str, Any]]) -> None:
    assert_members_in_their_columns(table)
    assert_rebuilt(table)


@pytest.mark.slow
@given(alike())
@settings(max_examples=500, deadline=None)
def test_a_member_of_each_of_very_many_bodies_is_in_its_column(table: list[dict[str, Any]]) -> None:
    assert_members_in_their_columns(table)
    assert_rebuilt(table)


def test_rows_that_are_spelled_as_another_is_are_cut_as_it_is() -> None:
    table = [
        {
            "user_id": f"u-{number}",
            "body": b'{"userId":"u-%d","context":%b,"properties":{"n":%d}}' % (number, context, number),
        }
        for number, context in enumerate([b'{"ip":"x"}', b'{"a":{"properties":{}}}', b'{"ip":"y"}'])
    ]

    _, cuts = cut_all(table)

    assert set(cuts["rest"].to_pylist()) == {b'{"userId":\x07,"context":\x11,"properties":\x01}'}
    assert cuts["properties"].to_pylist() == [b'{"n":0}', b'{"n":1}', b'{"n":2}']

"""Values are taken out of many bodies at a time: what is taken, with the constants, is the body."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.storage.parquet.slicing import are_objects, sliced

CONSTANTS = (b'{"id":"', b'","context":', b',"properties":', b',"user":"', b'"}')
NAMES = ("id", "context", "properties", "user")


def binary(values: Sequence[bytes | None]) -> pyarrow.Array:
    return pyarrow.array(values, pyarrow.binary())


def body(id_: bytes, context: bytes, properties: bytes, user: bytes) -> bytes:
    return b"%b%b%b%b%b%b%b%b%b" % (
        CONSTANTS[0], id_, CONSTANTS[1], context, CONSTANTS[2], properties, CONSTANTS[3], user, CONSTANTS[4],
    )  # fmt: skip


def lengths(ids: Sequence[bytes], users: Sequence[bytes | None]) -> dict[str, pyarrow.Array]:
    return {
        name: pyarrow.array([None if value is None else len(value) for value in values], pyarrow.int32())
        for name, values in (("id", ids), ("user", users))
    }


def test_what_is_between_constants_and_values_that_are_known_is_taken() -> None:
    bodies = binary([body(b"1", b"{}", b'{"a":1}', b"kari"), body(b"22", b'{"ip":"x"}', b"{}", b"ola")])

    values = sliced(CONSTANTS, NAMES, lengths([b"1", b"22"], [b"kari", b"ola"]), bodies)

    assert {name: texts.to_pylist() for name, texts in values.items()} == {
        "context": [b"{}", b'{"ip":"x"}'], "properties": [b'{"a":1}', b"{}"],
    }  # fmt: skip


def test_a_part_of_an_array_is_read_from_where_it_begins() -> None:
    bodies = binary([b"before", body(b"1", b"{}", b'{"a":1}', b"kari"), b"after"]).slice(1, 1)

    values = sliced(CONSTANTS, NAMES, lengths([b"1"], [b"kari"]), bodies)

    assert values["properties"].to_pylist() == [b'{"a":1}']


@pytest.mark.parametrize(
    "other", [b"", b"{}", b'{"id":"1","context":{}}', b'{"id":"1","properties":{},"user":"kari"}', b"x" * 400]
)
def test_a_body_that_is_spelled_otherwise_has_none_or_what_does_not_make_it_again(other: bytes) -> None:
    bodies = binary([body(b"1", b"{}", b'{"a":1}', b"kari"), other, body(b"1", b"{}", b"{}", b"kari")])

    values = sliced(CONSTANTS, NAMES, lengths([b"1"] * 3, [b"kari"] * 3), bodies)

    contexts, properties = (values[name].to_pylist() for name in ("context", "properties"))
    assert (contexts[0], contexts[2], properties[0], properties[2]) == (b"{}", b"{}", b'{"a":1}', b"{}")
    assert contexts[1] is None or properties[1] is None or body(b"1", contexts[1], properties[1], b"kari") != other


def test_a_row_without_a_value_that_is_known_has_none() -> None:
    bodies = binary([body(b"1", b"{}", b"{}", b"kari")])

    assert sliced(CONSTANTS, NAMES, lengths([b"1"], [None]), bodies)["properties"].to_pylist() == [None]


def test_where_every_value_is_known_nothing_is_taken() -> None:
    assert sliced((b"a", b"b"), ("id",), lengths([b"1"], [b""]), binary([b"a1b"])) == {}


PARTS = st.tuples(
    st.text(max_size=4).map(str.encode),
    st.sampled_from([b"{}", b'{"a":[1]}', b'{"p":{"q":""}}']),
    st.dictionaries(st.text(max_size=2), st.text(max_size=3) | st.integers(), max_size=2).map(
        lambda value: json.dumps(value).encode()
    ),
    st.text(max_size=4).map(str.encode),
)


@given(st.lists(PARTS, min_size=1, max_size=6))
def test_any_values_come_back_that_do_not_have_the_constant_after_them(rows: list[tuple[bytes, ...]]) -> None:
    bodies = binary([body(*row) for row in rows])

    values = sliced(CONSTANTS, NAMES, lengths([row[0] for row in rows], [row[3] for row in rows]), bodies)

    assert list(zip(values["context"].to_pylist(), values["properties"].to_pylist(), strict=True)) == [
        row[1:3] for row in rows
    ]


ODD = [
    None, b"", b"{}", b'{"a":1}', b'{"a":\n1}', b"{}\n{}", b"{} {}", b"{},{}", b'{"a":', b"1}", b"[1]", b"null", b'"{"',
    b"{}\n", b'{"a":"\xff"}', b'{"a":"\xc3\xb8"}', b'{"a":1},"b":{"c":2}', b"{}{}",
]  # fmt: skip


def is_object(text: bytes | None) -> bool:
    try:
        return text is not None and isinstance(json.loads(text.decode()), dict)
    except ValueError:
        return False


@given(st.lists(st.sampled_from(ODD), max_size=8))
def test_of_any_texts_it_is_known_which_are_objects(texts: list[bytes | None]) -> None:
    assert are_objects(binary(texts)).to_pylist() == list(map(is_object, texts))

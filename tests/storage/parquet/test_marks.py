"""Marks are those members of a message's own context, or of its batch's, by which bots and own people are known."""

from __future__ import annotations

import json
from typing import Any

import pyarrow
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.storage.parquet.marks import MARKS, marks_of

VALUES: st.SearchStrategy[Any] = st.sampled_from([None, True, "x", "é\u2028", 7, {"reason": "ai"}, [], {}])
CONTEXTS = st.dictionaries(st.sampled_from([*MARKS, "page", "locale"]), VALUES, max_size=4)
MESSAGES = st.lists(
    st.tuples(st.none() | CONTEXTS, st.none() | CONTEXTS, st.dictionaries(st.sampled_from(MARKS), VALUES, max_size=2)),
    max_size=6,
)


def binary(values: list[bytes | None]) -> pyarrow.Array:
    return pyarrow.array(values, pyarrow.binary())


@given(MESSAGES)
@example([({"userAgent": "x"}, {"userAgent": "y"}, {}), (None, {"userAgent": "y"}, {}), (None, None, {"bot": True})])
@example([({"page": {}}, {"staff": True}, {"userAgent": "x"}), ({"http": {}}, None, {})])
def test_marks_are_those_of_the_effective_context(messages: list[tuple[Any, Any, Any]]) -> None:
    bodies, envelopes, expected = list[bytes | None](), list[bytes | None](), []
    for own, shared, properties in messages:
        body = {"type": "track", "properties": properties} | ({} if own is None else {"context": own})
        bodies.append(json.dumps(body, ensure_ascii=False).encode())
        envelopes.append(None if shared is None else json.dumps({"context": shared}, ensure_ascii=False).encode())
        context = shared if own is None else own
        marks = {name: context[name] for name in MARKS if context and context.get(name) is not None}
        expected.append(marks if set(marks) - {"http"} else {})

    texts = marks_of(binary(bodies), binary(envelopes)).cast(pyarrow.string()).to_pylist()
    assert [{} if text is None else json.loads(text) for text in texts] == expected
    # Of every other message the context is at hand.
    at_hand = [
        None if own is None or number % 2 else json.dumps(own, ensure_ascii=False).encode()
        for number, (own, _, _) in enumerate(messages)
    ]
    again = marks_of(binary(bodies), binary(envelopes), binary(at_hand)).cast(pyarrow.string()).to_pylist()
    assert [{} if text is None else json.loads(text) for text in again] == expected


@pytest.mark.parametrize("body", [b'{"context":"userAgent"}', b'{"context":["bot"]}', b"\xff", b"[]", b"7"])
def test_what_is_no_context_has_none(body: bytes) -> None:
    assert marks_of(binary([body]), binary([None])).null_count == 1

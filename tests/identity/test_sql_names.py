"""Names and ids of persons in SQL, against Python's own."""

from __future__ import annotations

import json
from uuid import UUID, uuid5

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.identity.duck import Duck

from footfall.identity.sql_names import json_array_sql, uuid5_sql

texts = st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from('\x00\n\x1b"\\/u')), max_size=12)


def test_the_sql_writes_compact_json_as_python_does() -> None:
    duck = Duck()

    @settings(max_examples=100)
    @given(texts, texts)
    @example("".join(map(chr, range(0x80))), '\\u000B\\"\u2028\u00e9')
    def agree(first: str, second: str) -> None:
        rows = duck.connection.execute(f"SELECT {json_array_sql('$1', '$2')}", [first, second]).fetchall()

        assert rows == [(json.dumps([first, second], ensure_ascii=False, separators=(",", ":")),)]

    agree()


@settings(max_examples=100)
@given(st.uuids(), st.text(st.characters(codec="utf-8"), max_size=80))
def test_the_sql_makes_the_same_uuid5_as_python(ns: UUID, name: str) -> None:
    duck = Duck()
    expression = uuid5_sql(ns, "$1")

    assert duck.connection.execute(f"SELECT {expression}", [name]).fetchall() == [(str(uuid5(ns, name)),)]

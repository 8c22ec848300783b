"""Usable ids over a column are those of the rules for one id."""

from __future__ import annotations

import pyarrow
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.analytics.persons.usable import usable
from footfall.identity.ids import AROUND, comparable
from footfall.identity.junk import JUNK_IDS, is_junk

junk = st.sampled_from([id_ for ids in JUNK_IDS.values() for id_ in ids])
edges = st.text(st.sampled_from([*AROUND, *"\"'`\\"]), max_size=3)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ids = st.one_of(texts, st.builds("".join, st.tuples(edges, st.one_of(junk, junk.map(str.upper), texts), edges)))


@given(st.lists(ids, max_size=20))
@example(
    ["ann", "null\x00", "\n0\r\n", "E\u0301mile", "a\nb", "a1\n", "", "\u212anull", "gue\u017ft", "007", "\ufeffa1"]
)
def test_a_column_of_ids_is_compared_as_each_of_them_is(column: list[str]) -> None:
    assert usable(pyarrow.array(column, pyarrow.string())).to_pylist() == [
        None if is_junk(id_) else comparable(id_) for id_ in column
    ]

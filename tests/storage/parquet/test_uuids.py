"""Ids that are UUIDs are kept as 16 bytes, and come back as the text that was sent."""

from __future__ import annotations

import pyarrow
from hypothesis import example, given, settings
from hypothesis import strategies as st

from footfall.storage.parquet.uuids import join_ids, ranks, split_ids

UUID = "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
IDS = (
    st.none()
    | st.uuids().map(str)
    | st.text(max_size=3)
    | st.sampled_from([UUID.upper(), UUID + "\n", "{" + UUID + "}", UUID.replace("-", ""), UUID.replace("a", "é")])
)


@given(st.lists(IDS, max_size=8))
@example([UUID, None, "m-1", UUID])
@example([])
@settings(max_examples=100, deadline=None)
def test_any_ids_come_back(ids: list[str | None]) -> None:
    texts, uuids = split_ids(pyarrow.array(ids, pyarrow.string()))

    assert join_ids(texts, uuids).to_pylist() == ids
    assert join_ids(texts[2:], uuids[2:]).to_pylist() == ids[2:]


def test_only_a_canonical_uuid_is_kept_as_bytes() -> None:
    texts, uuids = split_ids(pyarrow.array([UUID, UUID.upper()], pyarrow.string()))

    assert texts.to_pylist() == [None, UUID.upper()]
    assert [str(value) for value in uuids.to_pylist()] == [UUID, "None"]


def test_a_rank_counts_what_is_there_before_a_row() -> None:
    assert ranks(pyarrow.array([True, False, True])).to_pylist() == [0, None, 1]

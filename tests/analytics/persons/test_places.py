"""The places of ids are what a look at every message of a part finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.analytics.persons.parts import ListPart

from footfall.analytics.persons.places import places_of
from footfall.analytics.persons.summary import summarise
from footfall.identity.attribution import Observation

IDS = st.sampled_from(["a", "b", " a", "null", None])
LOGS = st.lists(st.builds(
    Observation, source=st.just("web"), message_id=st.just("m"), type=st.sampled_from(["page", "alias"]),
    occurred_at=st.integers(0, 3), user_id=IDS, anonymous_id=IDS, device_id=IDS, previous_id=IDS,
), max_size=8)  # fmt: skip


@given(LOGS)
def test_each_id_is_in_the_rows_of_all_messages_that_have_it(log: list[Observation]) -> None:
    part = ListPart(log)
    summary, _ = summarise(part)
    rows = part.read(("type", "user_id", "anonymous_id", "device_id", "previous_id")).to_pylist()

    places = places_of(summary.rows)

    for number, id_ in enumerate(summary.ids.to_pylist()):
        assert places.rows_with([number]).to_pylist() == [
            place
            for place, row in enumerate(rows)
            if any((row[name] or "").strip() == id_ for name in ("user_id", "anonymous_id", "device_id"))
            or (row["type"] == "alias" and (row["previous_id"] or "").strip() == id_)
        ]


def test_rows_of_several_ids_rise_and_come_once() -> None:
    part = ListPart([Observation("web", f"m{at}", "page", at, "ab"[at % 2], "c") for at in range(5)])
    summary, _ = summarise(part)
    numbers = [summary.ids.index(id_).as_py() for id_ in "bca"]

    assert places_of(summary.rows).rows_with(numbers).to_pylist() == [0, 1, 2, 3, 4]
    assert places_of(summary.rows).rows_with([]).to_pylist() == []

"""Country and region, from what a database says of an address."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.geo_files import OSLO

from footfall.web.geo import location_of

NORWAY = {"iso_code": "NO"}


@pytest.mark.parametrize(
    ("record", "location"),
    [
        (None, None),
        ({}, None),
        (OSLO, {"country": "NO", "region": "03"}),
        ({"country": NORWAY}, {"country": "NO"}),
        ({"registered_country": NORWAY}, {"country": "NO"}),
        ({"country": NORWAY, "subdivisions": [{"names": {"en": "Oslo"}}]}, {"country": "NO", "region": "Oslo"}),
        ({"country": NORWAY, "subdivisions": []}, {"country": "NO"}),
        ({"country": "Norway", "country_code": "NO", "region": "Oslo"}, {"country": "NO", "region": "Oslo"}),
        ({"country": "NO", "region": "Oslo", "region_code": "03"}, {"country": "NO", "region": "03"}),
        ({"country": "Norway"}, None),
        ({"country": "NO", "city": "Oslo", "lat": 59.9}, {"country": "NO"}),
    ],
)  # fmt: skip
def test_the_records_of_each_maker_give_country_and_region_and_nothing_more(
    record: Any, location: dict[str, str] | None
) -> None:
    assert location_of(record) == location


values = st.recursive(
    st.none() | st.text() | st.integers() | st.sampled_from(["NO", "03"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["country", "iso_code", "subdivisions", "region", "names", "en"]), inner)
    ),
)


@given(values)
def test_any_record_gives_short_texts_or_nothing(record: Any) -> None:
    location = location_of(record)

    assert location is None or (len(location["country"]) == 2 and len(location.get("region", "")) <= 60)

"""The marks of a link: campaigns and click ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.web.campaign import CLICK_IDS, UTM_KEYS, Campaign, campaign_of, click_ids
from footfall.web.origins import ORIGINS


@pytest.mark.parametrize(("key", "field"), UTM_KEYS.items())
def test_each_utm_key_gives_its_field_in_any_case(key: str, field: str) -> None:
    assert campaign_of({key: "spring"}) == Campaign(**{field: "spring"})
    assert campaign_of({key.upper(): "spring"}) == Campaign(**{field: "spring"})


@pytest.mark.parametrize(
    ("parameters", "campaign"),
    [
        ({}, None),
        ({"q": "shoes"}, None),
        ({"utm_source": ""}, None),
        ({"utm_source": " \t"}, None),
        ({"utm_source": "Google", "utm_medium": "CPC"}, Campaign(source="google", medium="cpc")),
        ({"utm_campaign": " Spring\n Sale "}, Campaign(name="Spring Sale")),
        ({"utm_term": "a" * 65_536}, Campaign(term="a" * 100)),
        ({"utm_source": "first", "UTM_Source": "second"}, Campaign(source="first")),
        ({"utm_source": "", "UTM_Source": "second"}, Campaign(source="second")),
    ],
)
def test_a_campaign_is_read_cut_and_made_comparable(parameters: dict[str, str], campaign: Campaign | None) -> None:
    assert campaign_of(parameters) == campaign


@pytest.mark.parametrize("key", CLICK_IDS)
def test_each_click_id_is_kept_as_present_and_by_its_value_where_the_plan_declares_it(key: str) -> None:
    assert click_ids({key.upper(): "EAIaIQ"}) == {key: True}
    assert click_ids({key: "EAIaIQ"}, {key}) == {key: "EAIaIQ"}


def test_a_click_id_that_is_empty_or_unknown_is_none() -> None:
    assert click_ids({"gclid": "", "clid": "x"}) == {}


def test_a_declared_click_id_is_cut() -> None:
    assert click_ids({"gclid": "a" * 65_536}, {"gclid"}) == {"gclid": "a" * 200}


def test_every_click_id_names_an_origin_of_the_table() -> None:
    assert {click_id.origin for click_id in CLICK_IDS.values()} <= ORIGINS.keys()
    assert all(key == key.lower() for key in CLICK_IDS)


@given(st.dictionaries(st.sampled_from([*UTM_KEYS, *CLICK_IDS, "UTM_SOURCE", "q"]), st.text()))
def test_any_query_gives_short_values_and_no_click_id_by_its_value(parameters: dict[str, str]) -> None:
    campaign = campaign_of(parameters)

    assert campaign is None or all(len(getattr(campaign, field) or "") <= 100 for field in UTM_KEYS.values())
    assert set(click_ids(parameters).values()) <= {True}

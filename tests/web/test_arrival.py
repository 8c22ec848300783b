"""A hit came by a link: what is written on it, and where it was."""

from __future__ import annotations

from footfall.web.arrival import arrival_of


def test_what_is_written_on_the_link_comes_before_where_it_was() -> None:
    query = "utm_medium=email&utm_source=News&gclid=x"

    arrival = arrival_of(query, "https://www.google.com/", "shop.example", ["gclid"])

    assert arrival.campaign is not None
    assert (arrival.campaign.source, dict(arrival.clicks), arrival.origin.type) == ("news", {"gclid": "x"}, "email")


def test_a_link_of_the_site_itself_is_internal_also_where_it_hides_its_referrer() -> None:
    assert arrival_of("", "https://shop.example/a", "shop.example").origin.type == "internal"
    assert arrival_of("", None, "shop.example", fetch_site="same-origin").origin.type == "internal"


def test_a_link_without_marks_has_no_campaign() -> None:
    arrival = arrival_of("q=1&utm_source=", None, "shop.example")

    assert (arrival.campaign, dict(arrival.clicks), arrival.origin.type) == (None, {}, "direct")

"""A hit came by a link: what is written on it, and where it was."""

from __future__ import annotations

from tests.web.sites import request

from footfall.web.arrival import arrival_of


def test_what_is_written_on_the_link_comes_before_where_it_was() -> None:
    hit = request("/", query="utm_medium=email&utm_source=News&gclid=x", referer="https://www.google.com/")

    arrival = arrival_of(hit, "shop.example", ["gclid"])

    assert arrival.campaign is not None
    assert (arrival.campaign.source, dict(arrival.clicks), arrival.origin.channel) == ("news", {"gclid": "x"}, "email")


def test_a_link_of_the_site_itself_is_internal_also_where_it_hides_its_referrer() -> None:
    assert arrival_of(request("/", referer="https://shop.example/a"), "shop.example").origin.channel == "internal"
    assert arrival_of(request("/", sec_fetch_site="same-origin"), "shop.example").origin.channel == "internal"


def test_a_link_without_marks_has_no_campaign() -> None:
    arrival = arrival_of(request("/", query="q=1&utm_source="), "shop.example")

    assert (arrival.campaign, dict(arrival.clicks), arrival.origin.channel) == (None, {}, "direct")

"""The origin of a visitor: row by row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.web.campaign import CLICK_IDS, Campaign
from footfall.web.origin_sites import APPS, SITES
from footfall.web.origins import ORIGINS, Origin, origin_of, referrer_host

OWN = "www.fjordhome.example:8443"
BY_REFERRER = [
    (None, "direct", None, None),
    ("", "direct", None, None),
    ("about:blank", "direct", None, None),
    ("https://fjordhome.example/cart", "internal", None, None),
    ("https://blog.fjordhome.example/", "internal", None, None),
    ("https://www.google.de/", "organic_search", "Google", "google.de"),
    ("https://duckduckgo.com/", "organic_search", "DuckDuckGo", "duckduckgo.com"),
    ("https://l.instagram.com/?u=x", "organic_social", "Instagram", "l.instagram.com"),
    ("https://chatgpt.com/", "ai_assistant", "ChatGPT", "chatgpt.com"),
    ("https://mail.google.com/", "email", "Gmail", "mail.google.com"),
    ("https://www.youtube.com/watch", "video", "YouTube", "youtube.com"),
    ("https://www.etsy.com/", "shopping", "Etsy", "etsy.com"),
    ("android-app://com.google.android.gm/", "email", "Gmail", "android-app://com.google.android.gm"),
    ("android-app://org.example.app", "referral", "android-app://org.example.app", "android-app://org.example.app"),
    ("https://news.example.net/a", "referral", "news.example.net", "news.example.net"),
    ("https://notfjordhome.example/", "referral", "notfjordhome.example", "notfjordhome.example"),
]
BY_CAMPAIGN = [
    # medium, source, name of the campaign: type_, name
    ("cpc", "google", None, "paid_search", "Google"),
    ("ppc", "bing", None, "paid_search", "Bing"),
    ("paid-search", None, None, "paid_search", None),
    ("cpc", "facebook", None, "paid_social", "Facebook"),
    ("paid_social", "acme", None, "paid_social", "acme"),
    ("cpc", "youtube", None, "paid_video", "YouTube"),
    ("cpv", "acme", None, "paid_video", "acme"),
    ("cpc", "google", "Shopping DE", "paid_shopping", "Google"),
    ("cpc", "google", "Workshop week", "paid_search", "Google"),
    ("cpc", "etsy", None, "paid_shopping", "Etsy"),
    ("cpc", "acme", None, "paid_other", "acme"),
    ("cpm", "acme", None, "display", "acme"),
    ("banner", "acme", None, "display", "acme"),
    ("shopping", "acme", None, "shopping", "acme"),
    ("social", "acme", None, "organic_social", "acme"),
    ("video", "acme", None, "video", "acme"),
    ("organic", "google", None, "organic_search", "Google"),
    ("ai", "acme", None, "ai_assistant", "acme"),
    ("email", "acme", None, "email", "acme"),
    ("newsletter", None, None, "email", None),
    (None, "newsletter", None, "email", "newsletter"),
    ("affiliate", "acme", None, "affiliates", "acme"),
    ("audio", "acme", None, "audio", "acme"),
    ("sms", "acme", None, "sms", "acme"),
    ("web_push", "acme", None, "push", "acme"),
    ("referral", "acme", None, "referral", "acme"),
    (None, "chatgpt.com", None, "ai_assistant", "ChatGPT"),
    (None, "linkedin", None, "organic_social", "LinkedIn"),
    (None, "acme", None, "campaign", "acme"),
    (None, None, "spring", "campaign", None),
    ("leaflet", "acme", "spring", "campaign", "acme"),
]


@pytest.mark.parametrize(("referrer", "type_", "name", "host"), BY_REFERRER)
def test_a_referrer_gives_an_origin(referrer: str | None, type_: str, name: str | None, host: str | None) -> None:
    assert origin_of(referrer, OWN) == Origin(type_, name, host)


@pytest.mark.parametrize(("medium", "source", "campaign", "type_", "name"), BY_CAMPAIGN)
def test_a_campaign_gives_an_origin(
    medium: str | None, source: str | None, campaign: str | None, type_: str, name: str | None
) -> None:
    marks = Campaign(medium=medium, source=source, name=campaign)

    assert origin_of(None, OWN, marks) == Origin(type_, name)


def test_every_known_site_and_app_has_an_origin_and_its_name() -> None:
    kinds = {"search": "organic_search", "social": "organic_social"}

    assert {host: origin_of(f"https://www.{host}/x", OWN) for host in SITES} == {
        host: Origin(kinds.get(site.kind, site.kind), site.name, host) for host, site in SITES.items()
    }
    assert [origin_of(f"android-app://{package}/", OWN).name for package in APPS] == [s.name for s in APPS.values()]


@pytest.mark.parametrize("key", CLICK_IDS)
def test_a_click_id_gives_its_origin_where_nothing_else_is_named(key: str) -> None:
    assert origin_of(None, OWN, click_ids=[key]) == Origin(CLICK_IDS[key].origin, CLICK_IDS[key].name)


@pytest.mark.parametrize(
    ("referrer", "campaign", "click_ids", "origin"),
    [
        ("https://google.com/", Campaign(medium="email"), ["gclid"], Origin("email", "Google", "google.com")),
        ("https://google.com/", None, ["gclid"], Origin("paid_search", "Google", "google.com")),
        ("https://l.instagram.com/", None, ["fbclid"], Origin("organic_social", "Instagram", "l.instagram.com")),
        ("https://google.com/", Campaign(name="spring"), [], Origin("organic_search", "Google", "google.com")),
        ("https://google.com/", Campaign(medium="cpc"), [], Origin("paid_search", "Google", "google.com")),
        ("https://fjordhome.example/", Campaign(source="acme"), [], Origin("campaign", "acme")),
        ("https://fjordhome.example/", None, ["unknown"], Origin("internal")),
    ],
)
def test_what_a_marketer_wrote_comes_before_a_click_id_and_that_before_the_referrer(
    referrer: str, campaign: Campaign | None, click_ids: list[str], origin: Origin
) -> None:
    assert origin_of(referrer, OWN, campaign, click_ids) == origin


@pytest.mark.parametrize(
    ("referrer", "fetch_site", "type_"),
    [
        (None, "none", "direct"),
        (None, "same-origin", "internal"),
        (None, "cross-site", "hidden_referral"),
        ("https://sister.other.example/", "same-site", "internal"),
        ("https://news.example.net/", "cross-site", "referral"),
    ],
)
def test_the_browser_says_where_from_though_the_referrer_is_hidden(
    referrer: str | None, fetch_site: str, type_: str
) -> None:
    assert origin_of(referrer, OWN, fetch_site=fetch_site).type == type_


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("HTTPS://WWW.Example.NET:443/a?b#c", "example.net"),
        ("https://kari:secret@example.net/", "example.net"),
        ("https://example.net\\@evil.example/", "example.net"),
        ("https://[2001:db8::1]:8080/", "[2001:db8::1]"),
        ("https://example.net.", "example.net"),
        ("https://example.net?x=https://other.example/", "example.net"),
        ("//example.net/", None),
        ("ftp://example.net/", None),
        ("javascript://example.net/", None),
        ("https:///path", None),
        ("https://exa mple.net/", None),
        ("https://exam\x00ple.net/", None),
        ("https://" + "a" * 65_536, None),
        ("https://example.net/" + "a" * 65_536, "example.net"),
    ],
)
def test_a_referrers_host_is_kept_without_user_port_and_path(referrer: str, host: str | None) -> None:
    assert referrer_host(referrer) == host


def test_each_origin_is_reached() -> None:
    reached = {type_ for _, type_, *_ in BY_REFERRER} | {type_ for *_, type_, _ in BY_CAMPAIGN}

    assert reached | {"hidden_referral"} == ORIGINS.keys()


@given(st.text(), st.text(), st.builds(Campaign, medium=st.text(), source=st.text()), st.text())
def test_any_referrer_and_any_campaign_have_an_origin_of_the_table(
    referrer: str, own_host: str, campaign: Campaign, fetch_site: str
) -> None:
    for marks in (None, campaign):
        assert origin_of(referrer, own_host, marks, fetch_site=fetch_site).type in ORIGINS
        assert origin_of(f"https://{referrer}", own_host, marks).type in ORIGINS

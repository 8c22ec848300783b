"""The paths that footfall answers itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.web.sites import plan

from footfall import Client
from footfall.integrations.options import SiteOptions
from footfall.integrations.site import Site
from footfall.testing import Recorder
from footfall.web.request import WebRequest


def site(**options: Any) -> Site:
    return Site(Client(Recorder(), plan=plan()), SiteOptions(cookie_keys=["sixteen bytes of key"], **options))


def get(path: str) -> WebRequest:
    return WebRequest(method="GET", scheme="https", host="shop.example", path=path)


def test_the_site_says_that_it_honours_gpc() -> None:
    shop = site()

    response = shop.own_response(shop.begin(get("/.well-known/gpc.json")))

    assert response is not None
    assert json.loads(response.body)["gpc"] is True


def test_a_site_that_leaves_gpc_to_its_own_rule_is_not_said_to_honour_it() -> None:
    options = SiteOptions(cookie_keys=["sixteen bytes of key"], honours_gpc=False, consent=lambda _: {})
    shop = Site(Client(Recorder(), plan=plan("own_rule")), options)

    assert shop.own_response(shop.begin(get("/.well-known/gpc.json"))) is None


def test_a_path_below_the_prefix_that_nobody_answers_is_left_to_the_application() -> None:
    shop = site()

    assert shop.own_response(shop.begin(get("/footfall/nothing"))) is None


def own_paths(shop: Site) -> list[str]:
    """A path of each kind that footfall answers itself."""
    links, prefix = shop.links, "/footfall"
    away = links.redirect("https://partner.example/", "clicked")
    style = [f"{prefix}/style-{use}/{links.signed(use, 'seen')}" for use in ("mark", "beats")]
    seen = [f"{prefix}/mark/{links.signed('mark', 'seen')}", f"{prefix}/beats/{links.signed('beats', 'seen')}/1"]
    pages = [f"{prefix}/consent", f"{prefix}/opt-out", "/.well-known/gpc.json"]
    return [*pages, away, links.ping_of(away), links.pixel("seen"), *style, *seen]


@pytest.mark.parametrize("is_debug", [True, False])
def test_each_hit_that_footfall_answers_itself_counts_as_its_own_and_says_so_in_debug_mode(is_debug: bool) -> None:
    shop = site(debug=is_debug)
    paths = own_paths(shop)

    for path in paths:
        response = shop.own_response(shop.begin(get(path)))
        assert response is not None
        words = [value for name, value in response.headers if name == "Footfall"]
        assert words == (["not counted (own)"] if is_debug else [])
    assert shop.client.stats().uncounted["own"] == len(paths)

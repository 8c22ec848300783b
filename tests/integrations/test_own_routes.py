"""The paths that footfall answers itself."""

from __future__ import annotations

import json

from tests.web.sites import plan

from footfall import Client
from footfall.integrations.options import SiteOptions
from footfall.integrations.site import Site
from footfall.testing import Recorder
from footfall.web.request import WebRequest


def site() -> Site:
    return Site(Client(Recorder(), plan=plan()), SiteOptions(cookie_keys=["sixteen bytes of key"]))


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

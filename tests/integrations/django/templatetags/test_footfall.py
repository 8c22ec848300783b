"""A template's addresses count events of the plan when the site serves them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from footfall.testing import Recorder

django = pytest.importorskip("django", reason="Django is not installed")


def rendered(text: str) -> str:
    from django.template import Context, Engine

    engine = Engine(libraries={"footfall": "footfall.integrations.django.templatetags.footfall"})
    return str(engine.from_string("{% load footfall %}" + text).render(Context()))


def test_a_link_of_a_template_counts_and_leads_on(browser: Any, recorder: Recorder) -> None:
    address = rendered('{% footfall_link "https://partner.example/?a=b&c=d" "product_viewed" sku="A" %}')

    response = browser.get(address)

    assert (response.status_code, response["Location"]) == (303, "https://partner.example/?a=b&c=d")
    (message,) = [message for message in recorder.messages if message["type"] == "track"]
    assert (message["event"], message["properties"]) == ("product_viewed", {"sku": "A"})


def test_a_ping_of_a_template_is_taken_without_a_token_of_the_form(browser: Any, recorder: Recorder) -> None:
    address = rendered(
        '{% footfall_link "https://partner.example/" "product_viewed" sku="A" as link %}{% footfall_ping link %}'
    )

    response = browser.post(address, "PING", content_type="text/ping")

    assert response.status_code == 204
    assert len(recorder.messages) == 1


def test_a_pixel_of_a_template_is_a_picture(browser: Any, recorder: Recorder) -> None:
    (address,) = re.findall('src="(.*?)"', rendered('{% footfall_pixel "product_viewed" sku="A" %}'))

    response = browser.get(address)

    assert response["Content-Type"] == "image/gif"
    assert [message["event"] for message in recorder.messages] == ["product_viewed"]


def test_engagement_is_html_in_a_template_where_it_is_on(recorder: Recorder) -> None:
    from django.conf import settings
    from django.test import override_settings

    text = '{% footfall_mark "product_viewed" sku="A" %}{% footfall_stylesheet "product_viewed" sku="A" %}'

    assert rendered(text) == ""
    with override_settings(FOOTFALL={**settings.FOOTFALL, "engagement": True}):
        assert rendered(text).count('<link rel="stylesheet" href="/footfall/style-') == 2

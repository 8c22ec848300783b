"""The dict `FOOTFALL` makes one site, anew where a test overrides it; with a wrong one no server starts."""

from __future__ import annotations

from typing import Any

import pytest
from tests.integrations.browsers import CHROME
from tests.integrations.django.conftest import PLAN

from footfall.testing import Recorder

django = pytest.importorskip("django", reason="Django is not installed")


def test_the_site_is_made_once(recorder: Recorder) -> None:
    from footfall.integrations.django.settings import current_site

    assert current_site() is current_site()


def test_an_overridden_setting_holds_at_once_for_a_client_that_has_asked_before(
    browser: Any, recorder: Recorder
) -> None:
    from django.conf import settings
    from django.test import override_settings

    other = Recorder()
    browser.get("/")
    with override_settings(FOOTFALL={**settings.FOOTFALL, "client": other}):
        browser.get("/")
    browser.get("/")

    assert (len(recorder.messages), len(other.messages)) == (2, 1)


def test_a_page_that_is_left_out_is_counted_as_such(recorder: Recorder) -> None:
    from django.conf import settings
    from django.test import Client, override_settings

    from footfall.integrations.django.settings import current_site

    with override_settings(FOOTFALL={**settings.FOOTFALL, "exclude": ["/orders/"]}):
        Client(headers=CHROME).get("/orders/7/")
        assert current_site().client.stats().uncounted == {"excluded": 1}


def test_a_site_that_is_switched_off_sends_nothing_and_sets_no_cookie(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.test import Client, override_settings

    monkeypatch.setenv("FOOTFALL_DISABLED", "1")
    with override_settings(FOOTFALL={}):
        response = Client(headers=CHROME).get("/tracked/")

    assert response.status_code == 200
    assert not response.cookies


@pytest.mark.parametrize(("proxies", "address"), [([], "10.0.0.0"), (["10.0.0.0/8"], "203.0.113.0")])
def test_a_forwarded_address_counts_from_a_trusted_proxy_alone(
    proxies: list[str], address: str, recorder: Recorder
) -> None:
    from django.conf import settings
    from django.test import Client, override_settings

    with override_settings(FOOTFALL={**settings.FOOTFALL, "trusted_proxies": proxies}):
        forwarded = {**CHROME, "X-Forwarded-For": "198.51.100.1, 203.0.113.9"}
        Client(headers=forwarded, REMOTE_ADDR="10.0.0.7").get("/")

    assert recorder.messages[0]["context"]["ip"] == address


def test_debug_says_in_each_response_whether_it_was_counted(recorder: Recorder) -> None:
    from django.test import Client, override_settings

    with override_settings(DEBUG=True):
        client = Client(headers=CHROME)
        assert client.get("/")["Footfall"] == "counted"
        assert client.get("/data/")["Footfall"] == "not counted (not_html)"


@pytest.mark.parametrize(
    "setting",
    [
        {},
        {"collector": "http://127.0.0.1:8190", "plan": PLAN, "cookie_keys": ["long enough to be a key"]},
        {"cookie_keys": ["short"]},
        {"cookie_key": []},
        {"cookie_keys": ["long enough to be a key"], "client": "no.where"},
    ],
)
def test_a_server_with_wrong_settings_does_not_start_and_says_why_in_one_line(
    setting: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.wsgi import get_wsgi_application
    from django.test import override_settings

    monkeypatch.delenv("FOOTFALL_URL", raising=False)
    monkeypatch.delenv("FOOTFALL_WRITE_KEY", raising=False)
    with override_settings(FOOTFALL=setting), pytest.raises(ImproperlyConfigured) as raised:
        get_wsgi_application()

    assert "\n" not in str(raised.value)

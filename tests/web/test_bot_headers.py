"""The headers that a hit keeps, and what is odd about them: row by row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.web.bot_agents import agent_traits
from footfall.web.bot_headers import JUDGED_HEADERS, judged_headers, reason_of_headers, reason_of_versions

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.6 Mobile/15E148 Safari/604.1"
)
PALE_MOON = FIREFOX.replace("Gecko/20100101", "Goanna/20240501") + " PaleMoon/33.1.0"
OLD_CHROME = CHROME.replace("142.0.0.0", "69.0.3497.100")
BASIC = {"accept": "text/html", "accept-encoding": "gzip, br", "accept-language": "1"}
NAVIGATION = {"sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
MODERN = {**BASIC, **NAVIGATION}
HINTS = '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"'


@pytest.mark.parametrize(
    ("agent", "http", "reason"),
    [
        (CHROME, MODERN | {"secure": "1", "sec-ch-ua": HINTS}, None),
        (FIREFOX, MODERN | {"secure": "1"}, None),
        (SAFARI, BASIC | {"secure": "1"}, None),  # before 16.4 it sent no metadata
        (OLD_CHROME, BASIC | {"secure": "1"}, None),
        (CHROME, BASIC, None),  # not over https
        (CHROME, BASIC | {"secure": "1"}, "no_headers"),
        (FIREFOX, BASIC | {"secure": "1"}, "no_headers"),
        (CHROME, BASIC | {"secure": "1", "via": "1"}, None),
        (CHROME, {"accept": "text/html", "accept-encoding": "gzip"}, "no_headers"),
        (CHROME, {"accept": "text/html", "accept-language": "1"}, None),  # servers in front drop accept-encoding
        (PALE_MOON, BASIC | {"secure": "1"}, None),
        (CHROME, {"accept-encoding": "gzip", "accept-language": "1"}, "no_headers"),
        (CHROME, {"accept": "text/html", "via": "1"}, None),
        (CHROME, MODERN | {"from": "1"}, "crawler"),
        (CHROME, MODERN | {"from": "1", "via": "1"}, "crawler"),
        (CHROME, MODERN | {"sec-ch-ua": '"HeadlessChrome";v="142"'}, "headless"),
        (CHROME, MODERN | {"sec-ch-ua": HINTS.replace("142", "120")}, "versions"),
        (FIREFOX, MODERN | {"sec-ch-ua": HINTS}, "odd_headers"),
        (SAFARI, MODERN | {"sec-ch-ua": HINTS}, "odd_headers"),
        (CHROME, MODERN | {"sec-fetch-site": "internal"}, "odd_headers"),
        (CHROME, MODERN | {"sec-fetch-mode": "browse"}, "odd_headers"),
        (CHROME, MODERN | {"sec-fetch-mode": "cors"}, "odd_headers"),
        (CHROME, BASIC | {"sec-fetch-mode": "cors"}, "odd_headers"),  # Node.js
        (CHROME, MODERN | {"sec-fetch-dest": "empty"}, None),  # a service worker passed it on
        (CHROME, MODERN | {"sec-fetch-dest": "iframe"}, None),
        (CHROME, MODERN | {"sec-fetch-user": "?1"}, None),
        (CHROME, MODERN | {"sec-fetch-user": "?0"}, "odd_headers"),
        (CHROME, BASIC | {"sec-fetch-site": "none", "sec-fetch-mode": "cors", "sec-fetch-user": "?1"}, "odd_headers"),
    ],
)
def test_what_is_odd_about_a_browsers_headers_has_its_reason(
    agent: str, http: dict[str, str], reason: str | None
) -> None:
    assert reason_of_headers(agent_traits(agent), http) == reason


@pytest.mark.parametrize(
    ("agent", "reason"),
    [
        (CHROME, None),
        (CHROME.replace("142.0.0.0", "142.0.7444.175"), None),
        (CHROME.replace("142.0.0.0", "142.0.6099.1"), "versions"),
        (CHROME.replace("142.0.0.0", "154.0.8037.55"), None),
        (CHROME.replace("142.0.0.0", "49.0.2623.112"), None),
        (CHROME.replace("142.0.0.0", "49.0.7421.11"), "versions"),
        (SAFARI, None),
        (SAFARI.replace("Version/18.6", "CriOS/151.0.0.0"), None),
        (SAFARI.replace("Version/18.6", "Chrome/60.0.3112.90"), "versions"),
        (FIREFOX, None),
        (FIREFOX.replace("rv:145", "rv:109"), "versions"),
        (FIREFOX.replace("145", "115").replace("rv:115", "rv:109"), None),
        (FIREFOX.replace("rv:145", "rv:78"), "versions"),
    ],
)
def test_versions_that_no_browser_has_together_are_found(agent: str, reason: str | None) -> None:
    assert reason_of_versions(agent, agent_traits(agent)) == reason


def test_a_header_is_kept_cut_and_one_that_says_who_somebody_is_by_its_presence() -> None:
    kept = judged_headers({"accept": "a" * 65_536, "from": "kari@example.com", "cookie": "x"}, scheme="http")

    assert kept == {"accept": "a" * 24, "from": "1"}


def test_a_connection_that_is_encrypted_is_kept_as_secure() -> None:
    assert judged_headers({}, scheme="https") == {"secure": "1"}


@given(st.dictionaries(st.sampled_from([*JUDGED_HEADERS, "cookie", "referer"]), st.text()))
def test_what_is_kept_of_any_headers_is_small_and_judged_as_the_headers_themselves(headers: dict[str, str]) -> None:
    kept = judged_headers(headers, scheme="https")

    assert sum(map(len, kept.values())) <= 300
    assert kept.keys() <= JUDGED_HEADERS.keys() | {"secure"}
    assert judged_headers(kept, scheme="https") == kept

"""Browser, operating system and kind of device, from the user agent and from client hints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.web.user_agent import Browser, describe, device_class

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 {}Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) {}"
    " Mobile/15E148 Safari/604.1"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
BRANDS = '"Chromium";v="142", "{}";v="{}", "Not_A Brand";v="99"'


@pytest.mark.parametrize(
    ("agent", "browser"),
    [
        (WINDOWS, Browser("desktop", "Chrome", "142", "Windows")),
        (WINDOWS + " Edg/142.0.0.0", Browser("desktop", "Edge", "142", "Windows")),
        (ANDROID.format("Mobile "), Browser("phone", "Chrome", "142", "Android")),
        (ANDROID.format(""), Browser("tablet", "Chrome", "142", "Android")),
        (IPHONE.format("Version/17.5"), Browser("phone", "Safari", "17", "iOS", "17")),
        (IPHONE.format("CriOS/142.0.7444.46"), Browser("phone", "Chrome", "142", "iOS", "17")),
        (FIREFOX, Browser("desktop", "Firefox", "145", "Linux")),
        ("curl/8.14.1", Browser("other", "curl", "8")),
        ("", Browser("other")),
        (None, Browser("other")),
    ],
)
def test_an_agent_names_browser_system_and_device(agent: str | None, browser: Browser) -> None:
    assert describe(agent) == browser


@pytest.mark.parametrize(
    ("agent", "hints", "browser"),
    [
        (
            WINDOWS,
            {"sec-ch-ua": BRANDS.format("Brave", "142"), "sec-ch-ua-platform": '"Windows"'},
            Browser("desktop", "Brave", "142", "Windows"),
        ),
        (
            WINDOWS,
            {"sec-ch-ua-platform": '"Windows"', "sec-ch-ua-platform-version": '"15.0.0"'},
            Browser("desktop", "Chrome", "142", "Windows"),  # without brands it is no Chromium, and they do not count
        ),
        (
            WINDOWS,
            {
                "sec-ch-ua": BRANDS.format("Google Chrome", "142"),
                "sec-ch-ua-platform": '"Windows"',
                "sec-ch-ua-platform-version": '"15.0.0"',
            },
            Browser("desktop", "Chrome", "142", "Windows", "11"),
        ),
        (
            WINDOWS,
            {
                "sec-ch-ua": BRANDS.format("Google Chrome", "142"),
                "sec-ch-ua-platform": '"Windows"',
                "sec-ch-ua-platform-version": '"10.0.0"',
            },
            Browser("desktop", "Chrome", "142", "Windows", "10"),
        ),
        (
            ANDROID.format(""),
            {
                "sec-ch-ua": BRANDS.format("Google Chrome", "142"),
                "sec-ch-ua-mobile": "?0",
                "sec-ch-ua-platform": '"Android"',
                "sec-ch-ua-platform-version": '"16.0.0"',
                "sec-ch-ua-form-factors": '"Tablet", "Desktop"',
            },
            Browser("tablet", "Chrome", "142", "Android", "16"),
        ),
        (
            WINDOWS.replace("Windows NT 10.0; Win64; x64", "X11; Linux x86_64"),
            {"sec-ch-ua": BRANDS.format("Opera", "125"), "sec-ch-ua-mobile": "?1", "sec-ch-ua-platform": '"Android"'},
            Browser("phone", "Opera", "125", "Android"),
        ),
        (
            WINDOWS,
            {"sec-ch-ua": '"Chromium";v="142", "Not_A Brand";v="99"'},
            Browser("desktop", "Chromium", "142", "Windows"),
        ),
        (WINDOWS, {"sec-ch-ua": "?" * 65_536}, Browser("desktop", "Chrome", "142", "Windows")),
    ],
)
def test_client_hints_know_better_than_the_agent(agent: str, hints: dict[str, str], browser: Browser) -> None:
    assert describe(agent, hints) == browser


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (PlayStation; PlayStation 5/6.00) AppleWebKit/605.1.15 (KHTML, like Gecko)", "console"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) Chrome/128.0.0.0 Edge/44.18363", "console"),
        ("Mozilla/5.0 (SMART-TV; LINUX; Tizen 8.0) AppleWebKit/537.36 Chrome/108.0.5359.1 TV Safari/537.36", "tv"),
        ("Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 Chrome/94.0.4606.128 Safari/537.36", "tv"),
        ("Mozilla/5.0 (Linux; Android 9; AFTKA) AppleWebKit/537.36 Silk/120.2.6 like Chrome/120.0.0.0", "tv"),
        ("Mozilla/5.0 (Linux; Android 11; SM-R890) AppleWebKit/537.36 Watch", "watch"),
        ("Mozilla/5.0 (X11; GNU/Linux) AppleWebKit/537.36 Chromium/88.0.4324.150 Chrome/88 Safari Tesla/2024.8", "car"),
        ("Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) Version/16.6 Mobile/15E148 Safari/604.1", "tablet"),
        ("Mozilla/5.0 (Linux; Android 9; KFMAWI) AppleWebKit/537.36 Silk/120.4.1 Safari/537.36", "tablet"),
        ("Opera/9.80 (J2ME/MIDP; Opera Mini/9.80 (J2ME/22.478; U; en) Presto/2.5.25 Version/10.54", "phone"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36", "desktop"),
        ("Lynx/2.9.2 libwww-FM/2.14", "other"),
    ],
)
def test_each_kind_of_device_is_named_by_words_of_the_agent(agent: str, device: str) -> None:
    assert device_class(agent) == device


@given(st.text(), st.dictionaries(st.sampled_from(["sec-ch-ua", "sec-ch-ua-platform", "sec-ch-ua-mobile"]), st.text()))
def test_any_agent_and_any_hints_give_short_names(agent: str, hints: dict[str, str]) -> None:
    browser = describe(agent, hints)

    assert all(len(value or "") <= 40 for value in (browser.name, browser.version, browser.os, browser.os_version))


def test_an_agent_and_hints_of_64_kilobytes_are_cut_before_they_are_read() -> None:
    assert describe("A" * 65_536, {"sec-ch-ua": '"A";v="1",' * 8_192}) == Browser("other", "A", "1")

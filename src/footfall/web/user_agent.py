"""User agent: browser, operating system and kind of device, from the user agent and from client hints; pure.

ua-parser (extra `web`) reads the agent. Client hints, which Chromium's browsers send, know better: the agent of today
hides most versions, and several browsers call themselves Chrome in it. A version that a browser hides is None here and
no guess: Windows says 10, macOS 10.15 and an iPhone 18 for whatever came after.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import msgspec

from footfall.web.bot_agents import LONGEST_AGENT

__all__ = ["ACCEPT_CH", "READ_HINTS", "Browser", "DeviceClass", "describe", "device_class"]

DeviceClass = Literal["car", "console", "desktop", "other", "phone", "tablet", "tv", "watch"]

ACCEPT_CH = "Sec-CH-UA-Platform-Version, Sec-CH-UA-Form-Factors"
"""The response header `Accept-CH` that asks Chromium's browsers for what `describe` reads besides the usual hints."""

_LONGEST_NAME = 40


class Browser(msgspec.Struct, frozen=True, omit_defaults=True, rename={"os_version": "osVersion"}):
    """What a visitor browses with, as `context.browser` has it. `version` is the major one."""

    device: DeviceClass
    name: str | None = None
    version: str | None = None
    os: str | None = None
    os_version: str | None = None


# Words of an agent in lower case: the device. The first row decides.
_DEVICES: Sequence[tuple[re.Pattern[str], DeviceClass]] = (
    (re.compile(r"playstation|xbox|nintendo"), "console"),
    (
        re.compile(
            r"smart-?tv|smart_tv|googletv|appletv|apple tv|hbbtv|netcast|web0s|webos; ?linux|bravia|aft[a-z]{1,5}\b|"
            r"crkey|roku|viera|tizen [0-9.]+\) .*tv|android tv|\btv safari|philipstv|aquos|mibox|shield android"
        ),
        "tv",
    ),
    (re.compile(r"watch|wear os"), "watch"),
    (re.compile(r"tesla|qtcarbrowser|android automotive"), "car"),
    (re.compile(r"ipad|tablet|kindle|silk/|playbook|sm-t[0-9]|\bkf[a-z]{3,5}\b|nexus (?:7|9|10)\b"), "tablet"),
    (re.compile(r"iphone|ipod|windows phone|mobile|opera mini|profile/midp|ucweb|symb|blackberry|nokia"), "phone"),
    (re.compile(r"android"), "tablet"),  # Android's browsers say `Mobile` on phones alone
    (re.compile(r"windows|macintosh|x11|cros|linux|opera/[0-9.]+ \("), "desktop"),
)
_FORM_FACTORS: Mapping[str, DeviceClass] = {
    "automotive": "car",
    "desktop": "desktop",
    "eink": "tablet",
    "mobile": "phone",
    "tablet": "tablet",
    "watch": "watch",
}

# ua-parser's family, or a client hint's brand: the name that a report shows. What device it runs on is kept apart.
_NAMES: Mapping[str, str] = {
    "Google Chrome": "Chrome",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Mobile Safari": "Safari",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Microsoft Edge": "Edge",
    "Edge Mobile": "Edge",
    "Opera Mobile": "Opera",
    "Opera Touch": "Opera",
    "DuckDuckGo Mobile": "DuckDuckGo",
    "Ecosia Android": "Ecosia",
    "Ecosia iOS": "Ecosia",
    "Brave Browser": "Brave",
    "YaBrowser": "Yandex Browser",
    "Google": "Google app",
    "Android WebView": "WebView",
    "Chrome Mobile WebView": "WebView",
    "Mobile Safari UI/WKWebView": "WebView",
}
_SYSTEMS: Mapping[str, str] = {
    "Mac OS X": "macOS",
    "Chrome OS": "ChromeOS",
    "Chromium OS": "ChromeOS",
    "Ubuntu": "Linux",
    "Fedora": "Linux",
    "Debian": "Linux",
    "Windows Phone": "Windows Phone",
}
# Operating system and the version behind which browsers hide every later one, as its first numbers.
_FROZEN = {("macOS", "10.15"), ("Windows", "10"), ("Android", "10"), ("iOS", "18")}
_WINDOWS_11 = 13  # the first platform version of it, as the client hint counts

_BRAND = re.compile(r'"([^"]{1,60})";v="([0-9]{1,4})')
_PLATFORM = re.compile(r'"([\w .-]{1,40})"')
_NO_BRAND = re.compile(r"not.{0,3}a.{0,3}brand", re.IGNORECASE)
READ_HINTS = (
    "sec-ch-ua",
    "sec-ch-ua-mobile",
    "sec-ch-ua-platform",
    "sec-ch-ua-platform-version",
    "sec-ch-ua-form-factors",
)
"""The client hints that `describe` reads."""

_LONGEST_HINT = 200


def describe(user_agent: str | None, headers: Mapping[str, str] | None = None) -> Browser:
    """What a visitor browses with. `headers` has the client hints by lower-case names; `context.http` will do."""
    agent = (user_agent or "")[:LONGEST_AGENT]
    if headers is None or "sec-ch-ua" not in headers:
        return _describe(agent, ())
    return _describe(agent, tuple([headers.get(name, "")[:_LONGEST_HINT] for name in READ_HINTS]))


@lru_cache(maxsize=4_096)
def _describe(agent: str, hints: tuple[str, ...]) -> Browser:
    name, version, system, system_version = _parsed(agent)
    device = device_class(agent)
    if hints:
        brands, mobile, platform, platform_version, form_factors = hints
        name, version = _brand(brands) or (name, version)
        platform_name = _PLATFORM.fullmatch(platform)
        if platform_name:
            hinted = _SYSTEMS.get(platform_name[1], platform_name[1])
            system_version = _platform_version(hinted, platform_version) or (
                system_version if hinted == system else None
            )
            system = hinted
        factors = [factor.strip(' "').lower() for factor in form_factors.split(",")]
        device = next((_FORM_FACTORS[factor] for factor in factors if factor in _FORM_FACTORS), device)
        if mobile == "?1" and device == "desktop":
            device = "phone"
    return Browser(device=device, name=name, version=version, os=system, os_version=system_version)


def device_class(agent: str) -> DeviceClass:
    """The kind of device that an agent names."""
    lower = agent.lower()
    return next((device for words, device in _DEVICES if words.search(lower)), "other")


def _brand(brands: str) -> tuple[str, str] | None:
    """The browser's own brand and its version: neither the engine's nor the brand that means nothing."""
    named = [(name, version) for name, version in _BRAND.findall(brands) if not _NO_BRAND.search(name)]
    own = next((brand for brand in named if brand[0] != "Chromium"), None) or (named[0] if named else None)
    return (_NAMES.get(own[0], own[0][:_LONGEST_NAME]), own[1]) if own else None


def _platform_version(system: str, version: str) -> str | None:
    numbers = version.strip('"').split(".")
    if not numbers[0].isdecimal():
        return None
    if system == "Windows":
        major = int(numbers[0])
        return ("11" if major >= _WINDOWS_11 else "10") if major else None  # 0 is Windows 7 or 8
    return numbers[0]


@lru_cache(maxsize=1)
def _parser() -> Callable[[str], Any] | None:
    """ua-parser's function, None where the extra `web` is not installed."""
    try:
        from ua_parser import parse
    except ImportError:
        return None
    return parse


def _parsed(agent: str) -> tuple[str | None, str | None, str | None, str | None]:
    """The name and major version of the browser and of the operating system that an agent names."""
    parse = _parser()
    if parse is None or not agent:
        return None, None, None, None
    result = parse(agent)
    browser, system = result.user_agent, result.os
    name = version = system_name = system_version = None
    if browser is not None and browser.family != "Other":
        name, version = _NAMES.get(browser.family, browser.family)[:_LONGEST_NAME], browser.major
    if system is not None and system.family != "Other":
        system_name = _SYSTEMS.get(system.family, system.family)[:_LONGEST_NAME]
        system_version = system.major
        numbers = f"{system.major}.{system.minor}" if system_name == "macOS" else system.major
        if (system_name, numbers) in _FROZEN:
            system_version = None
    return name, version, system_name, system_version

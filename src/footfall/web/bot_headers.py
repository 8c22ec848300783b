"""Bot headers: the few headers that a hit keeps so that it can be judged again, and what is odd about them; pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence

from footfall.web.bot_agents import AgentTraits

__all__ = ["JUDGED_HEADERS", "judged_headers", "reason_of_headers", "reason_of_versions"]

# Header: how many characters of it are kept. 0: only that it came, as "1", since its value says who somebody is, or is
# kept elsewhere. At most 300 characters in all.
JUDGED_HEADERS: Mapping[str, int] = {
    "accept": 24,
    "accept-encoding": 24,
    "accept-language": 0,
    "from": 0,
    "sec-ch-ua": 120,
    "sec-ch-ua-mobile": 2,
    "sec-ch-ua-platform": 16,
    "sec-fetch-dest": 12,
    "sec-fetch-mode": 12,
    "sec-fetch-site": 12,
    "sec-fetch-user": 2,
    "via": 0,
}
_KEPT = tuple(JUDGED_HEADERS.items())


def judged_headers(headers: Mapping[str, str], *, scheme: str = "") -> dict[str, str]:
    """The headers that a hit keeps as `context.http`, cut as the table says.

    `headers` has names in lower case. `scheme` is that of the visitor's connection: over `https`, `secure` is kept as
    "1", since browsers send some headers only there.
    """
    kept = {}
    for name, length in _KEPT:
        value = headers.get(name)
        if value is not None:
            kept[name] = value[:length] if length else "1"
    if scheme == "https":
        kept["secure"] = "1"
    return kept


_SITES = {None, "none", "same-origin", "same-site", "cross-site"}
_MODES = {None, "navigate", "no-cors", "cors", "same-origin", "websocket"}
_HINTED_CHROMIUM = re.compile(r'"Chromium";v="([0-9]{1,4})')
_SENDS_FETCH_METADATA = 90  # Chromium's and Firefox's major from which they do, over https


def _contradicts_fetch_metadata(_: AgentTraits, http: Mapping[str, str]) -> bool:
    site, mode, dest = http.get("sec-fetch-site"), http.get("sec-fetch-mode"), http.get("sec-fetch-dest")
    if site not in _SITES or mode not in _MODES or (site is None) != (mode is None):
        return True
    # A service worker that passes a navigation on may turn its destination into `empty`; nothing makes a document of
    # what was no navigation.
    if dest == "document" and mode not in (None, "navigate"):
        return True
    return http.get("sec-fetch-user") is not None and (mode not in (None, "navigate") or http["sec-fetch-user"] != "?1")


def _has_no_fetch_metadata(traits: AgentTraits, http: Mapping[str, str]) -> bool:
    sends_it = max(traits.chromium, traits.firefox) >= _SENDS_FETCH_METADATA and not traits.is_ios
    return sends_it and "secure" in http and "sec-fetch-site" not in http and "sec-fetch-mode" not in http


def _hints_another_version(traits: AgentTraits, http: Mapping[str, str]) -> bool:
    hinted = _HINTED_CHROMIUM.search(http.get("sec-ch-ua", ""))
    return hinted is not None and traits.chromium > 0 and int(hinted[1]) != traits.chromium


def _hints_though_no_chromium(traits: AgentTraits, http: Mapping[str, str]) -> bool:
    return "sec-ch-ua" in http and (traits.firefox > 0 or traits.is_ios)


# Reason: when a request with a browser's agent has it. The first that fits decides. A cache or proxy between may take
# headers away (`via` says that one was there), so what is missing counts only without it. `accept-encoding` alone never
# counts: servers in front of an application often drop it, and say nothing.
_ODDITIES: Sequence[tuple[str, Callable[[AgentTraits, Mapping[str, str]], bool]]] = (
    ("crawler", lambda _, http: "from" in http),
    ("headless", lambda _, http: "Headless" in http.get("sec-ch-ua", "")),
    ("odd_headers", _contradicts_fetch_metadata),
    ("odd_headers", _hints_though_no_chromium),
    ("versions", _hints_another_version),
)
_LACKS: Sequence[tuple[str, Callable[[AgentTraits, Mapping[str, str]], bool]]] = (
    ("no_headers", lambda _, http: "accept-language" not in http),
    ("no_headers", lambda _, http: "accept" not in http),
    ("no_headers", _has_no_fetch_metadata),
)


def reason_of_headers(traits: AgentTraits, http: Mapping[str, str]) -> str | None:
    """The reason why a request with a browser's agent was no browser's, or None.

    `http` is what `judged_headers` kept.
    """
    for reason, fits in _ODDITIES:
        if fits(traits, http):
            return reason
    if "via" not in http:
        for reason, fits in _LACKS:
            if fits(traits, http):
                return reason
    return None


# Chromium's major and the build that its branch has. Builds only grow, so that of any version lies between its
# neighbours here.
_BUILDS = ((0, 0), (20, 1132), (30, 1599), (40, 2214), (50, 2661), (60, 3112), (70, 3538), (80, 3987), (90, 4430),
           (100, 4896), (110, 5481), (120, 6099), (130, 6723), (140, 7339), (150, 7871))  # fmt: skip
_MAJORS = tuple(major for major, _ in _BUILDS)


def reason_of_versions(agent: str, traits: AgentTraits) -> str | None:
    """`versions` where an agent names versions that no browser has together, else None."""
    if traits.is_ios and traits.chromium and "CriOS" not in agent:
        return "versions"  # every browser of an iPhone is Safari's engine, and says so
    if traits.chromium_build:
        row = bisect_right(_MAJORS, traits.chromium) - 1
        upper = _BUILDS[row + 1][1] if row + 1 < len(_BUILDS) else 100_000
        if not _BUILDS[row][1] <= traits.chromium_build <= upper:
            return "versions"
    if traits.firefox >= 20 and "Gecko/" in agent:
        revision = re.search(r"rv:([0-9]{1,4})", agent)
        # Firefox 110 to 119 wrote rv:109.0, since some sites took rv:11 for Internet Explorer.
        if revision and int(revision[1]) != traits.firefox and not (int(revision[1]) == 109 < traits.firefox < 120):
            return "versions"
    return None

"""Origins: how a visitor came, from the referrer, the campaign and the click ids; pure.

There is one ordered table of rules, and the first that fits decides. What a marketer wrote on the link comes before a
click id, and a click id before the referrer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache

import msgspec

from footfall.web.campaign import CLICK_IDS, Campaign, ClickId
from footfall.web.origin_sites import APPS, KnownSite, SiteKind, site_of, source_of
from footfall.web_words import ORIGINS

__all__ = ["ORIGINS", "Origin", "origin_of", "referrer_host"]

_BY_KIND: Mapping[SiteKind, str] = {
    "ai_assistant": "ai_assistant",
    "email": "email",
    "search": "organic_search",
    "shopping": "shopping",
    "social": "organic_social",
    "video": "video",
}


class Origin(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a visitor came from: a name of ORIGINS, the site's or the campaign's name, and the referrer's host."""

    type: str
    name: str | None = None
    host: str | None = None


class _Signals(msgspec.Struct, frozen=True):
    """What a hit says of its origin."""

    host: str | None
    site: KnownSite | None
    campaign: Campaign
    source: KnownSite | None
    click_id: ClickId | None

    def medium(self, pattern: re.Pattern[str]) -> bool:
        """Whether the campaign's medium, as a whole, has a form."""
        return self.campaign.medium is not None and pattern.fullmatch(self.campaign.medium) is not None

    def is_paid(self, kind: SiteKind) -> bool:
        """Whether a paid medium and a source of this kind are named."""
        source = self.source or self.site
        return self.medium(_PAID) and source is not None and source.kind == kind


_PAID = re.compile(r".*cp[acmv]?|cp[acmv].*|ppc|retargeting|paid.*|sem|ads?")
_MAIL = re.compile(r"e[-_ ]?mail|mail|newsletter")
_AFFILIATES = re.compile(r"affiliates?|partner(?:s|ship)?")
_DISPLAY = re.compile(r"display|banner|expandable|interstitial|cpm|native|programmatic|gdn")
_SOCIAL = re.compile(r"social|social[-_ ](?:network|media)|sm|organic[-_ ]social|community")
_PAID_SOCIAL = re.compile(r"paid[-_ ]?social|social[-_ ]?paid|social[-_ ]?ads?")
_PAID_SEARCH = re.compile(r"paid[-_ ]?search|sem|search[-_ ]?ads?")
_SHOPPING = re.compile(r"shopping|product[-_ ]?(?:listing|feed)|pla")
_PUSH = re.compile(r".*push|mobile[-_ ]?notification|notification")
_SMS = re.compile(r"sms|mms|text[-_ ]?message")
_REFERRAL = re.compile(r"referral|referrer|link|app|web")
_VIDEO = re.compile(r".*video.*|cpv")
_ORGANIC = re.compile(r"organic|organic[-_ ]search|seo")
_ASSISTANT = re.compile(r"ai|ai[-_ ]assistant|chatbot|llm")
_SHOP_NAME = re.compile(r"(?<![a-z])shop(?:ping)?(?![a-z])")

# Origin: when a hit came by it. The first that fits decides. The last rows see what no earlier one did.
_RULES: Sequence[tuple[str, Callable[[_Signals], bool]]] = (
    # What the link's campaign says.
    ("email", lambda hit: hit.medium(_MAIL) or hit.campaign.source in {"email", "e-mail", "newsletter"}),
    ("sms", lambda hit: hit.medium(_SMS) or hit.campaign.source == "sms"),
    ("push", lambda hit: hit.medium(_PUSH) or hit.campaign.source == "firebase"),
    ("affiliates", lambda hit: hit.medium(_AFFILIATES)),
    ("audio", lambda hit: hit.campaign.medium == "audio"),
    ("paid_shopping", lambda hit: hit.is_paid("shopping") or (hit.medium(_PAID) and _names_a_shop(hit.campaign))),
    ("paid_search", lambda hit: hit.is_paid("search") or hit.medium(_PAID_SEARCH)),
    ("paid_social", lambda hit: hit.is_paid("social") or hit.medium(_PAID_SOCIAL)),
    ("paid_video", lambda hit: hit.is_paid("video")),
    ("display", lambda hit: hit.medium(_DISPLAY)),
    ("paid_video", lambda hit: hit.medium(_PAID) and hit.medium(_VIDEO)),
    ("paid_other", lambda hit: hit.medium(_PAID)),
    ("shopping", lambda hit: hit.medium(_SHOPPING)),
    ("organic_social", lambda hit: hit.medium(_SOCIAL)),
    ("video", lambda hit: hit.medium(_VIDEO)),
    ("ai_assistant", lambda hit: hit.medium(_ASSISTANT)),
    ("organic_search", lambda hit: hit.medium(_ORGANIC)),
)


def _names_a_shop(campaign: Campaign) -> bool:
    return campaign.name is not None and _SHOP_NAME.search(campaign.name.lower()) is not None


_HOST = re.compile(r"[a-z0-9](?:[a-z0-9_.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\]")
_AFTER_AUTHORITY = re.compile(r"[/?#\\]")
_PORT = re.compile(r":[0-9]*$")
_SCHEMES = {"android-app", "http", "https"}
_SAME_SITE = {"same-origin", "same-site"}
_LONGEST_REFERRER = 512  # characters; a host has at most 253


def referrer_host(referrer: str | None) -> str | None:
    """The host that a referrer names, in lower case without `www.`, or `android-app://PACKAGE`; None for what is none.

    Neither a path nor a user's name nor a port is kept.
    """
    return _host_of(referrer[:_LONGEST_REFERRER]) if referrer else None


@lru_cache(maxsize=4_096)
def _host_of(referrer: str) -> str | None:
    scheme, separator, rest = referrer.partition("://")
    authority = _AFTER_AUTHORITY.split(rest, maxsplit=1)[0].rpartition("@")[2].lower()
    if not separator or scheme.lower() not in _SCHEMES:
        return None
    if scheme.lower() == "android-app":
        return f"android-app://{authority}" if _HOST.fullmatch(authority) else None
    host = _without_port(authority)
    return host if _HOST.fullmatch(host) else None


def origin_of(
    referrer: str | None,
    own_host: str,
    campaign: Campaign | None = None,
    click_ids: Collection[str] = (),
    *,
    fetch_site: str | None = None,
) -> Origin:
    """The origin of a hit.

    `own_host` is the host that was asked, with or without a port; a referrer of it, or of one below or above it, is
    internal, unless the link has marks. `click_ids` are keys of CLICK_IDS. `fetch_site` is the header `Sec-Fetch-Site`:
    where a page hides the referrer, it still says whether the page was one of this site.
    """
    host = referrer_host(referrer)
    is_own = fetch_site in _SAME_SITE or (host is not None and _is_own(host, own_host))
    click_id = next((CLICK_IDS[key] for key in click_ids if key in CLICK_IDS), None) if click_ids else None
    if campaign is None and click_id is None:
        return _by_referrer(host, is_own=is_own, is_link=fetch_site == "cross-site")
    hit = _Signals(
        host=None if is_own else host,
        site=_site_of(host) if host and not is_own else None,
        campaign=campaign or Campaign(),
        source=source_of(campaign.source) if campaign and campaign.source else None,
        click_id=click_id,
    )
    return Origin(_type(hit), _name(hit), hit.host)


def _type(hit: _Signals) -> str:
    for type_, fits in _RULES:
        if fits(hit):
            return type_
    if hit.click_id is not None:
        return hit.click_id.origin
    if hit.source is not None:
        return _BY_KIND[hit.source.kind]
    if hit.medium(_REFERRAL):
        return "referral"
    if hit.site is not None:
        return _BY_KIND[hit.site.kind]
    return "campaign"


def _name(hit: _Signals) -> str | None:
    if hit.source is not None:
        return hit.source.name
    if hit.campaign.source is not None:
        return hit.campaign.source
    if hit.site is not None:
        return hit.site.name
    return hit.click_id.name if hit.click_id is not None else hit.host


def _by_referrer(host: str | None, *, is_own: bool, is_link: bool) -> Origin:
    if is_own:
        return Origin("internal")
    if host is None:
        return Origin("hidden_referral" if is_link else "direct")
    site = _site_of(host)
    return Origin(_BY_KIND[site.kind], site.name, host) if site else Origin("referral", host, host)


def _site_of(host: str) -> KnownSite | None:
    package = host.removeprefix("android-app://")
    return APPS.get(package) if package != host else site_of(host)


def _is_own(host: str, own_host: str) -> bool:
    own = _without_port(own_host.lower())
    return host == own or host.endswith(f".{own}") or ("." in host and own.endswith(f".{host}"))


def _without_port(authority: str) -> str:
    return _PORT.sub("", authority).rstrip(".").removeprefix("www.")

"""Campaign: the marks that a marketer or an advertising network puts on a link; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

__all__ = ["CLICK_IDS", "UTM_KEYS", "Campaign", "ClickId", "campaign_of", "click_ids"]

# Key of the query, in any case: field of `context.campaign`, by Segment's names.
UTM_KEYS: Mapping[str, str] = {
    "utm_campaign": "name",
    "utm_content": "content",
    "utm_id": "id",
    "utm_medium": "medium",
    "utm_source": "source",
    "utm_term": "term",
}
_WORDS = {"medium", "source"}  # are compared, so their case does not count
_LONGEST = 100  # characters of a value


class ClickId(msgspec.Struct, frozen=True):
    """Who appends a click id to links, and the origin that it means where nothing else names one."""

    name: str
    origin: str


# Lower-case key of the query: whose it is. Those of `fbclid`'s kind are also appended to links of unpaid posts.
CLICK_IDS: Mapping[str, ClickId] = {
    "gclid": ClickId("Google", "paid_search"),
    "gbraid": ClickId("Google", "paid_search"),
    "wbraid": ClickId("Google", "paid_search"),
    "gad_source": ClickId("Google", "paid_search"),
    "msclkid": ClickId("Bing", "paid_search"),
    "yclid": ClickId("Yandex", "paid_search"),
    "dclid": ClickId("Google", "display"),
    "vmcid": ClickId("Yahoo", "display"),
    "obclid": ClickId("Outbrain", "display"),
    "tblci": ClickId("Taboola", "display"),
    "ttclid": ClickId("TikTok", "paid_social"),
    "twclid": ClickId("X", "paid_social"),
    "li_fat_id": ClickId("LinkedIn", "paid_social"),
    "rdt_cid": ClickId("Reddit", "paid_social"),
    "sccid": ClickId("Snapchat", "paid_social"),
    "epik": ClickId("Pinterest", "paid_social"),
    "qclid": ClickId("Quora", "paid_social"),
    "fbclid": ClickId("Facebook", "organic_social"),
    "igshid": ClickId("Instagram", "organic_social"),
    "igsh": ClickId("Instagram", "organic_social"),
    "srsltid": ClickId("Google Shopping", "shopping"),
    "mc_cid": ClickId("Mailchimp", "email"),
    "mc_eid": ClickId("Mailchimp", "email"),
    "_kx": ClickId("Klaviyo", "email"),
    "_hsenc": ClickId("HubSpot", "email"),
    "_hsmi": ClickId("HubSpot", "email"),
    "mkt_tok": ClickId("Marketo", "email"),
    "vero_id": ClickId("Vero", "email"),
    "awc": ClickId("Awin", "affiliates"),
    "cjevent": ClickId("CJ", "affiliates"),
    "irclickid": ClickId("Impact", "affiliates"),
    "ranmid": ClickId("Rakuten", "affiliates"),
    "sscid": ClickId("ShareASale", "affiliates"),
    "tduid": ClickId("Tradedoubler", "affiliates"),
}


class Campaign(msgspec.Struct, frozen=True, omit_defaults=True):
    """A link's campaign, as `context.campaign` has it."""

    name: str | None = None
    source: str | None = None
    medium: str | None = None
    term: str | None = None
    content: str | None = None
    id: str | None = None


def campaign_of(parameters: Mapping[str, str]) -> Campaign | None:
    """The campaign that a page's decoded query names, or None.

    Keys count in any case. White space is made one space, source and medium become lower case, and a value is cut
    after 100 characters.
    """
    values: dict[str, str] = {}
    for key, value in parameters.items():
        field = UTM_KEYS.get(key.lower())
        if field is not None and field not in values:
            text = " ".join(value[: 2 * _LONGEST].split())[:_LONGEST]
            if text:
                values[field] = text.lower() if field in _WORDS else text
    return Campaign(**values) if values else None


def click_ids(parameters: Mapping[str, str], declared: Collection[str] = frozenset()) -> dict[str, str | bool]:
    """The click ids that a page's decoded query has, by their lower-case keys.

    A click id is a personal id of somebody else's system: only that it is there is kept, as True, unless the plan
    declares its key; then its value is, cut after 200 characters.
    """
    ids: dict[str, str | bool] = {}
    for key, value in parameters.items():
        name = key.lower()
        if name in CLICK_IDS and value and name not in ids:
            ids[name] = value[: 2 * _LONGEST] if name in declared or key in declared else True
    return ids

"""Arrival: by what link a hit came, from its query and its headers; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

import msgspec

from footfall.web.campaign import CLICK_IDS, UTM_KEYS, Campaign, campaign_of, click_ids
from footfall.web.origins import Origin, origin_of
from footfall.web.query_keys import marks_of

__all__ = ["Arrival", "arrival_of"]

_MARKS = UTM_KEYS.keys() | CLICK_IDS.keys()
_LONGEST = 512  # characters of a link without marks with which its arrival is kept: pages have many links to few


class Arrival(msgspec.Struct, frozen=True):
    """What is written on the link, and where it was; many hits share one."""

    campaign: Campaign | None
    clicks: Mapping[str, str | bool]
    origin: Origin


def arrival_of(
    query: str, referrer: str | None, own_host: str, declared: Collection[str] = (), *, fetch_site: str | None = None
) -> Arrival:
    """By what link a hit came to a site of this host; of click ids the values of the `declared` ones are kept.

    `query` is raw, `fetch_site` is the header `Sec-Fetch-Site`.
    """
    if query and (marks := marks_of(query, _MARKS)):
        campaign, clicks = campaign_of(marks), click_ids(marks, declared)
        return Arrival(campaign, clicks, origin_of(referrer, own_host, campaign, clicks, fetch_site=fetch_site))
    is_short = len(referrer or "") + len(own_host) + len(fetch_site or "") <= _LONGEST
    return (_kept if is_short else _without_marks)(referrer, own_host, fetch_site)


def _without_marks(referrer: str | None, own_host: str, fetch_site: str | None) -> Arrival:
    return Arrival(None, {}, origin_of(referrer, own_host, fetch_site=fetch_site))


_kept = lru_cache(maxsize=2_048)(_without_marks)

"""Context: what every message of a hit says of it, in Segment's names where Segment has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from footfall.web.arrival import arrival_of
from footfall.web.origins import referrer_host
from footfall.web.pages import is_embedded, is_prefetch
from footfall.web.proxies import cut_address, plain_address
from footfall.web.recognition import Recognition
from footfall.web.request import WebRequest
from footfall.web.rules import WebRules

__all__ = ["LONGEST", "context_of"]

LONGEST = 1_024  # characters of a path, a referrer or an address


def context_of(request: WebRequest, rules: WebRules, recognition: Recognition) -> dict[str, Any]:
    """The context of every message of a hit, but for what `recognition.program` says of who sent it."""
    context: dict[str, Any] = {"consent": {"categoryPreferences": recognition.statement}}
    if (address := cut_address(request.peer)) is not None:
        context["ip"] = address
    if rules.locate is not None and (location := _location_of(request, rules.locate)) is not None:
        context["location"] = location
    if page := _page_of(request, rules):
        context["page"] = page
    if recognition.visitor is not None and not recognition.is_new:
        context["returned"] = True
    if recognition.is_staff:
        context["staff"] = True
    if is_embedded(request):
        context["embedded"] = True
    if is_prefetch(request.headers):
        context["prefetch"] = True
    _add_origin(context, request, rules)
    return context


def _location_of(request: WebRequest, locate: Callable[[str], Mapping[str, str] | None]) -> Mapping[str, str] | None:
    """The place of the whole address."""
    address = plain_address(request.peer)
    return None if address is None else locate(address)


def _add_origin(context: dict[str, Any], request: WebRequest, rules: WebRules) -> None:
    """Add where the visitor came from: `origin`, `campaign`, `referrer`."""
    get = request.headers.get
    arrival = arrival_of(
        request.query, get("referer"), request.host, rules.web.click_ids, fetch_site=get("sec-fetch-site")
    )
    campaign, clicks, origin = arrival.campaign, arrival.clicks, arrival.origin
    if campaign is not None or clicks:
        context["campaign"] = ({} if campaign is None else msgspec.to_builtins(campaign)) | (
            {"clickIds": clicks} if clicks else {}
        )
    context["origin"] = {"type": origin.type} | ({} if origin.name is None else {"name": origin.name})
    if origin.host is not None:
        context["referrer"] = {"type": origin.type, "name": origin.name, "host": origin.host}


def _page_of(request: WebRequest, rules: WebRules) -> dict[str, str]:
    """The path, address and referrer of a page, as far as the rules let them be kept.

    A query is never kept but for its allowed keys, and a path only where the rules say so: either may have ids, or
    what opens an account, in it.
    """
    page: dict[str, str] = {}
    if rules.web.paths or rules.web.full_url:
        page["path"] = request.path[:LONGEST]
    if rules.web.full_url:
        page["url"] = f"{request.scheme}://{request.host}{request.path}"[:LONGEST]
    if referrer := request.headers.get("referer"):
        if rules.web.full_referrer:
            page["referrer"] = referrer.partition("?")[0].partition("#")[0][:LONGEST]
        elif (host := referrer_host(referrer)) is not None:
            page["referrer"] = host if "://" in host else f"{referrer.partition('://')[0].lower()}://{host}/"
    return page

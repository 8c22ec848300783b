"""LoggedPages: the hits of an access log as page views that are counted only, for a log knows no visitor; pure.

A page view has the hour in which it happened, its route, status and origin. A bot's has its user agent too, so that a
better list can judge it again. Nothing else of a line is kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache, partial
from typing import Any

import msgspec

from footfall.plan.model import Plan
from footfall.timestamps import hour_text
from footfall.web.access_log import LoggedHit
from footfall.web.arrival import arrival_of
from footfall.web.bots import judge, judged_headers, list_version
from footfall.web.capture import NO_ROUTE
from footfall.web.excluded import excluded_paths
from footfall.web.pages import reason_by_request, reason_by_response
from footfall.web.request import WebRequest

__all__ = ["LoggedPages", "routes_of"]

_LONGEST_NAME = 512  # characters, of a referrer too
_PLACEHOLDER = re.compile(r"\{[^{}/]+\}|<[^<>/]+>")
_encode = msgspec.json.Encoder().encode


class LoggedPages:
    """Decides about each hit of a log.

    `plan` names the routes: its pages whose name is a path, with `{id}` or `<id>` for the parts that differ. `hosts`
    are the site's own, so that links between its pages are no referral.
    """

    def __init__(self, plan: Plan, hosts: Collection[str] = ()) -> None:
        self._web = plan.web
        self._hosts = tuple(hosts)
        self._host = next(iter(hosts), "")
        self._excluded = excluded_paths(plan.web.exclude)
        self._routes = routes_of(plan.pages)
        self._bots = list_version()
        self.route_of = lru_cache(maxsize=16_384)(self._route_of)
        self._origin_of = lru_cache(maxsize=4_096)(partial(self._origin_by, ""))

    def message(self, hit: LoggedHit, line_id: str) -> bytes | str:
        """The page view of a hit as a JSON message, or the reason why there is none, of `web.reasons.REASONS`.

        `line_id` is what makes the line another than all others.
        """
        request = hit.request
        if self._excluded(request.path):
            return "excluded"
        reason = reason_by_request(request) or reason_by_response(request, hit.response)
        if reason is not None:
            return reason
        headers = request.headers
        http = judged_headers(headers, scheme=request.scheme) if hit.has_headers else None
        bot = judge(headers.get("user-agent"), http)
        page = _page_of(hour_text(hit.at_us), self.route_of(request.path), hit.response.status, self._origin(request))
        message_id = _encode(f"log-{line_id}")
        if bot is None:
            # As `footfall.plan.checking.counted` writes it: a collector need not read it twice.
            return b'{"consent":"count_only","type":"page","messageId":%b,%b}' % (message_id, page)
        context: dict[str, Any] = {
            "bot": {"reason": bot.reason, "list": self._bots},
            "userAgent": headers.get("user-agent", "")[:1_024],
        }
        if http:
            context["http"] = http
        return b'{"type":"page","messageId":%b,%b,"context":%b}' % (message_id, page, _encode(context))

    def _origin(self, request: WebRequest) -> str:
        get = request.headers.get
        link = (request.host or self._host, get("referer", "")[:_LONGEST_NAME], get("sec-fetch-site"))
        return self._origin_by(request.query, *link) if request.query else self._origin_of(*link)

    def _origin_by(self, query: str, host: str, referrer: str, fetch_site: str | None) -> str:
        arrival = arrival_of(query, referrer, host, fetch_site=fetch_site)
        if arrival.origin.host in self._hosts and arrival.campaign is None and not arrival.clicks:
            return "internal"
        return arrival.origin.type

    def _route_of(self, path: str) -> str:
        for fits, name in self._routes:
            if fits(path) is not None:
                return name
        return path[:_LONGEST_NAME] if self._web.paths else NO_ROUTE


@lru_cache(maxsize=4_096)
def _page_of(hour: str, name: str, status: int, origin: str) -> bytes:
    """What a message says of a page, which is the same for many, as JSON without its braces."""
    properties = {"status": status, "origin": origin}
    return _encode({"timestamp": hour, "name": name, "properties": properties})[1:-1]


def routes_of(names: Iterable[str]) -> Sequence[tuple[Any, str]]:
    """Of names that are paths, what fits the paths of each; those with fewer parts that differ come first."""
    paths = [path for name in names if (path := name.removeprefix("page:")).startswith("/")]
    paths.sort(key=lambda name: (len(_PLACEHOLDER.findall(name)), name))
    return [(re.compile(_pattern(name)).fullmatch, name) for name in paths]


def _pattern(name: str) -> str:
    parts = map(re.escape, _PLACEHOLDER.split(name))
    return "[^/]+".join(parts).rstrip("/") + "/?"

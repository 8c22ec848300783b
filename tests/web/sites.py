"""A site's rules, its visitors' requests and their pages, as the tests of the web need them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from footfall.plan.consent import ConsentRules
from footfall.plan.model import Consent, Enforcement, Plan, Purpose, Web
from footfall.web.capture import WebCapture
from footfall.web.request import WebRequest, WebResponse
from footfall.web.rules import WebRules
from footfall.web.staff import StaffMarks
from footfall.web.visitor_cookie import CookieVisitor, VisitorCookie

__all__ = [
    "BROWSER",
    "COOKIE",
    "HTML",
    "ID",
    "NOW",
    "TODAY",
    "arrive",
    "capture",
    "cookie_of",
    "html",
    "ids",
    "request",
    "rules",
]

NOW = 1_796_000_000_000_000  # microseconds since 1970
TODAY = NOW // 86_400_000_000
ID = "01a22c4f-e190-73fc-8d06-e94dcc27a221"
KEY = "sixteen bytes of key"
COOKIE = VisitorCookie("ff_id", [KEY])
BROWSER = {
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "accept": "text/html,application/xhtml+xml",
    "accept-language": "nb-NO,nb;q=0.9",
    "accept-encoding": "gzip, deflate, br",
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
    "sec-fetch-site": "none",
}
HTML = {"content-type": "text/html"}


def plan(rule: Any = "statistics_exempt", web: Web | None = None) -> Plan:
    """A plan of two purposes: of who refuses one, that they came is counted. It knows no event, and keeps each."""
    keep = Enforcement(unknown_event="keep", unknown_property="keep", invalid="keep")
    purposes = {name: Purpose(name=name) for name in ("statistics", "marketing")}
    consent = Consent(rule=rule, default="full", purposes=purposes)
    return Plan(id="site", web=web or Web(), consent=consent, enforcement={"client": keep, "test": keep})


def rules(rule: Any = "statistics_exempt", web: Web | None = None, **settings: Any) -> WebRules:
    site = plan(rule, web)
    values = {
        "consent": ConsentRules.of(site), "purposes": ("statistics", "marketing"), "cookie": COOKIE, "web": site.web,
        "staff": StaffMarks([KEY]),
    }  # fmt: skip
    return WebRules(**{**values, **settings})


def capture(rule: Any = "statistics_exempt", **settings: Any) -> WebCapture:
    return WebCapture(rules(rule, **settings))


def request(path: str = "/", method: str = "GET", query: str = "", **headers: str) -> WebRequest:
    """A request of a person's browser, with these headers besides."""
    names = BROWSER | {name.replace("_", "-"): value for name, value in headers.items()}
    return WebRequest(method=method, scheme="https", host="shop.example", path=path, query=query, headers=names)


def html(status: int = 200, route: str | None = "/", **headers: str) -> WebResponse:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return WebResponse(status=status, headers={**HTML, **names}, route=route)


def cookie_of(visitor: CookieVisitor) -> str:
    """The `Cookie` header of a visitor who comes back."""
    return f"ff_id={COOKIE.value(visitor)}"


def ids() -> Callable[[], str]:
    """New ids: as many as are asked for, each another."""
    numbers = iter(range(1_000))
    return lambda: f"01a22c4f-e190-73fc-8d06-{next(numbers):012x}"


def arrive(site: WebCapture, hit: WebRequest) -> Any:
    return site.arrive(hit, now_us=NOW, new_id=ids())

"""Choice routes: the pages on which a visitor chooses, and the signed link that marks the team's own browsers.

    GET  <prefix>/consent                          each purpose of the plan, with a button to agree and one to refuse
    POST <prefix>/consent?statistics=1&marketing=0 takes down a choice, and sends the browser back to where it was
    GET  <prefix>/opt-out                          a button that refuses every purpose: the link for a site's notice
    POST <prefix>/opt-out                          refuses them
    GET  <prefix>/staff/<signature>                marks this browser as one of the team
    GET  <prefix>/staff/off                        a button that takes the mark away; POST does it

A choice is taken from a form of this site alone: another site cannot choose for its visitors. Nothing but the signed
link changes anything by GET, and not where it is loaded in advance: browsers, mail scanners and previews open links.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import urlsplit

from footfall.integrations.hit import Hit
from footfall.integrations.links import LinkSite, OwnRoute
from footfall.integrations.own_response import OwnResponse
from footfall.web.consent_signals import gpc_refuses, read_choice
from footfall.web.cookies import deleted_cookie, set_cookie
from footfall.web.pages import is_prefetch
from footfall.web.request import WebRequest, WebResponse
from footfall.web.staff import STAFF_COOKIE
from footfall.web.visit import Visit

__all__ = ["CHOICE_ROUTES"]

_STAFF_LASTS = 390 * 86_400  # seconds
_HTML = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("X-Robots-Tag", "noindex"),
    # No other site shows the buttons below something else.
    ("Content-Security-Policy", "default-src 'none'; form-action 'self'; frame-ancestors 'none'"),
)
_NO_STORE = {"cache-control": "no-store"}
_NOT_FROM_HERE = ("Nothing was changed", "<p>Use the form of this site.</p>")
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">\
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">\
<title>{title}</title></head>\
<body><h1>{title}</h1>{body}</body></html>"""


def _consent(site: LinkSite, hit: Hit) -> OwnResponse | None:
    visit = hit.visit
    if visit is None:
        return None
    if visit.request.method != "POST":
        return _html(200, "Your choice", _form(visit))
    choice = _choice(visit)
    if not choice or not _is_from_here(visit.request):
        return _html(403, *_NOT_FROM_HERE)
    hit.consent(choice)
    added = site.depart(hit, WebResponse(status=303, headers=_NO_STORE))
    return OwnResponse(303, (("Location", _back(visit.request)), ("Cache-Control", "no-store"), *added))


def _opt_out(site: LinkSite, hit: Hit) -> OwnResponse | None:
    visit = hit.visit
    if visit is None:
        return None
    if visit.request.method != "POST":
        return _html(200, "Your choice", _refuse_all(visit))
    if not _is_from_here(visit.request):
        return _html(403, *_NOT_FROM_HERE)
    hit.consent(dict.fromkeys(visit.rules.purposes, False))
    added = site.depart(hit, WebResponse(status=200, headers=_NO_STORE))
    return _html(200, "You are no longer recognised here", _form(visit), *added)


def _staff(_site: LinkSite, hit: Hit) -> OwnResponse | None:
    visit = hit.visit
    signature = "" if visit is None else visit.request.path.rpartition("/")[2]
    if visit is None or not (signature == "off" or visit.rules.staff.opens(signature)):
        return None
    request, is_off = visit.request, signature == "off"
    if request.method == "POST" and not _is_from_here(request):
        return _html(403, *_NOT_FROM_HERE)
    # To open the signed link is to ask for its mark; what loads it in advance asks for nothing.
    is_opened = request.method == "GET" and not is_off and not is_prefetch(request.headers)
    if not (is_opened or request.method == "POST"):
        return _html(200, "Visits of the team", _button(request.path, "Count me again" if is_off else "Leave me out"))
    if is_off:
        cookie = deleted_cookie(STAFF_COOKIE, secure=visit.rules.secure)
        return _html(200, "This browser is a visitor's again", "", ("Set-Cookie", cookie))
    cookie = set_cookie(STAFF_COOKIE, signature, max_age=_STAFF_LASTS, secure=visit.rules.secure)
    return _html(200, "This browser is one of the team's", "<p>Figures leave it out.</p>", ("Set-Cookie", cookie))


CHOICE_ROUTES: Mapping[str, OwnRoute] = {"consent": _consent, "opt-out": _opt_out, "staff": _staff}
"""By the first name below the prefix."""


def _form(visit: Visit) -> str:
    """Each purpose with its buttons; nothing to choose where the browser already refuses them all."""
    if visit.rules.honours_gpc and gpc_refuses(visit.request):
        return "<p>Your browser asks every site not to track you, and this site complies.</p>"
    rows = []
    action = escape(f"{visit.rules.prefix.rstrip('/')}/consent")
    for name, purpose in visit.rules.consent.consent.purposes.items():
        buttons = "".join(
            f'<button formaction="{action}?{escape(name)}={value}">{word}</button>'
            for value, word in ((1, "Agree"), (0, "Refuse"))
        )
        rows.append(f"<p><strong>{escape(name)}</strong>: {escape(purpose.description)} {buttons}</p>")
    return f'<form method="post" action="{action}">{"".join(rows)}</form>'


def _refuse_all(visit: Visit) -> str:
    if visit.rules.honours_gpc and gpc_refuses(visit.request):
        return _form(visit)
    return _button(visit.request.path, "Refuse everything")


def _button(path: str, word: str) -> str:
    return f'<form method="post" action="{escape(path)}"><button>{word}</button></form>'


def _choice(visit: Visit) -> Mapping[str, bool]:
    return {name: value for name, value in read_choice(visit.request.query).items() if name in visit.rules.purposes}


def _is_from_here(request: WebRequest) -> bool:
    """Whether a page of this very host sent the form; a browser that says nothing of it is of an old kind."""
    if (site := request.headers.get("sec-fetch-site")) is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.host


def _back(request: WebRequest) -> str:
    """The page of this site where the visitor was; its start where that is not known."""
    try:
        page = urlsplit(request.headers.get("referer", ""))
        is_here = page.netloc == request.host and page.path.startswith("/") and not page.path.startswith("//")
    except ValueError:
        return "/"
    if not is_here or not page.path.isascii() or not page.path.isprintable() or "\\" in page.path:
        return "/"
    query = f"?{page.query}" if page.query and page.query.isascii() and page.query.isprintable() else ""
    return f"{page.path}{query}"


def _html(status: int, title: str, body: str, *headers: tuple[str, str]) -> OwnResponse:
    return OwnResponse(status, (*_HTML, *headers), _PAGE.format(title=title, body=body).encode())

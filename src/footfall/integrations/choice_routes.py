"""Choice routes: the pages on which a visitor chooses, and the signed link that marks the team's own browsers.

    GET  <prefix>/consent                          each purpose, the choice in force, and buttons to agree and to refuse
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
from footfall.web.choice_texts import ENGLISH
from footfall.web.consent_signals import choice_in_force, gpc_refuses, read_choice
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
_PAGE = """<!doctype html><html lang="{language}" dir="auto"><head><meta charset="utf-8">\
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">\
<title>{title}</title></head>\
<body><h1>{title}</h1>{body}</body></html>"""


def _consent(site: LinkSite, hit: Hit) -> OwnResponse | None:
    visit = hit.visit
    if visit is None:
        return None
    language, texts = _texts(visit)
    if visit.request.method != "POST":
        return _html(200, texts["choice"], _form(visit, texts), language)
    choice = _choice(visit)
    if not choice or not _is_from_here(visit.request):
        return _not_from_here(texts, language)
    hit.consent(choice)
    added = site.depart(hit, WebResponse(status=303, headers=_NO_STORE))
    return OwnResponse(303, (("Location", _back(visit.request)), ("Cache-Control", "no-store"), *added))


def _opt_out(site: LinkSite, hit: Hit) -> OwnResponse | None:
    visit = hit.visit
    if visit is None:
        return None
    language, texts = _texts(visit)
    if visit.request.method != "POST":
        return _html(200, texts["choice"], _refuse_all(visit, texts), language)
    if not _is_from_here(visit.request):
        return _not_from_here(texts, language)
    hit.consent(dict.fromkeys(visit.rules.purposes, False))
    added = site.depart(hit, WebResponse(status=200, headers=_NO_STORE))
    return _html(200, texts["opted_out"], _form(hit.visit or visit, texts), language, *added)


def _staff(_site: LinkSite, hit: Hit) -> OwnResponse | None:
    visit = hit.visit
    signature = "" if visit is None else visit.request.path.rpartition("/")[2]
    if visit is None or not (signature == "off" or visit.rules.staff.opens(signature)):
        return None
    request, is_off, back = visit.request, signature == "off", _link_back(visit, ENGLISH)
    if request.method == "POST" and not _is_from_here(request):
        return _not_from_here(ENGLISH)
    # To open the signed link is to ask for its mark; what loads it in advance asks for nothing.
    is_opened = request.method == "GET" and not is_off and not is_prefetch(request.headers)
    if not (is_opened or request.method == "POST"):
        button = _button(request.path, "Count me again" if is_off else "Leave me out")
        return _html(200, "Visits of the team", button + back)
    if is_off:
        cookie = deleted_cookie(STAFF_COOKIE, secure=visit.rules.secure)
        return _html(200, "This browser is a visitor's again", back, "en", ("Set-Cookie", cookie))
    cookie = set_cookie(STAFF_COOKIE, signature, max_age=_STAFF_LASTS, secure=visit.rules.secure)
    body = f"<p>Figures leave it out.</p>{back}"
    return _html(200, "This browser is one of the team's", body, "en", ("Set-Cookie", cookie))


CHOICE_ROUTES: Mapping[str, OwnRoute] = {"consent": _consent, "opt-out": _opt_out, "staff": _staff}
"""By the first name below the prefix."""


def _texts(visit: Visit) -> tuple[str, Mapping[str, str]]:
    """The visitor's language, of those that the site has, and its texts."""
    return visit.rules.texts.read_by(visit.request.headers.get("accept-language", ""))


def _not_from_here(texts: Mapping[str, str], language: str = "en") -> OwnResponse:
    return _html(403, texts["unchanged"], f"<p>{escape(texts['elsewhere'])}</p>", language)


def _form(visit: Visit, texts: Mapping[str, str]) -> str:
    """Each purpose with the choice in force and its buttons; nothing to choose where the browser refuses them all."""
    if visit.rules.honours_gpc and gpc_refuses(visit.request):
        return f"<p>{escape(texts['gpc'])}</p>{_link_back(visit, texts)}"
    rows = []
    action = escape(f"{visit.rules.prefix.rstrip('/')}/consent")
    choice = choice_in_force(visit.request, visit.rules, visit.choice)
    for name, purpose in visit.rules.consent.consent.purposes.items():
        buttons = "".join(
            f'<button formaction="{action}?{escape(name)}={value}">{escape(texts[key])}</button>'
            for value, key in ((1, "agree"), (0, "refuse"))
        )
        text = None if name in ENGLISH else texts.get(name)
        about = f"<strong>{escape(name)}</strong>: {escape(purpose.description)}" if text is None else escape(text)
        answer = choice.get(name)  # only True agrees
        state = texts["agreed" if answer is True else "undecided" if answer is None else "refused"]
        rows.append(f"<p>{about} <em>{escape(state)}</em> {buttons}</p>")
    return f'<form method="post" action="{action}">{"".join(rows)}</form>{_link_back(visit, texts)}'


def _refuse_all(visit: Visit, texts: Mapping[str, str]) -> str:
    if visit.rules.honours_gpc and gpc_refuses(visit.request):
        return _form(visit, texts)
    choice = choice_in_force(visit.request, visit.rules, visit.choice)
    if all(choice.get(purpose) is False for purpose in visit.rules.purposes):
        return f"<p>{escape(texts['opted_out'])}</p>{_form(visit, texts)}"
    return _button(visit.request.path, texts["refuse_all"]) + _link_back(visit, texts)


def _link_back(visit: Visit, texts: Mapping[str, str]) -> str:
    """A link to where the visitor was; to the site's start where that was one of these pages."""
    page = _back(visit.request)
    page = "/" if page.startswith(f"{visit.rules.prefix.rstrip('/')}/") else page
    return f'<p><a href="{escape(page)}">{escape(texts["back"])}</a></p>'


def _button(path: str, word: str) -> str:
    return f'<form method="post" action="{escape(path)}"><button>{escape(word)}</button></form>'


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


def _html(status: int, title: str, body: str, language: str = "en", *headers: tuple[str, str]) -> OwnResponse:
    page = _PAGE.format(language=language, title=escape(title), body=body)
    return OwnResponse(status, (*_HTML, *headers), page.encode("utf-8", "replace"))

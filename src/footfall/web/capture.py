"""Capture: the two decisions about a hit: who comes, and what follows when its response is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from footfall.plan.model import ConsentLevel
from footfall.web.consent_signals import choice_text
from footfall.web.context import LONGEST
from footfall.web.cookies import deleted_cookie, set_cookie
from footfall.web.excluded import excluded_paths
from footfall.web.pages import reason_by_request, reason_by_response
from footfall.web.query_keys import allowed_query
from footfall.web.recognition import DAY_US
from footfall.web.request import WebRequest, WebResponse
from footfall.web.rules import WebRules
from footfall.web.shared_cache import cookie_rule
from footfall.web.user_agent import ACCEPT_CH
from footfall.web.visit import Visit

__all__ = ["GPC_PATH", "NO_ROUTE", "Departure", "PageView", "WebCapture", "debug_header"]

GPC_PATH = "/.well-known/gpc.json"
NO_ROUTE = "(no route)"
_CHOICE_LASTS = 182 * 86_400  # seconds


def debug_header(visit: Visit, reason: str | None) -> tuple[str, str]:
    """The header that says whether a page was counted, and as whose where figures of visitors leave it out."""
    if reason is not None:
        return "Footfall", f"not counted ({reason})"
    recognition = visit.recognition
    if (bot := recognition.program.bot) is not None:
        return "Footfall", f"counted (as a bot: {bot.reason})"
    return "Footfall", "counted (as the team's)" if recognition.is_staff else "counted"


class PageView(msgspec.Struct, frozen=True):
    """A page view as a message: its name, its properties, and how much of it may be kept."""

    name: str
    properties: Mapping[str, Any]
    level: ConsentLevel = "full"


class Departure(msgspec.Struct, frozen=True):
    """What follows from a hit and its response.

    `page` is the page view to send, or `reason` says why there is none. `headers` are to be added to the response.
    `identify` is the user to identify the visitor as, `is_reset` says that the visitor's user has left. `notes` are
    reasons to count that cost no page view.
    """

    page: PageView | None = None
    reason: str | None = None
    headers: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    identify: str | None = None
    is_reset: bool = False


class _Follows(msgspec.Struct, frozen=True):
    """The part of a departure that is the visitor's."""

    headers: Sequence[tuple[str, str]]
    notes: Sequence[str]
    identify: str | None = None
    is_reset: bool = False


_NOTHING = _Follows((), ())
_NO_FIELDS: Mapping[str, Any] = {}


class WebCapture:
    """Decides about hits by the rules of one site. It keeps nothing of a hit; threads may share it."""

    def __init__(self, rules: WebRules) -> None:
        self.rules = rules
        self._excluded = excluded_paths((*rules.web.exclude, *rules.exclude))
        self._own = rules.prefix.rstrip("/") + "/"

    def arrive(self, request: WebRequest, *, now_us: int, new_id: Callable[[], str]) -> Visit:
        """What arrives, and whether it can become a page view."""
        path = request.path
        if path.startswith(self._own) or path == GPC_PATH:
            reason: str | None = "own"
        else:
            reason = "excluded" if self._excluded(path) else reason_by_request(request)
        return Visit(request, self.rules, arrived_us=now_us, reason=reason, new_id=new_id)

    def leave(
        self,
        visit: Visit,
        response: WebResponse,
        *,
        now_us: int,
        user: Callable[[], str | UnsetType | None] = lambda: UNSET,
        used: bool = False,
    ) -> Departure:
        """What follows from the response.

        `user` finds the user of the application, and is asked only where something depends on it: None where nobody is
        signed in, UNSET where that is not known. `used` says that a message with the visitor's id was sent during the
        hit, so that the id is to be remembered.
        """
        reason = visit.reason or reason_by_response(visit.request, response)
        page = None if reason is not None else self._page(visit, response, now_us)
        if page is not None and page.level == "none":
            page, reason = None, "consent"
        follows = _NOTHING
        if page is not None or used or visit.choice is not None:
            follows = self._follows(visit, response, user, today=now_us // DAY_US)
        headers, notes = follows.headers, follows.notes
        if self.rules.client_hints and page is not None and self._may_ask(visit, response):
            headers = (*headers, ("Accept-CH", ACCEPT_CH))
        if self.rules.debug:
            headers = (*headers, debug_header(visit, reason))
        return Departure(page, reason, headers, notes, follows.identify, follows.is_reset)

    def _page(self, visit: Visit, response: WebResponse, now_us: int) -> PageView:
        rules, request, own = self.rules, visit.request, visit.own_context
        name = (response.route or (request.path if rules.web.paths else NO_ROUTE))[:512]
        properties: dict[str, Any] = {
            **own.get("page", _NO_FIELDS),
            "status": response.status,
            "duration_ms": max(0, now_us - visit.arrived_us) // 1_000,
        }
        if response.route is not None and "path" not in properties:
            properties["path"] = response.route[:LONGEST]
        if response.title:
            properties["title"] = response.title[:512]
        if request.query and (query := allowed_query(request.query, rules.web.query)):
            properties["query"] = query
        level = rules.consent.level(None, "page", name, visit.recognition.statement)
        if level == "count_only":
            # Its context is not kept, and how people come says nothing of anybody.
            properties["origin"] = own["origin"]["type"]
        return PageView(name, properties, level)

    @staticmethod
    def _may_ask(visit: Visit, response: WebResponse) -> bool:
        """Whether the browser may be asked for hints. It remembers that, so it needs what a cookie needs."""
        return visit.recognition.visitor is not None and cookie_rule(response.headers) != "no_cookie"

    def _follows(
        self, visit: Visit, response: WebResponse, user: Callable[[], str | UnsetType | None], *, today: int
    ) -> _Follows:
        """The headers that set cookies, what to count, and the user to identify; nothing where a cache may keep it."""
        rules, cookie, recognition = self.rules, self.rules.cookie, visit.recognition
        values: list[str] = []
        identify, is_reset = None, False
        if visit.choice is not None:
            text = choice_text(visit.choice)
            values.append(set_cookie(rules.consent_cookie, text, max_age=_CHOICE_LASTS, secure=rules.secure))
        visitor = recognition.visitor
        if visitor is None:
            is_refused = not recognition.statement[rules.purposes[0]]
            if is_refused and visit.request.cookie(cookie.name):
                values.append(deleted_cookie(cookie.name, secure=rules.secure))
        else:
            user_id = user()
            marks = cookie.marks_of(user_id) if isinstance(user_id, str) else ()
            changed = visitor
            if marks and visitor.user not in marks:
                identify, changed = user_id, msgspec.structs.replace(visitor, user=marks[0])
            elif user_id is None and visitor.user:
                is_reset, changed = True, msgspec.structs.replace(visitor, user="")
            elif marks and visitor.is_stale:
                changed = msgspec.structs.replace(visitor, user=marks[0])
            if recognition.is_new or visitor.is_stale or changed is not visitor:
                max_age = cookie.max_age(visitor, today)
                values.append(set_cookie(cookie.name, cookie.value(changed), max_age=max_age, secure=rules.secure))
        notes = ("forged_cookie",) if recognition.is_forged else ()
        if not values:
            return _Follows((), notes) if notes else _NOTHING
        # By a 304, and by an answer to HEAD, a cache changes the headers of what it keeps for all.
        freshens = response.status == 304 or visit.request.method == "HEAD"
        rule = "no_cookie" if freshens else cookie_rule(response.headers)
        if rule == "no_cookie":
            return _Follows((), ("shared_cache", *notes))
        headers = [("Set-Cookie", value) for value in values]
        if rule == "make_private":
            headers.append(("Cache-Control", "private"))
        return _Follows(headers, notes, identify if isinstance(identify, str) else None, is_reset)

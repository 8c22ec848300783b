"""Capture: the two decisions about a hit: who comes, and what follows when its response is known."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from footfall.web.consent_signals import choice_text, statement_of
from footfall.web.cookies import cookie_values, deleted_cookie, set_cookie
from footfall.web.pages import is_embedded, reason_by_request, reason_by_response
from footfall.web.query_keys import allowed_query
from footfall.web.request import WebRequest, WebResponse
from footfall.web.rules import WebRules
from footfall.web.shared_cache import cookie_rule
from footfall.web.visit import Visit
from footfall.web.visitor_cookie import CookieVisitor

__all__ = ["GPC_PATH", "NO_ROUTE", "Departure", "PageView", "WebCapture"]

GPC_PATH = "/.well-known/gpc.json"
NO_ROUTE = "(no route)"
_DAY = 86_400_000_000  # microseconds
_CHOICE_LASTS = 182 * 86_400  # seconds


class PageView(msgspec.Struct, frozen=True):
    """A page view as a message: its name, and its properties."""

    name: str
    properties: Mapping[str, Any]


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from a hit and its response.

    `page` is the page view to send, or `reason` says why there is none. `headers` are to be added to the response.
    `identify` is the user to identify the visitor as, `is_reset` says that the visitor's user has left. `notes` are
    reasons to count that cost no page view.
    """

    page: PageView | None = None
    reason: str | None = None
    headers: Sequence[tuple[str, str]] = ()
    identify: str | None = None
    is_reset: bool = False
    notes: Sequence[str] = ()


class WebCapture:
    """Decides about hits by the rules of one site. It keeps nothing of a hit; threads may share it."""

    def __init__(self, rules: WebRules) -> None:
        self._rules = rules
        self._excluded = re.compile("|".join(map(_pattern, rules.exclude)) or r"(?!)").match
        self._own = rules.prefix.rstrip("/") + "/"

    def arrive(self, request: WebRequest, *, now_us: int, new_id: Callable[[], str]) -> Visit:
        """Who comes, and whether this can become a page view."""
        return self._visit(request, None, now_us, new_id)

    def choose(self, visit: Visit, choice: Mapping[str, bool], *, new_id: Callable[[], str]) -> Visit:
        """The same visit after its visitor chose, by purpose."""
        chosen = self._visit(visit.request, {**(visit.choice or {}), **choice}, visit.arrived_us, new_id)
        if visit.visitor is not None and chosen.visitor is not None:
            return msgspec.structs.replace(chosen, visitor=visit.visitor)
        return chosen

    def _visit(
        self, request: WebRequest, choice: Mapping[str, bool] | None, now_us: int, new_id: Callable[[], str]
    ) -> Visit:
        rules = self._rules
        reason = self._reason(request)
        statement = statement_of(request, rules, choice)
        visitor, is_new, is_forged = None, False, False
        if statement[rules.consent.purposes[0]]:
            values = cookie_values(request.headers.get("cookie", ""), rules.cookie.name)
            visitors = (rules.cookie.read(value, now_us // _DAY) for value in values)
            visitor = next((visitor for visitor in visitors if visitor is not None), None)
            if visitor is None:
                is_forged = bool(values)
                visitor, is_new = CookieVisitor(new_id(), now_us // _DAY), True
        return Visit(
            request=request, rules=rules, arrived_us=now_us, reason=reason, visitor=visitor, is_new=is_new,
            is_forged=is_forged, is_embedded=is_embedded(request), statement=statement, choice=choice,
        )  # fmt: skip

    def _reason(self, request: WebRequest) -> str | None:
        if request.path.startswith(self._own) or request.path == GPC_PATH:
            return "own"
        return "excluded" if self._excluded(request.path) else reason_by_request(request)

    def leave(
        self,
        visit: Visit,
        response: WebResponse,
        *,
        now_us: int,
        user_id: str | UnsetType | None = UNSET,
        used: bool = False,
    ) -> Departure:
        """What follows from the response.

        `user_id` is the user of the application: None where nobody is signed in, UNSET where that is not known. `used`
        says that a message with the visitor's id was sent during the hit, so that the id is to be remembered.
        """
        reason = visit.reason or reason_by_response(visit.request, response)
        if reason is None and self._rules.consent.page_level(visit.statement) == "none":
            reason = "consent"
        page = None if reason is not None else self._page(visit, response, now_us)
        headers, notes, departure = self._cookies(visit, response, user_id, is_kept=page is not None or used,
                                                  today=now_us // _DAY)  # fmt: skip
        if visit.is_forged:
            notes.append("forged_cookie")
        if self._rules.debug:
            headers.append(("Footfall", "counted" if reason is None else f"not counted ({reason})"))
        return msgspec.structs.replace(departure, page=page, reason=reason, headers=headers, notes=notes)

    def _page(self, visit: Visit, response: WebResponse, now_us: int) -> PageView:
        name = response.route or (visit.request.path if self._rules.full_paths else NO_ROUTE)
        properties: dict[str, Any] = {**visit.page(response.route), "status": response.status}
        properties["duration_ms"] = max(0, now_us - visit.arrived_us) // 1_000
        if response.title:
            properties["title"] = response.title[:512]
        if query := allowed_query(visit.request.query, self._rules.query_keys):
            properties["query"] = query
        return PageView(name[:512], properties)

    def _cookies(
        self, visit: Visit, response: WebResponse, user_id: str | UnsetType | None, *, is_kept: bool, today: int
    ) -> tuple[list[tuple[str, str]], list[str], Departure]:
        """The headers that set cookies, what to count, and whom to identify; nothing where a cache may keep it."""
        rules, cookie = self._rules, self._rules.cookie
        values: list[str] = []
        identify, is_reset = None, False
        if visit.choice is not None:
            values.append(set_cookie(rules.consent_cookie, choice_text(visit.choice), max_age=_CHOICE_LASTS,
                                     secure=rules.secure))  # fmt: skip
        visitor = visit.visitor
        if visitor is None:
            if visit.request.cookie(cookie.name) and (visit.choice is not None or visit.reason is None):
                values.append(deleted_cookie(cookie.name, secure=rules.secure))
        elif is_kept:
            marks = cookie.marks_of(user_id) if isinstance(user_id, str) else ()
            changed = visitor
            if marks and visitor.user not in marks:
                identify, changed = user_id, msgspec.structs.replace(visitor, user=marks[0])
            elif user_id is None and visitor.user:
                is_reset, changed = True, msgspec.structs.replace(visitor, user="")
            elif marks and visitor.is_stale:
                changed = msgspec.structs.replace(visitor, user=marks[0])
            if visit.is_new or visitor.is_stale or changed is not visitor:
                max_age = cookie.max_age(visitor, today)
                values.append(set_cookie(cookie.name, cookie.value(changed), max_age=max_age, secure=rules.secure))
        if not values:
            return [], [], Departure()
        rule = cookie_rule(response.headers)
        if rule == "no_cookie":
            return [], ["shared_cache"], Departure()
        headers = [("Set-Cookie", value) for value in values]
        if rule == "make_private":
            headers.append(("Cache-Control", "private"))
        return headers, [], Departure(identify=identify if isinstance(identify, str) else None, is_reset=is_reset)


def _pattern(excluded: str) -> str:
    """A setting's path as an expression: the beginning of paths, or all that a pattern with `*` fits."""
    return fnmatch.translate(excluded) if "*" in excluded else re.escape(excluded)

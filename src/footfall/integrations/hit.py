"""Hit: one request on its way through an application, with the scope that the application runs in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar

from msgspec import UNSET, UnsetType

from footfall.client.base import BaseClient
from footfall.client.scope import NO_SCOPE, Scope
from footfall.events import Receipt
from footfall.identity.given import id_text
from footfall.integrations.options import SiteOptions
from footfall.web.capture import Departure
from footfall.web.pages import is_prefetch, reason_by_response
from footfall.web.request import WebResponse
from footfall.web.visit import Visit

__all__ = ["Hit", "HitSite", "current_hit"]

_R = TypeVar("_R")


class HitSite(Protocol):
    """What a hit asks of its site."""

    client: BaseClient
    options: SiteOptions

    def choose(self, hit: Hit, choice: Mapping[str, bool]) -> None:
        """Take down a visitor's choice by purpose. Never raises."""
        ...

    def failed(self, place: str, error: BaseException) -> None:
        """Count and log what went wrong inside. Never raises."""
        ...


_current: ContextVar[Hit | None] = ContextVar("footfall_hit", default=None)


def current_hit() -> Hit | None:
    """The hit whose scope this code runs in; None outside of any."""
    return _current.get()


class Hit:
    """One request on its way through an application: what `request.footfall` is.

    It is one mutable object for the whole request, so that what an inner layer learns (who the user is, what the
    visitor chose) is known at the response, whatever thread or context learnt it.
    """

    visit: Visit | None = None  # None where footfall does nothing: it is disabled, or failed
    route: str | None = None  # the framework's template of the path, once it is known
    title: str | None = None
    used = False  # whether a message was sent with the visitor's id
    departure: Departure | None = None
    is_over = False
    _resolve: Callable[[], object] | None = None
    _user_id: str | UnsetType | None = UNSET

    def __init__(self, site: HitSite) -> None:
        self.site = site

    @property
    def is_prefetch(self) -> bool:
        """Whether the browser loads this in advance, and nobody sees it yet; False where footfall does nothing."""
        return self.visit is not None and is_prefetch(self.visit.request.headers)

    def scope(self) -> AbstractContextManager[object]:
        """What the application runs in: its messages carry this hit's ids and context. May be entered many times."""
        return _HitScope(self)

    def user(self, resolve: Callable[[], object]) -> None:
        """Say how to find the user: a function that returns their id, or None where nobody is signed in.

        It is called at the first message that needs it, or at the response, and once. Where it cannot know yet, it
        returns UNSET, and is asked again; as long as it does, nobody is identified, and nobody has signed out.
        """
        self._resolve = resolve
        self._user_id = UNSET

    def release(self) -> None:
        """Nothing more comes of this hit: forget the function that finds the user, which leads back to the request."""
        self._resolve = None

    def user_id(self) -> str | UnsetType | None:
        """The user's id; None where nobody is signed in, UNSET where that cannot be known."""
        if self._user_id is UNSET and self._resolve is not None:
            resolve, self._resolve = self._resolve, None  # so that a message sent while it runs does not ask it again
            try:
                user = resolve()
                if user is UNSET:
                    self._resolve = resolve
                else:
                    self._user_id = None if user is None else _given_id(user)
            except Exception as error:  # noqa: BLE001 - a user model that raises costs no message
                self.site.failed("user()", error)
        return self._user_id

    def needs_user(self, read: Callable[[_R], WebResponse], raw: _R) -> bool:
        """Whether anything depends on who the user is, at a response that `read` reads. Never raises."""
        visit = self.visit
        if visit is None or (visit.reason is not None and not self.used):
            return False
        try:
            if self.used or reason_by_response(visit.request, read(raw)) is None:
                return visit.recognition.visitor is not None
        except Exception as error:  # noqa: BLE001 - as above
            self.site.failed("needs_user()", error)
        return False

    def consent(self, choice: Mapping[str, bool]) -> None:
        """Take down the visitor's choice by purpose: it holds from now on, and is kept in a cookie."""
        self.site.choose(self, choice)

    def track(self, event: Any, properties: Any = None, **options: Any) -> Receipt:
        """The client's `track`, within this hit from whatever thread."""
        with self.scope():
            return self.site.client.track(event, properties, **options)

    def form_failed(self, event: Any, form: str, errors: Iterable[object]) -> Receipt:
        """Track that a form was sent back: `form` is its name, and `fields` the names in `errors`, sorted.

        `errors` are the errors of a form of Django or WTForms, by field, or the names alone. Nothing of what was
        written into the fields is kept.
        """
        try:
            fields = sorted({str(field) for field in errors})
        except Exception as error:  # noqa: BLE001 - whatever a form's own code raises costs the names alone
            self.site.failed("form_failed()", error)
            fields = []
        return self.track(event, {"form": form, "fields": fields})

    def identify(self, user_id: Any, traits: Any = None, **options: Any) -> Receipt:
        """The client's `identify`, within this hit from whatever thread."""
        with self.scope():
            return self.site.client.identify(user_id, traits, **options)

    def scope_now(self) -> Scope:
        """What a message that is sent now carries. Never raises."""
        self.used = True
        try:
            visit = self.visit
            return NO_SCOPE if visit is None else Scope(self.known_user, visit.anonymous_id, visit.context)
        except Exception as error:  # noqa: BLE001 - nothing of ours costs a message
            self.site.failed("scope()", error)
            return NO_SCOPE

    def known_user(self) -> str | None:
        """The user's id, None where there is none or it cannot be known."""
        user_id = self.user_id()
        return user_id if isinstance(user_id, str) else None


def _given_id(user: object) -> str | None:
    """A user's id as text, None for an empty one. Raises TypeError for what is no id, as a coroutine."""
    if (user_id := id_text(user)) is None:
        raise TypeError(f"the user's id must be text or a whole number, not {type(user).__name__}")
    return user_id or None


class _HitScope:
    """Enters the client's scope and names the current hit; each time it is entered, it is left before the next."""

    __slots__ = ("_hit", "_outer", "_outer_scope", "_scope", "_scopes")

    def __init__(self, hit: Hit) -> None:
        self._hit = hit
        self._scopes = hit.site.client.scopes
        self._scope = Scope(None, None, NO_SCOPE.context, hit.scope_now)
        self._outer: Hit | None = None
        self._outer_scope = NO_SCOPE

    def __enter__(self) -> None:
        self._outer = _current.get()
        self._outer_scope = outer = self._scopes.get()
        _current.set(self._hit)
        self._scopes.set(self._scope if outer is NO_SCOPE else outer.within(self._scope))

    def __exit__(self, *_error: object) -> None:
        # Not by a token: a response may end in another context than it began in.
        _current.set(self._outer)
        self._scopes.set(self._outer_scope)

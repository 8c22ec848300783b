"""Middleware: hands each request of a Django project to its site, and puts what the site says into the response."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from functools import cache, lru_cache, partial
from http.cookies import Morsel
from typing import Any, Self

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.exceptions import SynchronousOnlyOperation
from django.http import FileResponse, HttpResponse
from msgspec import UNSET

from footfall.integrations.django.settings import current_site
from footfall.integrations.django.users import user_of
from footfall.integrations.hit import Hit, HitSite
from footfall.integrations.own_response import OwnResponse
from footfall.integrations.site import Site
from footfall.integrations.wsgi import headers_of
from footfall.web.request import WebRequest, WebResponse

__all__ = ["FootfallMiddleware"]


class FootfallMiddleware:
    """The first of MIDDLEWARE: it sees what visitors get, and nothing inside of it keeps what it adds.

    `request.footfall` is the hit: `request.footfall.track(…)` from any view, `request.footfall.consent({…})` for a
    choice that a view takes in. Raises ImproperlyConfigured as the server starts, where `FOOTFALL` cannot be used.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)
        current_site()

    def __call__(self, request: Any) -> Any:
        """The response; an awaitable of it under ASGI."""
        outer = getattr(request, "footfall", None)
        if isinstance(outer, Hit) and not outer.is_over:
            return self.get_response(request)  # it is in MIDDLEWARE twice
        if self._is_async:
            return self._answer_async(request)
        site = current_site()
        hit = _begin(site, request)
        if (own := site.own_response(hit)) is not None:
            return _own(own)
        find_user = partial(_user_or_unset, site, request)
        hit.user(find_user)
        with hit.scope():
            response = self.get_response(request)
        hit.user(find_user)  # a view may have found out who it is
        return _finish(site, hit, request, response)

    async def _answer_async(self, request: Any) -> Any:
        site = current_site()
        hit = _begin(site, request)
        if (own := site.own_response(hit)) is not None:
            return _own(own)
        hit.user(partial(_user_or_unset, site, request))
        try:
            with hit.scope():
                response: Any = await self.get_response(request)
        except asyncio.CancelledError:
            site.abandon(hit)
            raise
        if hit.needs_user(_web_response, (request, response)):
            await _read_user(site, hit, request)
        return _finish(site, hit, request, response)


def _begin(site: Site, request: Any) -> Hit:
    hit = site.begin_from(_web_request, request)
    request.footfall = hit
    return hit


def _web_request(request: Any) -> WebRequest:
    meta = request.META
    return WebRequest(
        method=request.method or "",
        scheme=request.scheme,
        host=meta.get("HTTP_HOST") or meta.get("SERVER_NAME", ""),
        path=request.path,
        query=meta.get("QUERY_STRING", ""),
        headers=headers_of(meta),
        peer=meta.get("REMOTE_ADDR", ""),
    )


def _user(site: HitSite, request: Any) -> object:
    resolve = site.options.user
    return user_of(request) if resolve is None else resolve(request)


def _user_or_unset(site: HitSite, request: Any) -> object:
    """For a message during the request: in an event loop a user whom nobody has read yet is not known."""
    try:
        return _user(site, request)
    except SynchronousOnlyOperation:
        return UNSET


async def _read_user(site: Site, hit: Hit, request: Any) -> None:
    """Have the user at hand, by a thread where an event loop may not read it."""
    try:
        resolve = partial(_user, site, request)
        try:
            user = resolve()
        except SynchronousOnlyOperation:
            user = await sync_to_async(resolve)()
        if isinstance(user, Awaitable):
            user = await user
    except Exception as error:  # noqa: BLE001 - a user model that raises costs no page view
        site.failed("user()", error)
        user = UNSET
    hit.user(lambda: user)


def _finish(site: Site, hit: Hit, request: Any, response: Any) -> Any:
    headers = site.depart_from(hit, _web_response, (request, response))
    try:
        for name, value in headers:
            _add(response, name, value)
        if response.streaming and not isinstance(response, FileResponse):
            chunks = response.streaming_content
            response.streaming_content = _AsyncChunks(chunks, hit) if response.is_async else _Chunks(chunks, hit)
    except Exception as error:  # noqa: BLE001 - whatever a response is, the visitor gets it
        site.failed("finish()", error)
    if response.streaming:
        site.send(hit)
    else:
        site.send(hit, response.content)
        hit.release()
    return response


def _web_response(pair: tuple[Any, Any]) -> WebResponse:
    request, response = pair
    # By their names in lower case already; read by its public ways, each header is looked for by itself.
    store = getattr(response.headers, "_store", None)
    if store is None:
        headers = {name.lower(): value for name, value in response.headers.items()}
    else:
        headers = {name: pair[1] for name, pair in store.items()}
    return WebResponse(status=response.status_code, headers=headers, route=_route(request))


def _route(request: Any) -> str | None:
    match = getattr(request, "resolver_match", None)
    return None if match is None else _tidy(match.route)


@cache
def _tidy(route: str) -> str:
    """A route as a path; of one that is an expression, its groups are named as converters are."""
    if "(?P<" in route or "^" in route or "$" in route:
        from django.contrib.admindocs.views import simplify_regex  # for projects with expressions alone

        return str(simplify_regex(route))
    return f"/{route}"


def _add(response: Any, name: str, value: str) -> None:
    if name == "Set-Cookie":
        cookie = _Cookie(value)
        response.cookies[cookie.key] = cookie
    elif name in response.headers:
        response.headers[name] = f"{response.headers[name]}, {value}"
    else:
        response.headers[name] = value


class _Cookie(Morsel[str]):
    """A cookie of ours, as Django keeps those of a response, with its line as long as nobody changes it.

    It is made of a line that we wrote: Python's own checks of one cost a tenth of a page view.
    """

    def __init__(self, line: str) -> None:
        pair, _, attributes = line.partition("; ")
        name, _, value = pair.partition("=")
        self._line, self._attributes = line, _attributes(attributes)
        dict.update(self, self._attributes)
        self.__setstate__({"key": name, "value": value, "coded_value": value})  # type: ignore[attr-defined]  # as pickle does

    def OutputString(self, attrs: Any = None) -> str:  # noqa: N802 - Python's own name
        line = getattr(self, "_line", None)  # a pickled cookie has none
        if line is None or attrs is not None or not line.startswith(f"{self.key}={self.coded_value}; "):
            return super().OutputString(attrs)
        return str(line) if dict.__eq__(self, self._attributes) else super().OutputString()


@lru_cache(512)
def _attributes(text: str) -> Mapping[str, Any]:
    """All attributes that a cookie has, those of a text with their values."""
    pairs = (attribute.partition("=") for attribute in text.split("; "))
    return {**Morsel(), **{key.lower(): setting or True for key, _, setting in pairs}}


def _own(own: OwnResponse) -> Any:
    response = HttpResponse(own.body, status=own.status)
    for name, value in own.headers:
        response.headers.pop(name, None) if name == "Content-Type" else None
        _add(response, name, value)
    return response


class _Chunks(Iterator[bytes]):
    """The parts of a response, each made within the hit's scope: a server asks for them after the view has returned."""

    def __init__(self, chunks: Iterator[bytes], hit: Hit) -> None:
        self._chunks = chunks
        self._hit = hit

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        with self._hit.scope():
            return next(self._chunks)


class _AsyncChunks(AsyncIterator[bytes]):
    """As _Chunks, for what is made in an event loop."""

    def __init__(self, chunks: AsyncIterator[bytes], hit: Hit) -> None:
        self._chunks = chunks
        self._hit = hit

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        with self._hit.scope():
            return await anext(self._chunks)


def _ask_again(*, request: Any = None, **_: object) -> None:
    """Somebody has signed in or out: what is tracked from now on is theirs, or nobody's."""
    hit = getattr(request, "footfall", None)
    if isinstance(hit, Hit):
        hit.user(partial(_user_or_unset, hit.site, request))


user_logged_in.connect(_ask_again, dispatch_uid="footfall.user_logged_in")
user_logged_out.connect(_ask_again, dispatch_uid="footfall.user_logged_out")

"""Request and response: what a web framework hands over of one hit."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

__all__ = ["WebRequest", "WebResponse"]


class WebRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request, as the framework read it.

    `query` is the raw query string, `path` is decoded. Names of `headers` are lower case, their values are text of
    Latin-1, and those of one name are joined by ", ". `peer` is the address of the visitor: that of the connection, or
    the one that a trusted proxy names (see `web.proxies`).
    """

    method: str
    scheme: str
    host: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = {}
    cookies: Mapping[str, str] = {}
    peer: str = ""


class WebResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The response to it, as far as it is known when its head is sent.

    `route` is the framework's template of the path, as `/orders/{id}`; None where nothing matched. `title` is the
    page's, where it costs nothing to know it.
    """

    status: int
    headers: Mapping[str, str] = {}
    route: str | None = None
    title: str | None = None

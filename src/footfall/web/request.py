"""Request and response: what a web framework hands over of one hit."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from footfall.web.cookies import cookie_values

__all__ = ["WebRequest", "WebResponse"]


class WebRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request, as the framework read it.

    `query` is the raw query string, `path` is decoded. Names of `headers` are lower case, their values are text of
    Latin-1, and those of one name are joined by ", " (of `cookie` by "; "). `peer` is the address of the connection,
    "" for a Unix socket; where that is a trusted proxy's, the Site puts the visitor's there (see `web.proxies`).
    """

    method: str
    scheme: str
    host: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = {}
    peer: str = ""

    def cookie(self, name: str) -> str | None:
        """The value of a cookie, None where there is none; of several with one name the first."""
        return next(iter(cookie_values(self.headers.get("cookie", ""), name)), None)


class WebResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The response to it, as far as it is known when its head is sent.

    `route` is the framework's template of the path, as `/orders/{id}`; None where nothing matched. `title` is the
    page's, where it costs nothing to know it.
    """

    status: int
    headers: Mapping[str, str] = {}
    route: str | None = None
    title: str | None = None

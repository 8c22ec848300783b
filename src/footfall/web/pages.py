"""Pages: what is a page view, by the request and then by the response; of a table the first row that fits decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from footfall.web.request import WebRequest, WebResponse

__all__ = ["is_embedded", "is_prefetch", "reason_by_request", "reason_by_response"]

_Headers = Mapping[str, str]

_HTML = ("text/html", "application/xhtml+xml")
_USUAL = frozenset({"text/html; charset=utf-8", "text/html"})  # as most frameworks write it
_FRAMES = frozenset({"embed", "fencedframe", "frame", "iframe", "object"})
_DOCUMENTS = _FRAMES | {"", "document"}
_PREFETCH = ("sec-purpose", "purpose", "x-purpose", "x-sec-purpose", "x-moz")
_PARTIAL = ("hx-request", "turbo-frame", "x-up-target", "x-pjax", "x-requested-with")
_HINTS = frozenset({*_PREFETCH, *_PARTIAL})  # few requests have any of them
# fmt: off
_STATIC = frozenset({
    "avif", "bmp", "css", "csv", "eot", "gif", "gz", "ico", "jpeg", "jpg", "js", "json", "map", "mjs", "mp3", "mp4",
    "ogg", "otf", "pdf", "png", "rss", "svg", "ttf", "txt", "wasm", "wav", "webm", "webmanifest", "webp", "woff",
    "woff2", "xml", "zip",
})
# fmt: on


def _is_static(path: str) -> bool:
    return "." in path and path.rpartition("/")[2].rpartition(".")[2].lower() in _STATIC


def is_prefetch(headers: _Headers) -> bool:
    """Whether a browser loads this in advance, and nobody sees it yet."""
    if _HINTS.isdisjoint(headers):
        return False
    for name in _PREFETCH:
        if name in headers and any(word in headers[name].lower() for word in ("prefetch", "prerender", "preview")):
            return True
    return False


def _is_partial(headers: _Headers) -> bool:
    """htmx without a boosted link, a frame of Turbo, a fragment of Unpoly or PJAX, an old way to say "by script"."""
    if headers.get("hx-request") == "true":
        return headers.get("hx-boosted") != "true"
    return (
        "turbo-frame" in headers
        or headers.get("x-up-target", "body") not in ("body", ":main", ":layer")
        or "x-pjax" in headers
        or headers.get("x-requested-with", "").lower() == "xmlhttprequest"
    )


def _is_visit_by_script(headers: _Headers) -> bool:
    """Whether a script loads a whole page for the person: a boosted link, Turbo Drive, Unpoly, a service worker."""
    return (
        headers.get("hx-boosted") == "true"
        or "x-turbo-request-id" in headers
        or "x-up-version" in headers
        or "service-worker-navigation-preload" in headers
        or "upgrade-insecure-requests" in headers
    )


def _is_subresource(headers: _Headers) -> bool:
    target = headers.get("sec-fetch-dest", "")
    return target not in _DOCUMENTS and not (target == "empty" and _is_visit_by_script(headers))


_REQUESTS: Sequence[tuple[str, Callable[[_Headers], bool]]] = (
    ("prefetch", is_prefetch),
    ("partial", _is_partial),
    ("subresource", _is_subresource),
)


def reason_by_request(request: WebRequest) -> str | None:
    """Why a request cannot become a page view, one of REASONS; None where it can."""
    if request.method != "GET":
        return "method"
    if _is_static(request.path):
        return "static"
    headers = request.headers
    if _HINTS.isdisjoint(headers):
        return "subresource" if _is_subresource(headers) else None
    for reason, fits in _REQUESTS:
        if fits(headers):
            return reason
    return None


def is_embedded(request: WebRequest) -> bool:
    """Whether the page is shown inside of another: counted, and marked."""
    return request.headers.get("sec-fetch-dest", "") in _FRAMES


def _is_html(request: WebRequest, response: WebResponse) -> bool:
    content_type = response.headers.get("content-type", "")
    if content_type in _USUAL:
        return True
    if response.status == 304 and not content_type:  # it has no body, so it may have no type
        return "text/html" in request.headers.get("accept", "")
    return content_type.partition(";")[0].strip().lower() in _HTML


_PAGES = frozenset({200, 201, 202, 203, 226, 300, 304})
_STATUSES: Sequence[tuple[str, Callable[[int], bool]]] = (
    ("not_found", lambda status: status == 404),
    ("client_error", lambda status: 400 <= status < 500),
    ("server_error", lambda status: status >= 500),
    ("redirect", lambda status: 300 <= status < 400),
    ("status", lambda _: True),
)


def reason_by_response(request: WebRequest, response: WebResponse) -> str | None:
    """Why a response is no page view, one of REASONS; None where it is."""
    if response.status not in _PAGES:
        return next(reason for reason, fits in _STATUSES if fits(response.status))
    if not _is_html(request, response):
        return "not_html"
    disposition = response.headers.get("content-disposition")
    return "download" if disposition is not None and disposition.lower().startswith("attachment") else None

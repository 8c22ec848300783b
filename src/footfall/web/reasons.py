"""Reasons: why a hit became no page view, or a visitor got no cookie; each is a counter in `client.stats()`."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["REASONS"]

REASONS: Mapping[str, str] = {
    "client_error": "The response was an error of the 4xx kind, other than 404.",
    "consent": "The visitor's choice lets nothing be kept of a page view.",
    "download": "The response is a file to save.",
    "engagement": "A mark or a beat came of somebody without our cookie, who refuses, or while that is off.",
    "excluded": "The path is one that the settings leave out.",
    "expired_link": "A signed link came after its end.",
    "forged_cookie": "The visitor's cookie was damaged or not signed with one of our keys; it counted as none.",
    "forged_link": "A signed link was damaged or not signed with one of our keys.",
    "internal": "Something failed inside of footfall; its log says what.",
    "method": "The request was no GET.",
    "no_response": "The client left, or the request was cancelled, before there was a response.",
    "not_found": "The response was a 404.",
    "not_html": "The response is no HTML.",
    "other": "A sender named a reason that the collector does not know.",
    "own": "The path is one that footfall answers itself.",
    "partial": "A script asked for a part of a page.",
    "prefetch": "The browser loaded the page in advance; nobody has seen it.",
    "redirect": "The response sends the browser to another page.",
    "server_error": "The response was an error of the 5xx kind, or the application raised.",
    "shared_cache": "The cookie was not set, because a shared cache may keep the response.",
    "static": "The path is that of a static file.",
    "status": "The response has another status than 2xx, 304, 4xx and 5xx, or has no content.",
    "subresource": "A page asked for it: a picture, a style, a script, data.",
}
"""Each reason and one plain sentence."""

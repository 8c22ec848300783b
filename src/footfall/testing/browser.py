"""Browser: the headers of a page that a person opens, for the test clients of web frameworks, which send none.

    response = client.get("/", headers=BROWSER)

Without them a request is one of a program, and its page is nobody's.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["BROWSER"]

BROWSER: Mapping[str, str] = {
    "User-Agent": (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
    ),
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language": "nb-NO,nb;q=0.9,en;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",
    "Sec-Fetch-Site": "none",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-User": "?1",
    "Upgrade-Insecure-Requests": "1",
}
"""Those of a Chrome that opens an address that was typed."""

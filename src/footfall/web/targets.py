"""Targets: where a redirect may lead: an absolute address that no browser takes for another; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

__all__ = ["TARGETS", "why_no_target"]

_LONGEST = 2_000  # characters
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?").fullmatch
_ADDRESS = re.compile(r"\[[0-9A-Fa-f:.]{2,45}\]").fullmatch


def _authority(url: str) -> str:
    return re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0]


def _has_no_host(url: str) -> bool:
    authority = _authority(url)
    match = re.fullmatch(r"(.*?)(?::[0-9]{1,5})?", authority)
    host = "" if match is None else match[1]
    return not (_ADDRESS(host) or all(_LABEL(label) for label in host.removesuffix(".").split(".")))


TARGETS: Sequence[tuple[str, Callable[[str], bool]]] = (
    ("is longer than 2,000 characters", lambda url: len(url) > _LONGEST),
    ("has a space, a backslash or a control character in it", lambda url: bool(re.search(r"[\x00-\x20\x7f\\]", url))),
    ("has letters that are not ASCII in it; write them in percent-encoding", lambda url: not url.isascii()),
    ("does not begin with https:// or http://", lambda url: not re.match(r"https?://", url, re.IGNORECASE)),
    ("names a user", lambda url: "@" in _authority(url)),
    ("names no host", _has_no_host),
    ("has a line end in it", lambda url: bool(re.search(r"%0[ad]", url, re.IGNORECASE))),
    ("is percent-encoded twice", lambda url: bool(re.search(r"%25[0-9a-f]{2}", url, re.IGNORECASE))),
)
"""What makes an address no target, in words that follow "the target"."""


def why_no_target(url: object) -> str | None:
    """Why an address can be no target, in words; None for one that can."""
    if not isinstance(url, str):
        return "is no text"
    return next((why for why, fits in TARGETS if fits(url)), None)

"""Query keys: which parts of a query string may be kept: those that the plan names, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import unquote_plus

__all__ = ["allowed_query"]

_LONGEST = 512  # characters of a value


def allowed_query(query: str, keys: Collection[str]) -> Mapping[str, str]:
    """The values of the named keys in a raw query string; of a key that comes twice the first, cut at 512 characters.

    A query of ten thousand keys costs one look at each.
    """
    allowed: dict[str, str] = {}
    if query and keys:
        for pair in query.split("&"):
            key, _, value = pair.partition("=")
            if key in keys and key not in allowed:
                allowed[key] = unquote_plus(value[: 3 * _LONGEST])[:_LONGEST]
    return allowed

"""Query keys: which parts of a query string may be kept: those that the plan names, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import unquote_plus

__all__ = ["allowed_query", "marks_of"]

_LONGEST = 512  # characters of a value
_LONGEST_QUERY = 8_192


def allowed_query(query: str, keys: Collection[str]) -> Mapping[str, str]:
    """The values of the named keys in a raw query string; of a key that comes twice the first, cut at 512 characters.

    Of a query the first 8,192 characters count, however many keys there are.
    """
    allowed: dict[str, str] = {}
    if query and keys:
        for pair in query[:_LONGEST_QUERY].split("&"):
            key, _, value = pair.partition("=")
            if key in keys and key not in allowed:
                allowed[key] = unquote_plus(value[: 3 * _LONGEST])[:_LONGEST]
    return allowed


def marks_of(query: str, keys: Collection[str]) -> Mapping[str, str]:
    """The same for keys that count in any case; `keys` are in lower case, and so are those of the answer."""
    if not query:
        return {}
    pairs = (pair.partition("=") for pair in query[:_LONGEST_QUERY].split("&"))
    lowered = "&".join(f"{key.lower()}={value}" for key, _, value in pairs if key.lower() in keys)
    return allowed_query(lowered, keys)

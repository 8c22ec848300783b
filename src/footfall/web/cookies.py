"""Cookies: our own ones read from a request's header, and the lines that set and delete them."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["cookie_values", "deleted_cookie", "set_cookie"]

_MOST = 8


def cookie_values(header: str, name: str) -> Sequence[str]:
    """The values of a cookie in a `Cookie` header, in their order; another site of the domain may have set one too.

    Only the first eight count: a header may be full of them.
    """
    if name not in header:
        return ()
    values: list[str] = []
    for pair in header.split(";"):
        key, equals, value = pair.partition("=")
        if equals and key.strip() == name and len(values) < _MOST:
            values.append(value.strip().strip('"'))
    return values


def set_cookie(name: str, value: str, *, max_age: int, secure: bool, path: str = "/") -> str:
    """A `Set-Cookie` value: of this host alone, for no script, sent when a link of another site is followed."""
    return f"{name}={value}; Path={path}; Max-Age={max_age}; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"


def deleted_cookie(name: str, *, secure: bool, path: str = "/") -> str:
    """A `Set-Cookie` value that deletes a cookie."""
    return set_cookie(name, "", max_age=0, secure=secure, path=path)

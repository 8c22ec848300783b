"""Cookies: our own ones read from a request's header, and the lines that set and delete them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

__all__ = ["deleted_cookie", "read_cookies", "set_cookie"]


def read_cookies(header: str, names: Collection[str]) -> Mapping[str, str]:
    """The cookies of these names in a `Cookie` header; of two with one name the first, which is that of the path."""
    cookies: dict[str, str] = {}
    for name in names:
        if name not in header:
            continue
        for pair in header.split(";"):
            key, equals, value = pair.partition("=")
            if equals and key.strip() == name:
                cookies[name] = value.strip().strip('"')
                break
    return cookies


def set_cookie(name: str, value: str, *, max_age: int, secure: bool, path: str = "/") -> str:
    """A `Set-Cookie` value: of this host alone, for no script, sent when a link of another site is followed."""
    return f"{name}={value}; Path={path}; Max-Age={max_age}; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"


def deleted_cookie(name: str, *, secure: bool, path: str = "/") -> str:
    """A `Set-Cookie` value that deletes a cookie."""
    return set_cookie(name, "", max_age=0, secure=secure, path=path)

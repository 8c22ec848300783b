"""Address: the URL of a collector or of a proxy, refused when it is given if no request could ever go there.

An error repeats only what has the shape of scheme, host, port and path: anything else may contain a password or a key.
"""

from __future__ import annotations

import logging
import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import NoReturn
from urllib.parse import quote

from footfall.errors import UsageError
from footfall.versions import WIRE

__all__ = ["batch_url", "check_proxy", "check_write_key"]

_log = logging.getLogger("footfall")
_PATH = f"/v{WIRE}/batch"
_LIKE = "write it like https://collect.example or http://127.0.0.1:8080"
_MOST = 8_000  # characters; what carries HTTP refuses longer ones
_LONGEST_NAME, _LAST_PORT = 253, 65_535

_PARTS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^?#]*)(.*)", re.ASCII | re.DOTALL)
_SHOWN = re.compile(r"([a-z][a-z0-9+.-]*://)?[a-z0-9._-]*(:[0-9]*)?(/[a-z0-9._~/-]*)?", re.ASCII | re.IGNORECASE)
_HOST = re.compile(r"(\[[^\[\]]*\]|[^\[\]:]*)(?::([^:]*))?", re.DOTALL)
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)", re.ASCII)


def batch_url(url: str) -> str:
    """The URL to which batches are posted. Raises UsageError that names the part that is wrong, and the remedy.

    A user name and a password in it are left out, and the log says so: Basic auth carries the write key.
    """
    scheme, user, host, path, rest = _parts(url, "a collector's URL", ("http", "https"))
    if rest:
        raise UsageError("a collector's URL cannot have a query or a fragment; end it before the first ? or #")
    if user is not None:
        _log.warning(
            "the user name and the password in the collector's URL are not sent, the write key is; give that as"
            " write_key=…, or in FOOTFALL_WRITE_KEY, and take them out of the URL"
        )
    path = quote(path, safe="/%:@!$&'()*+,;=~").rstrip("/")
    return f"{scheme}://{host}{path if path.endswith(_PATH) else path + _PATH}"


def check_proxy(url: str) -> None:
    """Raise UsageError for a proxy's URL to which nothing can connect. It may have a user name and a password."""
    _, _, _, path, rest = _parts(url, "a proxy's URL", ("http", "https", "socks5", "socks5h"))
    if path.strip("/") or rest:
        raise UsageError("a proxy's URL cannot have a path, a query or a fragment; end it after the port")


def check_write_key(key: object) -> str:
    """The key, if Basic auth can carry it. Raises UsageError otherwise, which does not repeat it."""
    if not isinstance(key, str) or not key:
        raise UsageError(
            "a collector's URL needs a write key; give it as write_key=…, or in FOOTFALL_WRITE_KEY; "
            "FOOTFALL_DISABLED=1 goes on without it and sends nothing"
        )
    if ":" in key:
        # RFC 7617, section 2: the user name of Basic auth ends at the first colon.
        raise UsageError("a write key cannot contain a colon; give the collector and the client another one")
    if not _is_clean(key):
        raise UsageError("a write key cannot contain a space or a control character; look at the end of its line")
    return key


def _parts(url: object, kind: str, schemes: tuple[str, ...]) -> tuple[str, str | None, str, str, str]:
    """Scheme, user name and password, host with port, path, and what follows it."""

    def refuse(why: str) -> NoReturn:
        is_safe = isinstance(url, str) and _SHOWN.fullmatch(url) is not None
        raise UsageError(f"{repr(url)[:200] if is_safe else 'what was given'} is not {kind}: {why}")

    if not isinstance(url, str):
        refuse(f"it is no text; {_LIKE}")
    if not _is_clean(url):
        refuse("it contains a space, a control character or half a character; take that out")
    if len(url) > _MOST:
        refuse(f"it is longer than {_MOST} characters")
    match = _PARTS.fullmatch(url)
    if match is None:
        refuse(f"it has no scheme; {_LIKE}")
    scheme, authority, path, rest = match.groups()
    if scheme.lower() not in schemes:
        refuse(f"its scheme is none of {', '.join(schemes)}; {_LIKE}")
    user, at, host_and_port = authority.rpartition("@")
    split = _HOST.fullmatch(host_and_port)
    if split is None:
        refuse("its host and port cannot be read; write an IPv6 address in brackets, and the port after one colon")
    host, port = split.groups()
    if (fault := _host_fault(host)) is not None:
        refuse(fault)
    if port is not None and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= _LAST_PORT):
        refuse(f"its port must be a number from 1 to {_LAST_PORT}, or be left out with its colon")
    return scheme.lower(), user if at else None, host_and_port, path, rest


def _is_clean(text: str) -> bool:
    """Whether a text has no white space and nothing that cannot be seen or sent."""
    return all(character.isprintable() and not character.isspace() for character in text)


def _host_fault(host: str) -> str | None:
    """Why nothing can have this host's name; None if it is fine."""
    if not host:
        return f"it has no host; {_LIKE}"
    if host.startswith("["):
        try:
            IPv6Address(host[1:-1])
        except AddressValueError:
            return "what is in brackets is no IPv6 address"
        return None
    if not host.isascii():
        host = _idna(host)
    labels = host.removesuffix(".").split(".")
    if len(host) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        return "its host is no name; each part of one has 1 to 63 letters, digits and hyphens"
    if labels[-1].isdigit():
        try:
            IPv4Address(host)
        except AddressValueError:
            return "its host is no IPv4 address; write four numbers from 0 to 255"
    return None


def _idna(host: str) -> str:
    """The name in ASCII of an international one, by what will send to it; empty if it has none."""
    import httpx  # only for such a name: loading it takes longer than making a client

    try:
        return httpx.URL(f"http://{host}").raw_host.decode("ascii")
    except (httpx.InvalidURL, UnicodeError):
        return ""

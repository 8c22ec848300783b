"""Access logs: a line of a web server's log as the request and the response that it writes down; pure.

`combined` is the format of Apache, nginx and many others, also with a host before the address; `caddy` is Caddy's JSON;
`nginx-json` is one JSON object a line, whose members have the names of nginx's variables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import msgspec

from footfall.timestamps import is_plausible, parse_timestamp
from footfall.web.request import WebRequest, WebResponse

__all__ = ["FORMATS", "LogFormat", "LoggedHit"]

_SECOND = 1_000_000  # microseconds
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}


class LoggedHit(msgspec.Struct, frozen=True):
    """One hit of a log. `at_us` is when it came, in microseconds since 1970-01-01 UTC.

    `has_headers` says that the log has enough of the request's headers to judge by what is missing.
    """

    request: WebRequest
    response: WebResponse
    at_us: int
    has_headers: bool = False


class LogFormat(msgspec.Struct, frozen=True):
    """A form of log: what reads a line, None where it is not of this form, and one plain sentence for whoever asks."""

    read: Callable[[str], LoggedHit | None]
    about: str


# The quoted parts end at a quotation mark without a backslash before it: Apache writes \" into them, nginx \x22.
# What ends before a space or a quotation mark gives nothing back (`++`): no shorter part of it could fit.
_QUOTED = r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"'
_COMBINED = re.compile(
    r"(?:([\w.:\-\[\]]++) )?(\S++) \S++ (?:\S+|[^\[]*?) "
    r"\[(\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] " + _QUOTED + r" (\d{3}) (?:\d++|-)"
    r"(?: " + _QUOTED + " " + _QUOTED + ")?"
).match  # fmt: skip
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|(.))").sub


def _combined(line: str) -> LoggedHit | None:
    match = _COMBINED(line)
    if match is None:
        return None
    host, peer, time, asked, status, referrer, agent = match.groups()
    at_us = _clf_time(time)
    method, _, rest = asked.partition(" ")
    target = rest.rpartition(" ")[0] or rest
    if at_us is None or not target:
        return None
    headers = {}
    if referrer not in (None, "", "-"):
        headers["referer"] = referrer
    if agent not in (None, "-"):
        headers["user-agent"] = agent
    if "\\" in line:
        headers = {name: _unescaped(value) for name, value in headers.items()}
        target = _unescaped(target)
    path, _, query = target.partition("?")
    # What was sent is not in the log: a path that names no static file is taken for a page.
    return LoggedHit(
        WebRequest(method=method, scheme="https", host=host or "", path=unquote(path) if "%" in path else path,
                   query=query, headers=headers, peer=peer),
        _page(status),
        at_us,
    )  # fmt: skip


@lru_cache(maxsize=1_024)
def _page(status: str) -> WebResponse:
    return WebResponse(status=int(status), headers={"content-type": "text/html"})


@lru_cache(maxsize=1_024)
def _clf_time(text: str) -> int | None:
    """The time of `29/Nov/2026:14:00:01 +0100`."""
    month = _MONTHS.get(text[3:6])
    if month is None:
        return None
    return parse_timestamp(f"{text[7:11]}-{month:02}-{text[:2]}T{text[12:20]}{text[21:24]}:{text[24:26]}")


def _unescaped(text: str) -> str:
    return _ESCAPE(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)


class _CaddyRequest(msgspec.Struct):
    method: str
    uri: str
    host: str = ""
    remote_ip: str = ""
    client_ip: str = ""
    headers: dict[str, list[str]] = {}
    tls: Any = None


class _CaddyLine(msgspec.Struct):
    ts: float | str
    request: _CaddyRequest
    status: int
    resp_headers: dict[str, list[str]] = {}


_decode_caddy = msgspec.json.Decoder(_CaddyLine).decode
_decode_members = msgspec.json.Decoder(dict[str, str | int | float | None]).decode


def _caddy(line: str) -> LoggedHit | None:
    try:
        entry = _decode_caddy(line)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
    at_us = _time(entry.ts)
    if at_us is None:
        return None
    asked = entry.request
    path, _, query = asked.uri.partition("?")
    headers = _joined(asked.headers)
    return LoggedHit(
        WebRequest(method=asked.method, scheme="https" if asked.tls else "http", host=asked.host, path=unquote(path),
                   query=query, headers=headers, peer=asked.client_ip or asked.remote_ip),
        WebResponse(status=entry.status, headers=_joined(entry.resp_headers)),
        at_us,
        has_headers="accept" in headers,
    )  # fmt: skip


def _joined(headers: Mapping[str, list[str]]) -> dict[str, str]:
    return {name.lower(): ", ".join(values) for name, values in headers.items()}


def _nginx_json(line: str) -> LoggedHit | None:
    try:
        entry = _decode_members(line)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
    texts = {name: str(value) for name, value in entry.items() if value not in (None, "", "-")}
    at_us = _time(texts.get("msec") or texts.get("time_iso8601") or "") or _clf_time(texts.get("time_local", ""))
    target = texts.get("request_uri") or texts.get("request", "").partition(" ")[2].rpartition(" ")[0]
    status = texts.get("status", "")
    if at_us is None or not target or not (status.isdecimal() and len(status) == 3):
        return None
    path, _, query = target.partition("?")
    request = _named(texts, "http_")
    response = _named(texts, "sent_http_")
    if "sent_http_content_type" not in entry:
        response["content-type"] = "text/html"
    return LoggedHit(
        WebRequest(
            method=texts.get("request_method") or texts.get("request", "").partition(" ")[0],
            scheme=texts.get("scheme", "https"), host=texts.get("host") or texts.get("http_host", ""),
            path=unquote(path), query=query, headers=request, peer=texts.get("remote_addr", ""),
        ),
        WebResponse(status=int(status), headers=response),
        at_us,
        has_headers="http_accept" in entry and "http_accept_language" in entry,
    )  # fmt: skip


def _named(texts: Mapping[str, str], prefix: str) -> dict[str, str]:
    """The headers that nginx's variables of a kind have: `http_user_agent` is `user-agent`."""
    names = [name for name in texts if name.startswith(prefix)]
    return {name[len(prefix) :].replace("_", "-"): texts[name] for name in names}


def _time(value: str | float) -> int | None:
    """A time as text of RFC 3339 or as seconds since 1970; None for one that no log can have."""
    try:
        at_us = round(float(value) * _SECOND)
    except (ValueError, OverflowError):
        return parse_timestamp(value)
    return at_us if is_plausible(at_us) else None


FORMATS: Mapping[str, LogFormat] = {
    "combined": LogFormat(
        _combined, "Apache's and nginx's `combined`, or `common`; a host may come before the address"
    ),
    "caddy": LogFormat(_caddy, "Caddy's JSON"),
    "nginx-json": LogFormat(_nginx_json, "one JSON object a line whose members are named as nginx's variables are"),
}
"""The forms of log by the name under which they are asked for."""

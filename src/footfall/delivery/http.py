"""HttpTransport: batches over HTTP to `/v1/batch`, with httpx, which is loaded at the first send."""

from __future__ import annotations

import asyncio
import os
import zlib
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from footfall.delivery.retry import error_for
from footfall.errors import UnreachableError, UsageError
from footfall.events import Answer, Batch, Verdict

if TYPE_CHECKING:
    import ssl

    import httpx

__all__ = ["HttpTransport"]

_PATH = "/v1/batch"
_GZIP = 31  # zlib's window bits for a gzip header
_FASTEST = 1  # level 6 makes a batch of orders smaller by another tenth, in three times the time


class _Reply(msgspec.Struct):
    """What footfall's collector answers; any other answer of 200 lacks `received` and `verdicts`."""

    received: int | None = None
    verdicts: tuple[Verdict, ...] = ()


class HttpTransport:
    """Sends each batch as one POST, and keeps the connection.

    `url` is the collector's address (`https://collect.example`); `/v1/batch` is added where it is not there. The write
    key goes as the user name of Basic auth. `timeout` is for connecting, each write and each read, in seconds.
    Bodies of `gzip_over` bytes or more are compressed. `proxy` is a URL; the environment's proxies are not asked.
    `verify` is False, or an SSLContext for certificates of one's own.

    Raises UsageError for a URL that is not one, and for a write key that Basic auth cannot carry.
    """

    def __init__(
        self,
        url: str,
        write_key: str | None = None,
        *,
        timeout: float = 10.0,
        gzip: bool = True,
        gzip_over: int = 1024,
        proxy: str | None = None,
        verify: bool | ssl.SSLContext = True,
    ) -> None:
        self._url = _batch_url(url)
        if write_key is not None and ":" in write_key:
            # RFC 7617, section 2: the user name of Basic auth ends at the first colon.
            raise UsageError("a write key cannot hold a colon; give the collector and the client another one")
        self._auth = (write_key, "") if write_key is not None else None
        self._timeout = timeout
        self._gzip_over = gzip_over if gzip else None
        self._proxy = proxy
        # A TLS context takes longer to make than many sends; plain HTTP needs none.
        self._verify = verify if self._url.startswith("https:") else False
        self._client: httpx.Client | None = None
        self._async_client: httpx.AsyncClient | None = None
        # Who may use them: a process, and for the async one its event loop.
        self._owner: int | None = None
        self._async_owner: tuple[int, asyncio.AbstractEventLoop] | None = None

    def send(self, batch: Batch) -> Answer:
        import httpx

        body, headers = self._packed(batch)
        try:
            return _answer(self._connected().post(self._url, content=body, headers=headers), len(batch.messages))
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            raise _unreachable(error) from error

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None and self._owner == os.getpid():
            client.close()

    async def send_async(self, batch: Batch) -> Answer:
        import httpx

        body, headers = self._packed(batch)
        try:
            reply = await self._connected_async().post(self._url, content=body, headers=headers)
            return _answer(reply, len(batch.messages))
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            raise _unreachable(error) from error

    async def close_async(self) -> None:
        client, self._async_client = self._async_client, None
        if client is not None and self._async_owner == (os.getpid(), asyncio.get_running_loop()):
            await client.aclose()

    def _connected(self) -> httpx.Client:
        import httpx

        # A forked child must not speak on its parent's connection.
        if self._client is None or self._owner != os.getpid():
            self._client = httpx.Client(**self._settings())
            self._owner = os.getpid()
        return self._client

    def _connected_async(self) -> httpx.AsyncClient:
        import httpx

        owner = (os.getpid(), asyncio.get_running_loop())
        if self._async_client is None or self._async_owner != owner:
            self._async_client = httpx.AsyncClient(**self._settings())
            self._async_owner = owner
        return self._async_client

    def _settings(self) -> dict[str, Any]:
        return {
            "auth": self._auth,
            "headers": {
                "content-type": "application/json",
                "user-agent": "footfall-python",
                "accept": "application/json",
            },
            "proxy": self._proxy,
            "timeout": self._timeout,
            "trust_env": False,
            "verify": self._verify,
        }

    def _packed(self, batch: Batch) -> tuple[bytes, Mapping[str, str]]:
        body = batch.encode()
        if self._gzip_over is None or len(body) < self._gzip_over:
            return body, {}
        return zlib.compress(body, _FASTEST, _GZIP), {"content-encoding": "gzip"}


def _batch_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable:
        raise UsageError(
            f"{url!r} is not a collector's URL; write it like https://collect.example or http://127.0.0.1:8080"
        )
    if parts.query or parts.fragment:
        raise UsageError(f"{url!r} has a query or a fragment; a collector's URL ends before those")
    path = parts.path.rstrip("/")
    return parts._replace(path=path if path.endswith(_PATH) else path + _PATH).geturl()


def _answer(reply: httpx.Response, count: int) -> Answer:
    """What a response says of a batch of `count` messages. Raises a TransportError for all but 200 to 299.

    Other makers' collectors answer 200 in words of their own: all is stored. A web page is no collector's answer: it
    comes from a captive portal or a proxy's log-in, so nothing was delivered.
    """
    if not 200 <= reply.status_code <= 299:
        raise error_for(reply.status_code, retry_after=_retry_after(reply.headers), detail=reply.reason_phrase)
    if reply.headers.get("content-type", "").startswith("text/html"):
        raise UnreachableError("a web page answered, not a collector; check the URL", status=reply.status_code)
    try:
        said = msgspec.json.decode(reply.content, type=_Reply)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Answer(count)
    return Answer(count if said.received is None else said.received, said.verdicts)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds (RFC 9110, 10.2.3). A date is compared with the answer's own `Date`: our clock may be wrong."""
    text = headers.get("retry-after", "")
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - parsedate_to_datetime(headers["date"])).total_seconds())
    except (KeyError, TypeError, ValueError):
        return None


def _unreachable(error: Exception) -> UnreachableError:
    return UnreachableError(f"no answer from the collector: {type(error).__name__}")

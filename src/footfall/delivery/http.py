"""HttpTransport: batches over HTTP to `/v1/batch`, with httpx, which is loaded at the first send."""

from __future__ import annotations

import base64
import os
import zlib
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from footfall.clock import Clock, SystemClock
from footfall.delivery.acknowledgement import RULES, Reply, Rule, RuleName, excerpt_of, is_page
from footfall.delivery.address import batch_url, check_proxy, check_write_key
from footfall.delivery.retry import error_for
from footfall.errors import UnreachableError, UsageError
from footfall.events import Answer, Batch
from footfall.forks import uncut
from footfall.printable import printable
from footfall.secret import SecretText, without

if TYPE_CHECKING:
    import asyncio
    import ssl

    import httpx

__all__ = ["MAX_ANSWER", "HttpTransport"]

MAX_ANSWER = 1_000_000  # bytes; what is longer comes from no collector
_SHORT = 65_536
_REASON = 80  # characters of a status line that an error repeats
_HINTS = {
    "ConnectError": "; see that the collector runs, and check the URL",
    "ConnectTimeout": "; see that the collector runs, and check the URL",
    "ProxyError": "; check the proxy and the URL",
}
_GZIP = 31  # zlib's window bits for a gzip header
_EITHER = 47  # and for reading a gzip or a zlib header
_FASTEST = 1  # level 6 makes a batch of orders smaller by another tenth, in three times the time


# What requests load by themselves as they look up a host and connect, and what they are made with.
_MODULES = ("encodings.idna", "httpx", "footfall.delivery.deadline")
_ASYNC_MODULES = (*_MODULES, "anyio._backends._asyncio", "concurrent.futures.thread")


class HttpTransport:
    """Sends each batch as one POST, and keeps the connection.

    `url` is the collector's address (`https://collect.example`); `/v1/batch` is added where it is not there. The write
    key goes as the user name of Basic auth. `timeout` is for one whole request, from connecting to the last byte of the
    answer, in seconds. Bodies of `gzip_over` bytes or more are compressed. `proxy` is a URL; the environment's proxies
    are not asked. `verify` is False, or an SSLContext for certificates of one's own.

    `acknowledges` says which answer means that a batch was kept, by a name or as a function of a Reply and the number
    of messages (delivery/acknowledgement): `footfall` takes only what our collector answers, `segment` 200 with
    `{"success": true}`, `rudderstack` 200 with `OK`, `any_2xx` any such status without a web page. After any other
    answer the batch is sent again.

    Raises UsageError for a URL to which nothing can be sent, for a write key that Basic auth cannot carry, and for a
    rule that there is not.
    """

    def __init__(
        self,
        url: str,
        write_key: str,
        *,
        timeout: float = 10.0,
        gzip: bool = True,
        gzip_over: int = 1024,
        proxy: str | None = None,
        verify: bool | ssl.SSLContext = True,
        acknowledges: RuleName | Rule = "footfall",
        clock: Clock | None = None,
    ) -> None:
        self._url = batch_url(url)
        self._write_key = SecretText(check_write_key(write_key))
        if proxy is not None:
            check_proxy(proxy)
            proxy = SecretText(proxy)
        self._secrets = _secrets(self._write_key, proxy or "")
        self._acknowledges = _rule(acknowledges)
        self._now = (clock or SystemClock()).monotonic
        self._timeout = timeout
        self._gzip_over = gzip_over if gzip else None
        self._proxy = proxy
        # A TLS context takes longer to make than many sends; plain HTTP needs none.
        self._verify = verify if self._url.startswith("https:") else False
        self._client: httpx.Client | None = None
        self._async_client: httpx.AsyncClient | None = None
        self._loaded: tuple[str, ...] = ()
        # Who may use them: a process, and for the async one its event loop.
        self._owner: int | None = None
        self._async_owner: tuple[int, asyncio.AbstractEventLoop] | None = None

    def send(self, batch: Batch) -> Answer:
        self._load(_MODULES)
        import httpx

        from footfall.delivery.deadline import Deadline

        body, headers = self._packed(batch)
        timeout = Deadline(self._timeout, self._now)
        try:
            with self._connected().stream("POST", self._url, content=body, headers=headers, timeout=timeout) as reply:
                raw = bytearray()
                if reply.is_success or _is_short(reply):
                    for chunk in reply.iter_raw():
                        _take(chunk, raw)
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            failure = self._unreachable(error)
        else:
            return self._answer(reply, bytes(raw), batch)
        raise failure  # out here, so that httpx's error, which holds the request and its key, does not go with it

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None and self._owner == os.getpid():
            client.close()

    async def send_async(self, batch: Batch) -> Answer:
        self._load(_ASYNC_MODULES)
        import asyncio

        import httpx

        body, headers = self._packed(batch)
        client = self._connected_async()
        try:
            async with (
                asyncio.timeout(self._timeout),
                client.stream("POST", self._url, content=body, headers=headers) as reply,
            ):
                raw = bytearray()
                if reply.is_success or _is_short(reply):
                    async for chunk in reply.aiter_raw():
                        _take(chunk, raw)
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            failure = self._unreachable(error)
        else:
            return self._answer(reply, bytes(raw), batch)
        raise failure  # as in `send`

    async def close_async(self) -> None:
        import asyncio

        client, self._async_client = self._async_client, None
        if client is not None and self._async_owner == (os.getpid(), asyncio.get_running_loop()):
            await client.aclose()

    def _answer(self, reply: httpx.Response, raw: bytes, batch: Batch) -> Answer:
        """What a reply says of a batch. Raises the error that it stands for if that is no acknowledgement."""
        content_type = reply.headers.get("content-type", "")
        body = raw
        if reply.is_success:
            body = _unpacked(raw, reply.headers)
            answer = self._acknowledges(Reply(reply.status_code, content_type, body), len(batch.messages))
            if answer is not None and answer.acknowledges(len(batch.messages)):
                return answer
        said = excerpt_of(content_type, body, b",".join(batch.messages), self._secrets)
        raise error_for(
            reply.status_code,
            retry_after=_retry_after(reply.headers),
            detail=self._shown(reply.reason_phrase),
            from_page=is_page(content_type),
            whose=f"{self._url} answered {said}",
        )

    def _unreachable(self, error: Exception) -> UnreachableError:
        name = type(error).__name__
        why = self._shown(str(error).strip())
        hint = _HINTS.get(name, "")
        return UnreachableError(f"no answer from the collector: {name}{why and f' ({why})'}{hint}")

    def _shown(self, text: str) -> str:
        return printable(without(text, self._secrets)[:_REASON])

    def _load(self, names: tuple[str, ...]) -> None:
        """Load what a request needs before it waits for anything: a fork while it does would find it half loaded."""
        if self._loaded != names:
            with uncut():
                for name in names:
                    import_module(name)
            self._loaded = names

    def _connected(self) -> httpx.Client:
        import httpx

        from footfall.delivery.deadline import BoundedHttp

        # A forked child must not speak on its parent's connection.
        if self._client is None or self._owner != os.getpid():
            with uncut():  # making it loads more
                network = BoundedHttp(verify=self._verify, proxy=self._proxy, trust_env=False)
                self._client = httpx.Client(transport=network, **self._settings())
                self._owner = os.getpid()
        return self._client

    def _connected_async(self) -> httpx.AsyncClient:
        import asyncio

        import httpx

        owner = (os.getpid(), asyncio.get_running_loop())
        if self._async_client is None or self._async_owner != owner:
            with uncut():
                network = httpx.AsyncHTTPTransport(verify=self._verify, proxy=self._proxy, trust_env=False)
                self._async_client = httpx.AsyncClient(transport=network, **self._settings())
                self._async_owner = owner
        return self._async_client

    def _settings(self) -> dict[str, Any]:
        return {
            "auth": (self._write_key, ""),
            "headers": {
                "content-type": "application/json",
                "user-agent": "footfall-python",
                "accept": "application/json",
                # An answer is short, and a packed one of a few bytes may unpack to any number of them.
                "accept-encoding": "identity",
            },
            "timeout": self._timeout,
            "trust_env": False,
        }

    def _packed(self, batch: Batch) -> tuple[bytes, Mapping[str, str]]:
        body = batch.encode()
        if self._gzip_over is None or len(body) < self._gzip_over:
            return body, {}
        return zlib.compress(body, _FASTEST, _GZIP), {"content-encoding": "gzip"}


def _secrets(write_key: str, proxy: str) -> tuple[SecretText, ...]:
    """What no error may repeat, as it is and as Basic auth sends it."""
    parts = urlsplit(proxy)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    pairs = [f"{write_key}:", *([f"{user}:{password}"] if user or password else [])]
    basic = [base64.b64encode(pair.encode()).decode() for pair in pairs]
    return tuple(SecretText(text) for text in (write_key, parts.password, password, *basic) if text)


def _rule(acknowledges: RuleName | Rule) -> Rule:
    if callable(acknowledges):
        return acknowledges
    if acknowledges not in RULES:
        raise UsageError(f"acknowledges must be one of {', '.join(RULES)}, or a function of a Reply and a number")
    return RULES[acknowledges]


def _is_short(reply: httpx.Response) -> bool:
    """Whether the body of a refusal is worth reading, so that its connection can be used again."""
    length = reply.headers.get("content-length", "")
    return length.isascii() and length.isdigit() and int(length[:8]) <= _SHORT


def _take(chunk: bytes, answer: bytearray) -> None:
    answer += chunk
    if len(answer) > MAX_ANSWER:
        raise _too_long()


def _too_long() -> UnreachableError:
    return UnreachableError(f"the answer is longer than {MAX_ANSWER} bytes, so no collector sent it; check the URL")


def _unpacked(raw: bytes, headers: Mapping[str, str]) -> bytes:
    """The body of an answer that was packed although we asked for none of that; at most MAX_ANSWER bytes."""
    coding = headers.get("content-encoding", "").strip().lower()
    if coding in ("", "identity"):
        return raw
    unreadable = UnreachableError(f"the answer is packed ({printable(coding[:20])}) and cannot be read; check the URL")
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise unreadable
    unpacker = zlib.decompressobj(_EITHER)
    try:
        body = unpacker.decompress(raw, MAX_ANSWER + 1)
    except zlib.error:
        raise unreadable from None
    if len(body) > MAX_ANSWER:
        raise _too_long()
    if not unpacker.eof:
        raise unreadable  # it was cut off
    return body


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds (RFC 9110, 10.2.3). A date is compared with the answer's own `Date`: our clock may be wrong."""
    text = headers.get("retry-after", "")
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - parsedate_to_datetime(headers["date"])).total_seconds())
    except (KeyError, TypeError, ValueError):
        return None

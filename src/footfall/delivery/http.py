"""HttpTransport: batches over HTTP to `/v1/batch`, with httpx, which is loaded at the first send."""

from __future__ import annotations

import base64
import os
import zlib
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from footfall.clock import Clock, SystemClock
from footfall.delivery.address import batch_url, check_proxy, check_write_key
from footfall.events import Answer, Batch
from footfall.forks import uncut
from footfall.secret import SecretText

if TYPE_CHECKING:
    import asyncio
    import ssl

    import httpx

    from footfall.delivery.acknowledgement import Rule, RuleName
    from footfall.delivery.http_answer import AnswerReader

__all__ = ["HttpTransport"]

_GZIP = 31  # zlib's window bits for a gzip header
_FASTEST = 1  # level 6 makes a batch of orders smaller by another tenth, in three times the time


# What requests load by themselves as they look up a host and connect, and what they are made with.
_MODULES = ("encodings.idna", "httpx", "footfall.delivery.deadline", "footfall.delivery.http_answer")
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
        self._acknowledges = acknowledges
        if acknowledges != "footfall":
            self._reader()  # refuses a rule that there is not, before a message is lost to it
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
        from footfall.delivery.http_answer import collect, is_short

        body, headers = self._packed(batch)
        timeout = Deadline(self._timeout, self._now)
        try:
            with self._connected().stream("POST", self._url, content=body, headers=headers, timeout=timeout) as reply:
                raw = bytearray()
                if reply.is_success or is_short(reply):
                    for chunk in reply.iter_raw():
                        collect(chunk, raw)
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            failure = self._reader().unreachable(error)
        else:
            return self._reader().answer(reply, bytes(raw), batch)
        raise failure  # out here, so that httpx's error, which has the request and its key, does not go with it

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None and self._owner == os.getpid():
            client.close()

    async def send_async(self, batch: Batch) -> Answer:
        self._load(_ASYNC_MODULES)
        import asyncio

        import httpx

        from footfall.delivery.http_answer import collect, is_short

        body, headers = self._packed(batch)
        client = self._connected_async()
        try:
            async with (
                asyncio.timeout(self._timeout),
                client.stream("POST", self._url, content=body, headers=headers) as reply,
            ):
                raw = bytearray()
                if reply.is_success or is_short(reply):
                    async for chunk in reply.aiter_raw():
                        collect(chunk, raw)
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            failure = self._reader().unreachable(error)
        else:
            return self._reader().answer(reply, bytes(raw), batch)
        raise failure  # as in `send`

    async def close_async(self) -> None:
        import asyncio

        client, self._async_client = self._async_client, None
        if client is not None and self._async_owner == (os.getpid(), asyncio.get_running_loop()):
            await client.aclose()

    def _reader(self) -> AnswerReader:
        from footfall.delivery.acknowledgement import rule_of
        from footfall.delivery.http_answer import AnswerReader

        return AnswerReader(self._url, rule_of(self._acknowledges), self._secrets)

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

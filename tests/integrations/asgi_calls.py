"""ASGI applications called as a server calls them, for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.integrations.browsers import CHROME

from footfall.integrations.options import SiteOptions
from footfall.testing import Recorder

__all__ = ["OPTIONS", "PLAN_FILE", "called", "head", "http_scope", "pages", "start_message"]

PLAN_FILE = Path(__file__).parent / "plan.yaml"
OPTIONS = SiteOptions(cookie_keys=["a key for tests of 16 bytes or more"])
HTML = (b"content-type", b"text/html; charset=utf-8")


def http_scope(path: str = "/", headers: Mapping[str, str] = CHROME, **more: Any) -> dict[str, Any]:
    """The scope of a request by a person's browser."""
    raw = [(name.lower().encode(), value.encode()) for name, value in {"Host": "shop.example", **headers}.items()]
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "https",
        "path": path, "raw_path": path.encode("utf-8", "replace"), "query_string": b"", "root_path": "", "headers": raw,
        "client": ("192.0.2.77", 50_000), "server": ("shop.example", 443), **more,
    }  # fmt: skip


async def called(
    app: Any, scope: dict[str, Any] | None = None, events: Iterable[Mapping[str, Any]] = ({"type": "http.request"},)
) -> list[Any]:
    """The messages that an application sends in answer to a request."""
    sent: list[Any] = []
    waiting = iter(events)

    async def receive() -> Mapping[str, Any]:
        return next(waiting, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        sent.append(message)

    await app(http_scope() if scope is None else scope, receive, send)
    return sent


def start_message(status: int = 200, headers: Any = (HTML,)) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": headers}


def head(messages: list[Any], name: str) -> list[str]:
    """The values of a header in the head of a response."""
    start = next(message for message in messages if message["type"] == "http.response.start")
    return [value.decode("latin-1") for key, value in start["headers"] if key == name.encode()]


def pages(recorder: Recorder) -> list[str]:
    """The names of the page views that were sent, in order."""
    return [message["name"] for message in recorder.messages if message["type"] == "page"]

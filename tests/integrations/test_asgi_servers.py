"""Real ASGI servers: whatever they do with their workers, each request of a page is counted once, for its visitor."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

pytest.importorskip("starlette", reason="starlette is not installed")

from tests.integrations.browsers import CHROME
from tests.integrations.collected import WRITE_KEY, Collected, collecting, free_port, wait_until

from footfall.cli.demo.processes import running

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the servers' workers need a platform that forks"),
]

VISITORS, VISITS = 8, 125

PLAN = """
plan: web
consent: {rule: statistics_exempt, default: full, purposes: {statistics: {description: Who comes}}}
enforcement: {client: {unknown_event: keep}}
"""

WEB = """
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from footfall import {kind}, ClientOptions
from footfall.integrations.starlette import FootfallMiddleware

client = {kind}(options=ClientOptions(linger=5))


{how} order(request):
    client.track("looked", {{"order": request.path_params["order_id"]}})
    return HTMLResponse("<title>Order</title>")


app = Starlette(routes=[
    Route("/orders/{{order_id:int}}", order), Route("/ready", lambda request: PlainTextResponse("yes")),
])
app.add_middleware(FootfallMiddleware, client=client, secure=False)
"""

UVICORN = ("uvicorn", "--port", "{port}", "--log-level", "warning", "--workers", "2", "web:app")
HYPERCORN = ("hypercorn", "--bind", "127.0.0.1:{port}", "--log-level", "warning", "--workers", "2", "web:app")
RECYCLED = (*UVICORN[:-1], "--limit-max-requests", "150", "web:app")


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/ready").status_code == 200
    except httpx.TransportError:
        return False


def visit(address: str) -> None:
    """One visitor looks at their orders; where a worker ends under a request, it is sent again."""
    with httpx.Client(base_url=address, headers=CHROME, timeout=60) as browser:
        for number in range(VISITS):
            for _ in range(50):
                try:
                    browser.get(f"/orders/{number}").raise_for_status()
                    break
                except httpx.TransportError:
                    wait_until(lambda: answers(address))


@contextmanager
def visited(folder: Path, server: tuple[str, ...], kind: str, how: str) -> Iterator[Collected]:
    """What a collector has once all visitors of a server were there, and it was ended."""
    pytest.importorskip(server[0], reason=f"{server[0]} is not installed")
    (folder / "plan.yaml").write_text(PLAN)
    (folder / "web.py").write_text(WEB.format(kind=kind, how=how))
    port = free_port()
    command = ["-m", *(word.format(port=port) for word in server)]
    with collecting(folder) as collected:
        variables = {
            "FOOTFALL_URL": collected.address,
            "FOOTFALL_WRITE_KEY": WRITE_KEY,
            "FOOTFALL_PLAN": str(folder / "plan.yaml"),
            "FOOTFALL_COOKIE_KEYS": "a-key-of-16-bytes-or-more",
            "PYTHONPATH": str(folder),
        }
        with running("the server", command, variables, folder=folder):
            address = f"http://127.0.0.1:{port}"
            wait_until(lambda: answers(address))
            with ThreadPoolExecutor(VISITORS) as visitors:
                [*visitors.map(visit, [address] * VISITORS)]
            # SIGTERM comes while the last of it lingers.
        yield collected


@pytest.mark.parametrize(
    ("server", "kind", "how"),
    [(UVICORN, "AsyncClient", "async def"), (UVICORN, "Client", "def"), (HYPERCORN, "AsyncClient", "def")],
    ids=["uvicorn AsyncClient", "uvicorn Client in threads", "hypercorn AsyncClient in threads"],
)
def test_a_thousand_requests_are_each_counted_once_for_their_visitor(
    server: tuple[str, ...], kind: str, how: str, tmp_path: Path
) -> None:
    with visited(tmp_path, server, kind, how) as collected:
        counts = collected.counted("anonymousId", "type")

    assert Counter(kind for _, kind in counts) == {"page": VISITORS, "track": VISITORS}
    assert set(counts.values()) == {VISITS}


def test_workers_that_are_replaced_lose_nothing_that_was_answered(tmp_path: Path) -> None:
    with visited(tmp_path, RECYCLED, "AsyncClient", "async def") as collected:
        messages = collected.messages()

    answered = {
        (message["anonymousId"], message["properties"]["order"]) for message in messages if message["type"] == "track"
    }
    pages = [message for message in messages if message["type"] == "page"]
    # A request that was sent again may be counted twice; none is missing.
    assert len(answered) == VISITORS * VISITS
    assert len(pages) >= VISITORS * VISITS

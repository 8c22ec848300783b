"""Under servers that fork, thread, patch and recycle, each page is stored once and each other hit has its reason."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.integrations.browsers import CHROME

import footfall
from footfall import storage
from footfall.clock import SystemClock
from footfall.testing.process import CollectorProcess

pytestmark = pytest.mark.slow

PLAN = Path(__file__).parent / "plan.yaml"
CLOCK = SystemClock()

DJANGO = """
import os
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path

settings.configure(
    SECRET_KEY="a key of the tests that is long enough", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__,
    MIDDLEWARE=["footfall.integrations.django.FootfallMiddleware", "django.middleware.common.CommonMiddleware"],
    FOOTFALL={"plan": os.environ["PLAN"], "cookie_keys": ["a key of the tests that is long enough"]},
)

def page(request, number):
    request.footfall.track("product_viewed", {"sku": str(number)})
    return HttpResponse("<title>Page</title>")

urlpatterns = [path("pages/<int:number>", page), path("moved", lambda request: HttpResponseRedirect("/"))]

from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()

def uncounted():
    from footfall.integrations.django.settings import current_site
    return dict(current_site().client.stats().uncounted)
"""

FLASK = """
import os
from flask import Flask, g, redirect
from footfall.integrations.flask import Footfall

application = Flask("site")
Footfall(application, plan=os.environ["PLAN"], cookie_keys=["a key of the tests that is long enough"])

@application.get("/pages/<int:number>")
def page(number):
    g.footfall.track("product_viewed", {"sku": str(number)})
    return "<title>Page</title>"

@application.get("/moved")
def moved():
    return redirect("/")

def uncounted():
    return dict(application.extensions["footfall"].client.stats().uncounted)
"""

# The same under ASGI; no hook tells of a worker's end, so the lifespan writes what it counted.
ASGI = """
import json, os
import web
from django.core.asgi import get_asgi_application
from footfall.integrations.django import with_lifespan

inside = with_lifespan(get_asgi_application())

async def application(scope, receive, send):
    await inside(scope, receive, send)
    if scope["type"] == "lifespan":
        with open(f"{os.environ['COUNTS']}/{os.getpid()}.json", "w") as file:
            json.dump(web.uncounted(), file)
"""

# What each worker counted, when it ends: they share nothing.
CONFIG = """
import json, os, web

def worker_exit(server, worker):
    with open(f"{os.environ['COUNTS']}/{worker.pid}.json", "w") as file:
        json.dump(web.uncounted(), file)
"""

KINDS: Mapping[str, Sequence[str]] = {
    "sync": ("-k", "sync"),
    "gthread": ("-k", "gthread", "--threads", "4"),
    "gevent": ("-k", "gevent"),
}


GUNICORN = (
    "gunicorn",
    "--preload",
    "-w",
    "4",
    "-c",
    "config.py",
    "--max-requests",
    "120",
    "--max-requests-jitter",
    "30",
)
UVICORN = ("uvicorn", "--workers", "2", "--log-level", "warning")


@contextmanager
def serving(folder: Path, app: str, url: str, server: Sequence[str], name: str) -> Iterator[int]:
    """A server with the application `name` of these files; its port."""
    (folder / "web.py").write_text(app)
    (folder / "web_asgi.py").write_text(ASGI)
    (folder / "config.py").write_text(CONFIG)
    (folder / "counts").mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    where = ("-b", f"127.0.0.1:{port}") if server[0] == "gunicorn" else ("--port", str(port))
    variables = {
        "FOOTFALL_URL": url,
        "FOOTFALL_WRITE_KEY": "test-key",
        "PLAN": str(PLAN),
        "COUNTS": str(folder / "counts"),
    }
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *server, *where, name],
            cwd=folder,
            env={**os.environ, **variables},
            stdout=log,
            stderr=log,
        )
        try:
            deadline = CLOCK.monotonic() + 60
            while status_of(port, "/nowhere", {}) != 404:
                assert process.poll() is None, (folder / "log.txt").read_text()
                assert CLOCK.monotonic() < deadline
                CLOCK.sleep(0.05)
            yield port
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
        finally:
            process.kill()
            process.wait()


def status_of(port: int, path: str, headers: Mapping[str, str]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=dict(headers))
        response = connection.getresponse()
        response.read()
    except OSError:
        return 0
    finally:
        connection.close()
    return response.status


def requests(number: int) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Seven of ten are pages; of the others one each is a redirect, a page that is not there, and a prefetch."""
    for count in range(number):
        path = {7: "/moved", 8: "/nowhere"}.get(count % 10, f"/pages/{count}")
        yield path, {**CHROME, "Sec-Purpose": "prefetch"} if count % 10 == 9 else CHROME


def stored(data: Path) -> tuple[Counter[str], int]:
    """How many messages of each type are stored, and by how many visitors."""
    with footfall.open(data) as dataset:
        rows = dataset.sql("select type, count(*), count(distinct message_id) from messages group by type").rows
        [[visitors]] = dataset.sql("select count(distinct anonymous_id) from messages where type = 'page'").rows
    assert all(messages == distinct for _, messages, distinct in rows)
    return Counter({kind: messages for kind, messages, _ in rows}), visitors


def counts(folder: Path) -> Counter[str]:
    """The hits that were no pages, by reason, of all workers that there were."""
    total: Counter[str] = Counter()
    for path in (folder / "counts").iterdir():
        total.update(json.loads(path.read_text()))
    return total


def reported(data: Path) -> Counter[str]:
    """The same, as the collector has counted them."""
    total: Counter[str] = Counter()
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        for count in snapshot.history().uncounted():
            total[count.reason] += count.number
    return total


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("framework", ["django", "flask"])
def test_a_thousand_requests_add_up_over_workers_that_come_and_go(framework: str, kind: str, tmp_path: Path) -> None:
    pytest.importorskip("gunicorn", reason="gunicorn is not installed")
    pytest.importorskip(framework, reason=f"{framework} is not installed")
    if kind == "gevent":
        pytest.importorskip("gevent", reason="gevent is not installed")
    app = {"django": DJANGO, "flask": FLASK}[framework]

    assert_all_is_counted(tmp_path, app, (*GUNICORN, *KINDS[kind]), "web:application")


def test_a_thousand_requests_to_django_under_uvicorn_add_up(tmp_path: Path) -> None:
    pytest.importorskip("django", reason="django is not installed")

    assert_all_is_counted(tmp_path, DJANGO, UVICORN, "web_asgi:application")


def assert_all_is_counted(folder: Path, app: str, server: Sequence[str], name: str) -> None:
    """A thousand requests by eight callers are answered, each page is stored once, each other hit has its reason."""
    with (
        CollectorProcess(folder / "data", plan=PLAN) as collector,
        serving(folder, app, collector.url, server, name) as port,
        ThreadPoolExecutor(8) as callers,
    ):
        statuses = Counter(callers.map(lambda request: status_of(port, *request), requests(1_000)))

    messages, visitors = stored(folder / "data")
    reasons = counts(folder)
    assert statuses == {200: 800, 302: 100, 404: 100}
    assert messages == {"page": 700, "track": 800}
    assert visitors == 700
    assert {reason: reasons[reason] for reason in ("prefetch", "redirect")} == {"prefetch": 100, "redirect": 100}
    assert reasons["not_found"] >= 100  # and those that waited for the server to listen
    assert set(reasons) == {"prefetch", "redirect", "not_found"}
    assert reported(folder / "data") == reasons

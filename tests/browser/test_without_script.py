"""What footfall counts of a real browser whose script is off: cookie, pixel, marks, beats, pings, redirects, hints.

Chromium comes from `apt-get install chromium`; FOOTFALL_CHROMIUM names another.
"""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from tests.web.sites import plan

from footfall import Client
from footfall.integrations.options import SiteOptions
from footfall.integrations.wsgi import HIT, WsgiMiddleware
from footfall.testing import Recorder

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = Path(os.environ.get("FOOTFALL_CHROMIUM", "/usr/bin/chromium"))
if not CHROMIUM.exists():
    pytest.skip(f"there is no {CHROMIUM}: apt-get install chromium", allow_module_level=True)

pytestmark = pytest.mark.slow

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'"


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class _Threads(WSGIServer):
    """A server that a browser's idle connections do not keep busy."""

    def process_request(self, request: Any, client_address: Any) -> None:
        threading.Thread(target=self._answer, args=(request, client_address), daemon=True).start()

    def _answer(self, request: Any, client_address: Any) -> None:
        self.finish_request(request, client_address)
        self.shutdown_request(request)


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A page with all that counts without a script, and a page that it leads to."""
    hit, site = environ[HIT], environ[HIT].site
    hit.route = path = environ["PATH_INFO"]
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Security-Policy", POLICY)])
    if path != "/":
        return [b"<title>There</title>There"]
    home = f"http://{environ['HTTP_HOST']}"
    away = site.links.redirect(f"{home}/there", "link_clicked", {"to": "there"})
    pinged = site.links.ping_of(site.links.redirect(f"{home}/there", "link_pinged"))
    return [
        f"""<!doctype html><title>Home</title>{site.engagement.beats("page_engaged")}
        <img src="{site.links.pixel("page_rendered")}" alt=""><p>{site.engagement.mark("top_seen")}</p>
        <a id="away" href="{away}" ping="{site.links.ping_of(away)}">away</a>
        <a id="same" href="/there" ping="{pinged}">there</a>
                <pre>{"line" + chr(10) * 400}</pre><p id="below">{site.engagement.mark("below_seen")}</p>""".encode()
    ]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def address(recorder: Recorder) -> Iterator[str]:
    client = Client(recorder, plan=plan())
    options = SiteOptions(
        cookie_keys=["a key of the tests"], secure=False, engagement=True, engagement_step=5, client_hints=True
    )
    server = make_server(
        "127.0.0.1", 0, WsgiMiddleware(application, client, options), server_class=_Threads, handler_class=_Quiet
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    client.close(timeout=5)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


def people_agent() -> str:
    """The agent of this Chromium as a person's: without the word that says that nobody is before it."""
    text = subprocess.run([CHROMIUM, "--version"], check=True, capture_output=True, text=True).stdout
    (major,) = re.findall(r"(\d+)\.", text)[:1]
    return f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Safari/537.36"


@pytest.fixture
def context(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(
        java_script_enabled=False, user_agent=people_agent(), viewport={"width": 800, "height": 600}, locale="nb-NO"
    )
    yield context
    context.close()


def events(recorder: Recorder) -> Counter[str]:
    """How many messages of each event, or page, there are: what comes twice counts once, as at a collector."""
    unique = {message["messageId"]: message.get("event") or message["type"] for message in recorder.messages}
    return Counter(unique.values())


def wait(page: Any, recorder: Recorder, event: str, count: int = 1) -> None:
    """Let the browser work until an event has come; the test fails by its own assertion where it never does."""
    for _ in range(200):
        if events(recorder)[event] >= count:
            return
        page.wait_for_timeout(100)


def test_a_visitor_comes_back_with_the_cookie_and_the_pixel_shows_that_the_page_was_rendered(
    address: str, recorder: Recorder, context: Any
) -> None:
    page = context.new_page()
    page.goto(address)
    wait(page, recorder, "page_rendered")
    page.goto(f"{address}/there")
    wait(page, recorder, "page", 2)

    (cookie,) = context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert events(recorder)["page_rendered"] == 1
    assert len({message["anonymousId"] for message in recorder.messages}) == 1
    assert [message["name"] for message in recorder.messages if message["type"] == "page"] == ["/", "/there"]


def test_a_mark_counts_when_it_comes_into_view_and_not_before(address: str, recorder: Recorder, context: Any) -> None:
    page = context.new_page()
    page.goto(address)
    page.goto(address)  # the first had no cookie yet when its pictures were asked for
    wait(page, recorder, "top_seen")
    before = events(recorder)["below_seen"]

    page.locator("#below").scroll_into_view_if_needed()
    wait(page, recorder, "below_seen")

    assert before == 0
    assert events(recorder)["below_seen"] == 1
    assert events(recorder)["top_seen"] >= 1


def test_beats_count_the_seconds_that_a_page_is_open(address: str, recorder: Recorder, context: Any) -> None:
    page = context.new_page()
    page.goto(f"{address}/there")
    page.goto(address)
    wait(page, recorder, "page_engaged", 2)

    beats = [message["properties"] for message in recorder.messages if message.get("event") == "page_engaged"]
    assert beats[:2] == [{"seconds": 5}, {"seconds": 5}]


def test_a_click_that_redirect_and_ping_report_counts_once(address: str, recorder: Recorder, context: Any) -> None:
    page = context.new_page()
    page.goto(address)
    page.locator("#away").click()
    page.wait_for_url(f"{address}/there")
    wait(page, recorder, "page", 2)

    assert events(recorder)["link_clicked"] == 1


def test_a_ping_counts_a_click_that_leads_there_at_once(address: str, recorder: Recorder, context: Any) -> None:
    page = context.new_page()
    page.goto(address)
    page.locator("#same").click()
    wait(page, recorder, "link_pinged")

    assert events(recorder)["link_pinged"] == 1


def test_a_browser_that_says_gpc_gets_no_cookie_and_no_engagement(
    address: str, recorder: Recorder, chromium: Any
) -> None:
    context = chromium.new_context(
        java_script_enabled=False, user_agent=people_agent(), extra_http_headers={"Sec-GPC": "1"}
    )
    page = context.new_page()
    page.goto(address)
    wait(page, recorder, "page_rendered")

    assert context.cookies() == []
    assert not {"page_engaged", "top_seen"} & events(recorder).keys()
    context.close()


def test_hints_that_were_asked_for_come_with_the_second_page(address: str, recorder: Recorder, context: Any) -> None:
    page = context.new_page()
    page.goto(f"{address}/there")
    page.goto(f"{address}/there")
    wait(page, recorder, "page", 2)

    first, second = (message for message in recorder.messages if message["type"] == "page")
    assert "osVersion" not in first["context"]["browser"] or "osVersion" in second["context"]["browser"]
    assert second["context"]["browser"]["name"]

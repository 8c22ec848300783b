"""A real Chromium with script off is a person in all that people do, and says more when it is asked for hints."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from tests.web.sites import plan

from footfall import Client
from footfall.integrations.options import SiteOptions
from footfall.integrations.wsgi import WsgiMiddleware
from footfall.testing import Recorder

CHROMIUM = shutil.which("chromium")
playwright = pytest.importorskip("playwright.sync_api", reason="no playwright")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; Debian has it in the package chromium"),
]
BODY = b"""<!doctype html><title>Shop</title><a id="link" href="/linked">next</a>
<form action="/searched"><button id="search">search</button></form>
<form action="/ordered" method="post"><button id="order">order</button></form><iframe src="/framed"></iframe>"""


class Quiet(WSGIRequestHandler):
    """Handles requests without a line for each."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def shop(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] == "POST":
        start("303 See Other", [("Location", "/thanks")])
        return [b""]
    start("200 OK", [("Content-Type", "text/html"), ("Cache-Control", "no-store")])
    return [BODY]


@contextmanager
def serving(recorder: Recorder, app: Callable[..., Iterable[bytes]] = shop, **options: Any) -> Iterator[str]:
    keys = ["sixteen bytes of key"]
    site = WsgiMiddleware(app, Client(recorder, plan=plan()), SiteOptions(cookie_keys=keys, secure=False, **options))
    with make_server("127.0.0.1", 0, site, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def page_of(**options: Any) -> Iterator[Any]:
    """A page of a Chromium with script off that does not say that a program drives it."""
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        agent = browser.new_context()
        named = agent.new_page().evaluate("navigator.userAgent")
        agent.close()
        context = browser.new_context(
            java_script_enabled=False, user_agent=named.replace("Headless", ""), locale="nb-NO", **options
        )
        yield context.new_page()
        browser.close()


def test_whatever_a_person_does_is_no_bots() -> None:
    recorder = Recorder()
    with serving(recorder) as address, page_of() as page:
        page.goto(address)
        page.click("#link")
        page.click("#search")
        page.click("#order")
        page.reload()
        page.go_back()

    contexts = [message["context"] for message in recorder.messages if message["type"] == "page"]
    assert len(contexts) >= 6
    assert [context["bot"] for context in contexts if "bot" in context] == []
    assert len({message["anonymousId"] for message in recorder.messages}) == 1
    assert {context["browser"]["name"] for context in contexts} <= {"Chromium", "Chrome"}
    assert contexts[0]["origin"] == {"type": "direct"}
    assert {context["origin"]["type"] for context in contexts[1:]} == {"internal"}


def test_a_browser_that_says_that_a_program_drives_it_is_a_bot() -> None:
    recorder = Recorder()
    with serving(recorder) as address, playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        browser.new_page().goto(address)
        browser.close()

    assert recorder.messages
    assert {message["context"]["bot"]["reason"] for message in recorder.messages} == {"headless"}


def test_hints_come_from_the_second_request_on_where_they_are_asked_for() -> None:
    forms: list[tuple[str, str | None]] = []

    def asking(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        forms.append((environ["PATH_INFO"], environ.get("HTTP_SEC_CH_UA_FORM_FACTORS")))
        return shop(environ, start)

    with serving(Recorder(), asking, client_hints=True) as address, page_of() as page:
        page.goto(address)
        page.click("#link")

    answers = dict(forms)
    assert forms[0] == ("/", None)
    assert answers["/linked"] == '"Desktop"'

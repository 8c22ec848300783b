"""Whatever a browser sends, a Flask application answers with footfall as it does without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.integrations.browsers import CHROME

from footfall.testing import Recorder

flask = pytest.importorskip("flask", reason="Flask is not installed")

PLAN = Path(__file__).parent / "plan.yaml"
KEY = "a key of the tests that is long enough"
PATHS = (
    "/",
    "/tagged",
    "/public",
    "/stream",
    "/file",
    "/boom",
    "/moved",
    "/data",
    "/nowhere",
    "/session",
    "/%E2%82%AC",
)
TEXT = st.text(st.characters(min_codepoint=0, max_codepoint=255), max_size=60)
NAMES = st.sampled_from([
    "HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_COOKIE", "HTTP_X_FORWARDED_FOR", "HTTP_ACCEPT_LANGUAGE", "HTTP_DNT",
    "HTTP_SEC_PURPOSE", "HTTP_SEC_GPC", "HTTP_SEC_FETCH_DEST", "REMOTE_ADDR", "HTTP_IF_NONE_MATCH", "HTTP_RANGE",
])  # fmt: skip
METHODS = st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "PUT"])
BROWSER = {f"HTTP_{name.upper().replace('-', '_')}": text for name, text in CHROME.items()}


def application(*, ours: bool) -> Any:
    app = flask.Flask("site")
    app.secret_key = KEY
    if ours:
        from footfall.integrations.flask import Footfall

        Footfall(app, client=Recorder(), plan=PLAN, cookie_keys=[KEY], user=lambda request: flask.session.get("member"))
    app.add_url_rule("/", "home", lambda: "<title>Home</title>")
    app.add_url_rule("/boom", "boom", lambda: 1 / 0)
    app.add_url_rule("/moved", "moved", lambda: flask.redirect("/"))
    app.add_url_rule("/data", "data", lambda: {"a": 1})
    app.add_url_rule("/file", "file", lambda: flask.send_file(PLAN, mimetype="text/html"))

    @app.get("/tagged")
    def tagged() -> Any:
        response = flask.make_response("<title>Tagged</title>")
        response.add_etag()
        return response.make_conditional(flask.request)

    @app.get("/public")
    def public() -> Any:
        return "<title>Public</title>", {"Cache-Control": "public, max-age=60"}

    @app.get("/session")
    def session() -> Any:
        flask.session["member"] = "kari"
        return "<title>Session</title>"

    @app.get("/stream")
    def stream() -> Any:
        def chunks() -> Iterator[str]:
            yield from ("one", "", "two")

        return flask.Response(chunks())

    return app


WITH, WITHOUT = application(ours=True), application(ours=False)


def answer(app: Any, path: str, method: str, meta: dict[str, str]) -> tuple[str, list[tuple[str, str]], list[bytes]]:
    """The whole response as a server gets it, in its parts; our own cookie and what goes with it are left out."""
    environ = app.test_request_context(path, method=method).request.environ
    head: list[Any] = []
    body = app({**environ, **meta}, lambda status, headers, exc_info=None: head.extend((status, headers)))
    parts = list(body)
    if hasattr(body, "close"):
        body.close()
    status, headers = head[-2:]
    headers = [(name, value) for name, value in headers if name != "Date" and not value.startswith("session=")]
    if ours := [value for name, value in headers if name == "Set-Cookie" and value.startswith("ff_id=")]:
        headers = [pair for pair in headers if pair not in (("Set-Cookie", ours[0]), ("Cache-Control", "private"))]
    return status, headers, parts


@given(path=st.sampled_from(PATHS), method=METHODS, meta=st.dictionaries(NAMES, TEXT, max_size=5))
@example(path="/", method="GET", meta={"HTTP_USER_AGENT": "a" * 65_536, "HTTP_COOKIE": "ff_id=" + "1." * 4000})
@example(path="/", method="GET", meta={"QUERY_STRING": "&".join(f"k{number}=v" for number in range(10_000))})
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_response_is_what_it_is_without_footfall(path: str, method: str, meta: dict[str, str]) -> None:
    assert answer(WITH, path, method, meta) == answer(WITHOUT, path, method, meta)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_for_a_browser_is_what_it_is_without_footfall(path: str) -> None:
    assert answer(WITH, path, "GET", BROWSER) == answer(WITHOUT, path, "GET", BROWSER)

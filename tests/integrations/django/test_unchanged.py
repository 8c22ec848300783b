"""Whatever a browser sends, a site answers with footfall as it does without: status, headers, body, parts, tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.integrations.browsers import CHROME

from footfall.testing import Recorder

django = pytest.importorskip("django", reason="Django is not installed")

PATHS = (
    "/", "/orders/7/", "/tracked/", "/who/", "/cart/", "/stream/", "/file/", "/boom/", "/moved/", "/data/", "/cached/",
    "/public/", "/nowhere/", "/orders/7", "/async/", "/broken-user/", "/years/2026/", "/login?next=/", "/%E2%82%AC/",
)  # fmt: skip
TEXT = st.text(st.characters(min_codepoint=0, max_codepoint=255), max_size=60)
NAMES = st.sampled_from([
    "HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_COOKIE", "HTTP_HOST", "HTTP_X_FORWARDED_FOR", "HTTP_ACCEPT_LANGUAGE",
    "HTTP_SEC_PURPOSE", "HTTP_SEC_GPC", "HTTP_SEC_FETCH_DEST", "HTTP_HX_REQUEST", "REMOTE_ADDR", "QUERY_STRING",
    "HTTP_IF_NONE_MATCH", "HTTP_ACCEPT_ENCODING", "HTTP_DNT",
])  # fmt: skip
COOKIES = ("ff_id=1.x; ff_consent=", "ff_id=" + "1." * 4000, "sessionid=nobodys; ff_id", 'ff_id="; a=b', "=; ;;")
METHODS = st.sampled_from(["get", "head", "post", "options", "put", "delete"])


def answer(path: str, method: str, meta: Mapping[str, str], *, ours: bool) -> dict[str, Any]:
    """The whole response as a server would send it; our own cookie and what goes with it are apart."""
    from django.conf import settings
    from django.core.cache import cache
    from django.test import Client, override_settings

    cache.clear()
    client = Client(raise_request_exception=False)
    first = settings.MIDDLEWARE[0] if ours else "tests.integrations.django.chain.without_footfall"
    with override_settings(MIDDLEWARE=[first, *settings.MIDDLEWARE[1:]]):
        response = getattr(client, method)(path, **meta)
        body = b"".join(response) if response.streaming else response.content
    headers = dict(response.items())
    cookies = {name: morsel.OutputString() for name, morsel in response.cookies.items() if name != "sessionid"}
    own = cookies.pop("ff_id", None)
    if own is not None:  # the one thing that goes with our cookie
        assert headers["Cache-Control"].endswith("private")
        headers["Cache-Control"] = headers["Cache-Control"].removesuffix("private").removesuffix(", ")
        headers = {name: value for name, value in headers.items() if value}
    if headers.get("Content-Encoding") == "gzip":  # has random bytes in it, against BREACH
        body, headers["Content-Length"] = b"", ""
    for name in ("Expires", "Last-Modified"):
        headers.pop(name, None)  # of this second
    return {"status": response.status_code, "headers": headers, "cookies": cookies, "body": body}


@given(
    path=st.sampled_from(PATHS),
    method=METHODS,
    meta=st.dictionaries(NAMES, st.one_of(TEXT, st.sampled_from(COOKIES)), max_size=5),
)
@example(path="/", method="get", meta={})
@example(path="/", method="get", meta={f"HTTP_{name.upper().replace('-', '_')}": text for name, text in CHROME.items()})
@example(path="/public/", method="get", meta={"HTTP_USER_AGENT": CHROME["User-Agent"]})
@example(path="/", method="get", meta={"HTTP_USER_AGENT": "a" * 65_536, "HTTP_REFERER": "\x00" * 65_536})
@example(path="/", method="get", meta={"QUERY_STRING": "&".join(f"k{number}=v" for number in range(10_000))})
@example(path="/", method="get", meta={"HTTP_HOST": "evil.example\r\nX: y"})
@example(path="/", method="get", meta={"HTTP_COOKIE": "; ".join(f"c{number}=v" for number in range(3_000))})
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_response_is_what_it_is_without_footfall(
    recorder: Recorder, path: str, method: str, meta: dict[str, str]
) -> None:
    assert answer(path, method, meta, ours=True) == answer(path, method, meta, ours=False)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_for_a_browser_is_what_it_is_without_footfall(path: str, recorder: Recorder) -> None:
    meta = {f"HTTP_{name.upper().replace('-', '_')}": text for name, text in CHROME.items()}

    assert answer(path, "get", meta, ours=True) == answer(path, "get", meta, ours=False)

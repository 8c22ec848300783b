"""What is a page view: each row of the two tables."""

from __future__ import annotations

import pytest

from footfall.web.pages import is_embedded, reason_by_request, reason_by_response
from footfall.web.reasons import REASONS
from footfall.web.request import WebRequest, WebResponse


def request(method: str = "GET", path: str = "/", /, **headers: str) -> WebRequest:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return WebRequest(method=method, scheme="https", host="shop.example", path=path, headers=names)


def response(status: int = 200, /, **headers: str) -> WebResponse:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return WebResponse(status=status, headers={"content-type": "text/html; charset=utf-8", **names})


@pytest.mark.parametrize(
    ("hit", "reason"),
    [
        (request(), None),
        (request("GET", "/", sec_fetch_dest="document", sec_fetch_mode="navigate"), None),
        (request("GET", "/", sec_fetch_dest="iframe"), None),
        (request("HEAD"), "method"),
        (request("POST"), "method"),
        (request("GET", "/static/site.css"), "static"),
        (request("GET", "/robots.TXT"), "static"),
        (request("GET", "/release-1.css/notes"), None),
        (request("GET", "/css"), None),
        (request("GET", "/", sec_purpose="prefetch"), "prefetch"),
        (request("GET", "/", sec_purpose="prefetch;prerender"), "prefetch"),
        (request("GET", "/", purpose="Prefetch"), "prefetch"),
        (request("GET", "/", x_moz="prefetch"), "prefetch"),
        (request("GET", "/", x_purpose="preview"), "prefetch"),
        (request("GET", "/", x_sec_purpose="prefetch"), "prefetch"),
        (request("GET", "/", hx_request="true"), "partial"),
        (request("GET", "/", hx_request="true", hx_boosted="true", sec_fetch_dest="empty"), None),
        (request("GET", "/", turbo_frame="cart", sec_fetch_dest="empty"), "partial"),
        (request("GET", "/", x_turbo_request_id="7", sec_fetch_dest="empty"), None),
        (request("GET", "/", x_up_version="3", x_up_target="body", sec_fetch_dest="empty"), None),
        (request("GET", "/", x_up_version="3", x_up_target=".cart", sec_fetch_dest="empty"), "partial"),
        (request("GET", "/", x_pjax="true"), "partial"),
        (request("GET", "/", x_requested_with="XMLHttpRequest"), "partial"),
        (request("GET", "/", x_requested_with="com.android.browser"), None),
        (request("GET", "/", sec_fetch_dest="empty"), "subresource"),
        (request("GET", "/", sec_fetch_dest="image"), "subresource"),
        (request("GET", "/", sec_fetch_dest="empty", upgrade_insecure_requests="1"), None),
        (request("GET", "/", sec_fetch_dest="empty", service_worker_navigation_preload="true"), None),
    ],
)
def test_a_request_can_become_a_page_view_or_says_why_not(hit: WebRequest, reason: str | None) -> None:
    assert reason_by_request(hit) == reason


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (response(), None),
        (response(201), None),
        (response(304), None),
        (response(200, content_type="application/xhtml+xml"), None),
        (response(200, content_type="TEXT/HTML"), None),
        (response(200, content_type="application/json"), "not_html"),
        (response(200, content_type=""), "not_html"),
        (response(200, content_disposition='attachment; filename="a.html"'), "download"),
        (response(204), "status"),
        (response(206), "status"),
        (response(101), "status"),
        (response(301), "redirect"),
        (response(303), "redirect"),
        (response(404), "not_found"),
        (response(410), "client_error"),
        (response(403), "client_error"),
        (response(500), "server_error"),
    ],
)
def test_a_response_is_a_page_view_or_says_why_not(answer: WebResponse, reason: str | None) -> None:
    assert reason_by_response(request(), answer) == reason


def test_a_304_without_a_type_is_the_page_that_the_browser_asked_for() -> None:
    unchanged = WebResponse(status=304)

    assert reason_by_response(request("GET", "/", accept="text/html,*/*"), unchanged) is None
    assert reason_by_response(request("GET", "/", accept="application/json"), unchanged) == "not_html"


def test_a_page_in_a_frame_is_marked() -> None:
    assert is_embedded(request("GET", "/", sec_fetch_dest="iframe"))
    assert not is_embedded(request("GET", "/", sec_fetch_dest="document"))


def test_each_reason_has_its_sentence() -> None:
    assert {"method", "prefetch", "partial", "subresource", "static", "not_found"} <= REASONS.keys()

"""A line of an access log says what was asked and answered, in each format; any other line is none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.timestamps import format_us
from footfall.web.access_log import FORMATS, LoggedHit

COMBINED = (
    '203.0.113.7 - kari [29/Nov/2026:14:00:01 +0100] "GET /orders/7?utm_source=news HTTP/1.1" 200 512'
    ' "https://www.example.org/a" "Mozilla/5.0 (X11)"'
)
CADDY: dict[str, Any] = {
    "level": "info",
    "ts": 1764421201.5,
    "msg": "handled request",
    "request": {
        "remote_ip": "10.0.0.1",
        "client_ip": "203.0.113.7",
        "method": "GET",
        "host": "shop.example",
        "uri": "/caf%C3%A9?q=1",
        "headers": {"User-Agent": ["Mozilla/5.0"], "Accept": ["text/html"], "Sec-Fetch-Dest": ["document"]},
        "tls": {"proto": "h2"},
    },
    "duration": 0.01,
    "status": 200,
    "resp_headers": {"Content-Type": ["text/html; charset=utf-8"]},
}
NGINX = {
    "time_iso8601": "2026-11-29T14:00:01+01:00",
    "remote_addr": "203.0.113.7",
    "request_method": "GET",
    "request_uri": "/a?b=1",
    "status": "304",
    "host": "shop.example",
    "http_referer": "https://www.example.org/",
    "http_user_agent": "Mozilla/5.0",
    "http_accept": "text/html",
    "http_accept_language": "-",
    "sent_http_content_type": "text/html",
}


def read(form: str, line: str) -> LoggedHit:
    hit = FORMATS[form].read(line)
    assert hit is not None
    return hit


def test_a_combined_line_says_what_was_asked_and_when() -> None:
    hit = read("combined", COMBINED)

    assert format_us(hit.at_us) == "2026-11-29T13:00:01.000000Z"
    assert (hit.request.method, hit.request.path, hit.request.query) == ("GET", "/orders/7", "utm_source=news")
    assert hit.request.headers == {"referer": "https://www.example.org/a", "user-agent": "Mozilla/5.0 (X11)"}
    assert (hit.request.peer, hit.response.status, hit.has_headers) == ("203.0.113.7", 200, False)


def test_a_common_line_has_neither_referrer_nor_agent() -> None:
    hit = read("combined", COMBINED.partition(' "https')[0])

    assert hit.request.headers == {}


def test_a_host_may_come_before_the_address() -> None:
    assert read("combined", f"shop.example:443 {COMBINED}").request.host == "shop.example:443"


def test_what_a_server_escaped_is_read_as_it_was() -> None:
    line = COMBINED.replace("Mozilla/5.0 (X11)", r"a \"b\" \\ \x22c")

    assert read("combined", line).request.headers["user-agent"] == 'a "b" \\ "c'


def test_a_percent_encoded_path_is_decoded_and_a_query_is_not() -> None:
    hit = read("combined", COMBINED.replace("/orders/7?utm_source=news", "/caf%C3%A9?q=%20"))

    assert (hit.request.path, hit.request.query) == ("/café", "q=%20")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello",
        COMBINED.replace("GET /orders/7?utm_source=news HTTP/1.1", "-"),
        COMBINED.replace("GET /orders/7?utm_source=news HTTP/1.1", r"\x16\x03\x01"),
        COMBINED.replace("Nov", "Nev"),
        COMBINED.replace("29/Nov", "31/Nov"),
        COMBINED.replace(" 200 ", " - "),
        json.dumps(CADDY),
    ],
)
def test_another_line_is_none(line: str) -> None:
    assert FORMATS["combined"].read(line) is None


def test_a_line_of_caddy_has_headers_of_both_sides() -> None:
    hit = read("caddy", json.dumps(CADDY))

    assert hit.at_us == 1_764_421_201_500_000
    assert (hit.request.scheme, hit.request.host, hit.request.path) == ("https", "shop.example", "/café")
    assert hit.request.headers["sec-fetch-dest"] == "document"
    assert hit.response.headers == {"content-type": "text/html; charset=utf-8"}
    assert (hit.request.peer, hit.has_headers) == ("203.0.113.7", True)


def test_caddy_may_write_its_time_as_text() -> None:
    hit = read("caddy", json.dumps({**CADDY, "ts": "2026-11-29T13:00:01Z"}))

    assert format_us(hit.at_us) == "2026-11-29T13:00:01.000000Z"


def test_the_variables_of_nginx_are_headers_by_their_names() -> None:
    hit = read("nginx-json", json.dumps(NGINX))

    assert format_us(hit.at_us) == "2026-11-29T13:00:01.000000Z"
    assert (hit.request.path, hit.request.query, hit.response.status) == ("/a", "b=1", 304)
    assert hit.request.headers["accept"] == "text/html"
    assert "accept-language" not in hit.request.headers  # "-" is nginx's word for none
    assert hit.has_headers


def test_without_headers_in_the_log_none_is_missing() -> None:
    few = {name: value for name, value in NGINX.items() if not name.startswith("http_accept")}

    assert not read("nginx-json", json.dumps(few)).has_headers


@pytest.mark.parametrize("seconds", [1e18, -1e300, 1e308, 253_402_300_800, -62_135_596_801, "1e18", "inf", "nan"])
def test_a_line_of_a_time_that_no_log_can_have_is_none(seconds: float | str) -> None:
    for form, line in (("caddy", CADDY | {"ts": seconds}), ("nginx-json", NGINX | {"msec": seconds})):
        assert FORMATS[form].read(json.dumps(line)) is None


@pytest.mark.parametrize("status", ["9" * 5_000, "0200", "20", "²00", "-20"])
def test_a_line_of_a_status_that_is_none_is_none(status: str) -> None:
    assert FORMATS["nginx-json"].read(json.dumps(NGINX | {"status": status})) is None


@pytest.mark.parametrize("form", ["caddy", "nginx-json"])
@pytest.mark.parametrize("line", ["", "{}", "[]", "null", "{", '{"ts": 1}', '{"status": "x"}', COMBINED])
def test_another_line_of_json_is_none(form: str, line: str) -> None:
    assert FORMATS[form].read(line) is None


@given(st.sampled_from(sorted(FORMATS)), st.text() | st.text().map(lambda text: COMBINED.replace("Mozilla", text)))
@example("caddy", json.dumps({**CADDY, "ts": 1e300}))
@example("nginx-json", json.dumps({**NGINX, "time_iso8601": "9" * 400, "status": "²"}))
@example("combined", COMBINED.replace("200", "٢٠٠"))
def test_no_line_fails(form: str, line: str) -> None:
    hit = FORMATS[form].read(line)

    assert hit is None or hit.request.path is not None

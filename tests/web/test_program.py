"""What the headers of a request say of the program that sent it."""

from __future__ import annotations

import msgspec
import pytest
from tests.web.sites import request

from footfall.web.bots import judge, judged_headers
from footfall.web.program import program_of


def test_a_browser_is_described_with_the_headers_by_which_it_was_judged() -> None:
    program = program_of(request())

    assert program.bot is None
    assert program.browser == {"device": "desktop", "name": "Firefox", "version": "140", "os": "Linux"}
    assert program.http == judged_headers(request().headers, scheme="https")
    assert program.locale == "nb-NO"


def test_a_bot_has_a_verdict_and_no_browser() -> None:
    program = program_of(request(user_agent="curl/8.1"))

    assert program.bot == judge("curl/8.1")
    assert program.browser == {}


def test_requests_with_the_same_headers_share_it() -> None:
    assert program_of(request("/a")) is program_of(request("/b", cookie="theme=dark"))


@pytest.mark.parametrize(
    "headers",
    [{"accept": "a"}, {"sec_fetch_site": "x"}, {"via": "1.1 a"}, {"sec_ch_ua_form_factors": '"Mobile"'}],
    ids=lambda headers: next(iter(headers)),
)
def test_what_it_is_judged_and_described_by_parts_it(headers: dict[str, str]) -> None:
    assert program_of(request(**headers)) is not program_of(request())


def test_of_long_headers_nothing_is_kept() -> None:
    long = request(accept="text/html" * 100)

    assert program_of(long) is not program_of(long)
    assert program_of(long) == program_of(long)


def test_a_request_without_headers_is_a_bots() -> None:
    program = program_of(msgspec.structs.replace(request(), headers={}))

    assert program.bot == judge(None, {"secure": "1"})
    assert program.http == {"secure": "1"}

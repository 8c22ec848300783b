"""Marks and beats count for visitors who are recognised, where the site has switched them on, and for nobody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.web.sites import BROWSER, plan

from footfall import Client
from footfall.errors import UsageError
from footfall.integrations.engagement import Html
from footfall.integrations.options import SiteOptions
from footfall.integrations.own_response import OwnResponse
from footfall.integrations.site import Site
from footfall.testing import ManualClock, Recorder
from footfall.web.request import WebRequest, WebResponse

KEY = "sixteen bytes of key"
PAGE = WebResponse(status=200, headers={"content-type": "text/html"}, route="/")


def make(recorder: Recorder, rule: str = "statistics_exempt", **options: Any) -> Site:
    settings = {"cookie_keys": [KEY], "engagement": True, **options}
    return Site(Client(recorder, plan=plan(rule), clock=ManualClock()), SiteOptions(**settings))


def request(path: str, **headers: str) -> WebRequest:
    names = BROWSER | {name.replace("_", "-"): value for name, value in headers.items()}
    return WebRequest(method="GET", scheme="https", host="shop.example", path=path, headers=names)


def cookie(site: Site) -> str:
    """The cookie of somebody who has been on a page."""
    headers = dict(site.finish(site.begin(request("/")), PAGE))
    return headers["Set-Cookie"].partition(";")[0]


def ask(site: Site, path: str, **headers: str) -> OwnResponse:
    response = site.own_response(site.begin(request(path, **headers)))
    assert response is not None
    return response


def address(text: Html) -> str:
    (path,) = re.findall(r'href="(.*?)"', text)
    return str(path)


def pictures(response: OwnResponse) -> list[str]:
    return re.findall(r"url\((.*?)\)", response.body.decode())


def tracked(recorder: Recorder) -> list[Any]:
    return [(message["event"], message["properties"]) for message in recorder.messages if message["type"] == "track"]


def test_a_mark_that_comes_into_view_counts_its_event_once() -> None:
    recorder = Recorder()
    site = make(recorder)
    visitor = cookie(site)

    style = ask(site, address(site.engagement.mark("prices_seen", {"place": "footer"})), cookie=visitor)
    (picture,) = pictures(style)
    for _ in range(2):
        ask(site, picture, cookie=visitor)

    assert dict(style.headers)["Content-Type"].startswith("text/css")
    assert tracked(recorder) == [("prices_seen", {"place": "footer"})] * 2
    assert len({message["messageId"] for message in recorder.messages if message["type"] == "track"}) == 1


def test_the_class_of_a_marks_element_is_that_of_its_stylesheet() -> None:
    site = make(Recorder())
    visitor = cookie(site)

    text = site.engagement.mark("prices_seen")
    (name,) = re.findall(r'<i class="(.*?)"', text)

    assert f"i.{name}{{" in ask(site, address(text), cookie=visitor).body.decode()


def test_each_beat_adds_its_seconds() -> None:
    recorder = Recorder()
    site = make(recorder, engagement_step=10)
    visitor = cookie(site)

    beats = pictures(ask(site, address(site.engagement.beats("page_engaged", {"page": "offer"})), cookie=visitor))
    for beat in (*beats[:3], beats[2]):
        ask(site, beat, cookie=visitor)

    assert len(beats) == 20
    assert tracked(recorder)[0] == ("page_engaged", {"page": "offer", "seconds": 10})
    assert len({message["messageId"] for message in recorder.messages if message["type"] == "track"}) == 3


@pytest.mark.parametrize("number", ["0", "21", "-1", "x", "", "1e3", "٣", "9" * 5_000, "01", "00019", "0001" * 2_000])
def test_another_beat_than_there_are_does_not_count(number: str) -> None:
    recorder = Recorder()
    site = make(recorder)
    visitor = cookie(site)
    beats = pictures(ask(site, address(site.engagement.beats("page_engaged")), cookie=visitor))

    ask(site, f"{beats[0].rpartition('/')[0]}/{number}", cookie=visitor)

    assert tracked(recorder) == []


@pytest.mark.parametrize("headers", [{"sec_gpc": "1"}, {"sec_gpc": "1, 1"}, {"dnt": "1"}, {"cookie": ""}])
def test_of_who_refuses_or_has_no_cookie_nothing_is_counted(headers: dict[str, str]) -> None:
    recorder = Recorder()
    site = make(recorder, "own_rule", consent=lambda _: {"statistics": True}, honours_gpc=False)
    visitor = cookie(site)
    style = address(site.engagement.mark("prices_seen"))
    (picture,) = pictures(ask(site, style, cookie=visitor))

    empty = ask(site, style, **{"cookie": visitor, **headers})
    ask(site, picture, **{"cookie": visitor, **headers})

    assert empty.body == b""
    assert tracked(recorder) == []
    assert site.client.stats().uncounted["engagement"] == 2


def test_where_it_is_off_there_is_no_html_and_no_picture_counts() -> None:
    recorder = Recorder()
    on, off = make(Recorder()), make(recorder, engagement=False)
    visitor = cookie(off)
    (picture,) = pictures(ask(on, address(on.engagement.mark("prices_seen")), cookie=visitor))

    ask(off, picture, cookie=visitor)

    assert (off.engagement.mark("prices_seen"), off.engagement.beats("page_engaged")) == ("", "")
    assert tracked(recorder) == []


def test_a_forged_picture_counts_as_forged() -> None:
    recorder = Recorder()
    site = make(recorder)

    ask(site, "/footfall/mark/e30.aaaaaaaaaaaaaaaaaaaaaa", cookie=cookie(site))

    assert tracked(recorder) == []
    assert site.client.stats().uncounted["forged_link"] == 1


def test_the_html_is_html_to_templates() -> None:
    text = make(Recorder()).engagement.beats("page_engaged")

    assert text.__html__() is text


@pytest.mark.parametrize("step", [4, 301, 15.0, "15", True])
def test_a_step_that_watches_too_closely_is_refused(step: Any) -> None:
    with pytest.raises(UsageError, match="engagement_step"):
        make(Recorder(), engagement_step=step)

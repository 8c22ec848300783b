"""Templates of Jinja have what counts an event, of the site whose request is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integrations.browsers import CHROME
from tests.web.sites import BROWSER, plan

from footfall import Client, ClientOptions
from footfall.errors import UsageError
from footfall.integrations.hit import Hit
from footfall.integrations.options import SiteOptions
from footfall.integrations.site import Site
from footfall.integrations.templates import TEMPLATE_NAMES, Templates
from footfall.testing import ManualClock, Recorder
from footfall.web.request import WebRequest

jinja2 = pytest.importorskip("jinja2", reason="Jinja is not installed")
PAGE = """{% set away = footfall.link("https://partner.example/?a=b&c=d", "clicked", partner="acme") -%}
<a href="{{ away }}" ping="{{ footfall.ping(away) }}">Acme</a>
{{ footfall.pixel("rendered", page="a&b") }}{{ footfall.stylesheet("engaged") }}{{ footfall.mark("seen", n=1) }}"""


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def client(recorder: Recorder) -> Iterator[Client]:
    with Client(recorder, plan=plan(), clock=ManualClock(), options=ClientOptions(linger=30)) as client:
        yield client


def make(client: Client) -> Site:
    return Site(client, SiteOptions(cookie_keys=["sixteen bytes of key"], engagement=True))


def begin(site: Site, path: str, method: str = "GET") -> Hit:
    return site.begin(WebRequest(method=method, scheme="https", host="shop.example", path=path, headers=BROWSER))


def rendered(text: str, templates: Templates | None = None) -> str:
    environment = jinja2.Environment(autoescape=True)
    environment.globals["footfall"] = templates or Templates()
    return str(environment.from_string(text).render())


def test_what_a_page_shows_counts_its_events(client: Client, recorder: Recorder) -> None:
    site = make(client)
    with begin(site, "/").scope():
        page = rendered(PAGE)

    for method, path in zip(
        ("GET", "POST", "GET"), re.findall('(?:href|ping|src)="(/footfall/[rp].*?)"', page), strict=True
    ):
        assert site.own_response(begin(site, path, method)) is not None
    client.flush(5)
    tracked = [(message["event"], message["properties"]) for message in recorder.messages]
    assert tracked == [("clicked", {"partner": "acme"})] * 2 + [("rendered", {"page": "a&b"})]
    assert page.count('<link rel="stylesheet" href="/footfall/style-') == 2
    assert page.count("<img ") == page.count("<i ") == 1


def test_a_template_without_a_request_needs_a_site(client: Client) -> None:
    site = make(client)
    text = '{{ footfall.pixel("mail_opened") }}'

    with pytest.raises(UsageError, match=re.escape("Templates(lambda: site)")):
        rendered(text)
    assert rendered(text, Templates(lambda: site)).startswith('<img src="/footfall/pixel/')


def test_any_name_may_be_that_of_a_property(client: Client) -> None:
    templates = Templates(lambda: make(client))

    assert templates.link("https://partner.example/", "clicked", target="a", event="b", self="c")
    assert templates.pixel("rendered", event="b")


def test_templates_may_call_all_that_there_is() -> None:
    assert sorted(name for name in vars(Templates) if not name.startswith("_")) == sorted(TEMPLATE_NAMES)


def test_a_page_of_starlette_is_filled_for_its_request(client: Client, tmp_path: Path) -> None:
    pytest.importorskip("starlette", reason="starlette is not installed")
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route
    from starlette.templating import Jinja2Templates
    from starlette.testclient import TestClient

    from footfall.integrations.starlette import FootfallMiddleware

    (tmp_path / "page.html").write_text(PAGE)
    templates = Jinja2Templates(tmp_path)
    templates.env.globals["footfall"] = Templates()

    def in_thread(request: Request) -> Response:
        return templates.TemplateResponse(request, "page.html")

    async def in_loop(request: Request) -> Response:
        return templates.TemplateResponse(request, "page.html")

    app = Starlette(routes=[Route("/thread", in_thread), Route("/loop", in_loop)])
    app.add_middleware(FootfallMiddleware, client=client, cookie_keys=["sixteen bytes of key"], prefix="/f")
    with TestClient(app, headers=dict(CHROME)) as browser:
        texts = [browser.get(path).text for path in ("/thread", "/loop")]

    assert [text.count('"/f/redirect/') for text in texts] == [1, 1]
    assert texts[0] != texts[1]

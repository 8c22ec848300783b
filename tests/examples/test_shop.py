"""The example shop works as a shop, and footfall knows afterwards who did what in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from tests.integrations.browsers import CHROME

from footfall.cli.demo.processes import Child, running

Commands = Callable[[str], list[list[str]]]
Run = Callable[[list[str]], str]
Start = Callable[[list[str]], Child]
WITHIN = 60.0  # seconds that a process may take to start on a busy machine
ROOT = Path(__file__).parents[2]
PLAN = ROOT / "tracking_plans" / "shop_and_gateway"


class Opened:
    """The shop and its collector, running as the README says, and what can be read from them."""

    def __init__(self, commands: Commands, run: Run, start: Start) -> None:
        serve, shop, self._report, self._quarantine = commands("shop")
        self._run = run
        self._collector = start([word.replace("8191", "0") for word in serve])
        to = self._collector.address(WITHIN)
        self._shop = start([word.replace("http://127.0.0.1:8191", to).replace("8192", "0") for word in shop])
        self.address = self._shop.address(WITHIN)

    def browser(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, follow_redirects=True, headers=CHROME)

    def close(self) -> None:
        """Close the shop, which delivers what it still holds."""
        self._shop.stop()

    def report(self) -> dict[str, Any]:
        printed = self._run([*self._report, "--format", "json"])
        return dict(json.loads(printed, parse_float=Decimal))

    def quarantine(self) -> str:
        return self._run(self._quarantine)


@pytest.fixture
def shop(commands: Commands, run: Run, start: Start) -> Opened:
    return Opened(commands, run, start)


def buy(browser: httpx.Client, card: str) -> tuple[dict[str, str], httpx.Response]:
    cart = re.search(r'name="cart_id" value="([^"]+)"', browser.get("/checkout").text)
    assert cart is not None
    form = {"cart_id": cart[1], "email": "kari@mail.example", "country": "NO", "coupon": "welcome10", "card": card}
    return form, browser.post("/checkout", data=form)


def test_a_visitor_who_signs_in_late_is_one_person_from_the_first_page_to_the_order(shop: Opened) -> None:
    with shop.browser() as browser:
        browser.get("/")
        browser.get("/products/GW-200", params={"position": "0"})
        browser.post("/cart", data={"sku": "GW-200", "quantity": "2"})
        browser.post("/sign-in", data={"email": "kari@mail.example", "name": "Kari & <b>"})
        declined = buy(browser, "0002")[1]
        form, paid = buy(browser, "4242")
        pressed_twice = browser.post("/checkout", data=form)
        browser.post("/feedback", data={"score": "9", "comment": "Warm."})
        browser.post("/sign-out")
    shop.close()
    report = shop.report()
    kpis = {kpi["name"]: kpi["value"] for kpi in report["kpis"]}
    steps = {journey["name"]: [step["actors"] for step in journey["steps"]] for journey in report["journeys"]}

    assert "Your bank declined the payment" in declined.text
    assert 'value="kari@mail.example"' in declined.text
    assert "Kari &amp; &lt;b&gt;</a>" in declined.text
    assert paid.url == pressed_twice.url
    assert "NOK\N{NO-BREAK SPACE}2\N{NO-BREAK SPACE}682.00" in paid.text
    assert report["data"]["persons"] == 1
    assert kpis["orders"] == 1
    assert kpis["revenue"] == Decimal("2682.00")
    assert kpis["sign_ups"] == 1
    assert kpis["promoter_share"] == 1
    assert kpis["payment_failure_rate"] == 1
    assert steps["purchase"] == [1, 1, 1, 1]
    assert steps["become_customer"] == [1, 1, 1]


def test_the_summer_page_works_and_both_of_its_mistakes_are_quarantined(shop: Opened) -> None:
    with shop.browser() as browser:
        page = browser.get("/summer")
    shop.close()
    aside = shop.quarantine()

    assert page.status_code == 200
    assert "summer_banner_seen" in aside
    assert "unknown_event" in aside
    assert "product_viewed" in aside
    assert "price" in aside


def test_two_people_at_one_tablet_stay_two_people(shop: Opened) -> None:
    with shop.browser() as tablet:
        for email in ("ola@mail.example", "liv@mail.example"):
            tablet.post("/sign-in", data={"email": email})
            tablet.get("/products/SENSOR-T1")
            tablet.post("/sign-out")
    shop.close()
    report = shop.report()
    kpis = {kpi["name"]: kpi["value"] for kpi in report["kpis"]}

    assert kpis["sign_ups"] == 2
    assert kpis["shoppers"] == 2


@pytest.fixture(scope="module")
def lonely() -> Iterator[str]:
    """The address of a shop whose collector is away."""
    main = ROOT / "examples" / "shop" / "main.py"
    arguments = [str(main), "--port", "0", "--collector", "http://127.0.0.1:1", "--plan", str(PLAN)]
    with running("the shop", arguments, {"FOOTFALL_WRITE_KEY": "shop-key"}) as shop:
        yield shop.address(WITHIN)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/products/ACC-LTE", 200), ("/cart", 200), ("/sign-in", 200), ("/feedback", 200), ("/summer", 200),
     ("/products/nothing", 404), ("/orders/FH-000000", 404)],
)  # fmt: skip
def test_every_page_comes_without_a_script_and_with_a_first_party_cookie_also_when_the_collector_is_away(
    lonely: str, path: str, status: int
) -> None:
    answer = httpx.get(lonely + path, headers=CHROME)

    assert answer.status_code == status
    assert "<script" not in answer.text
    cookies = [cookie for cookie in answer.headers.get_list("set-cookie") if cookie.startswith("ff_id=")]
    assert [("HttpOnly; SameSite=Lax" in cookie) for cookie in cookies] == [True] * (status == 200)


def test_who_refuses_gets_no_cookie_and_may_shop_all_the_same(lonely: str) -> None:
    with httpx.Client(base_url=lonely, headers={**CHROME, "Sec-GPC": "1"}, follow_redirects=True) as browser:
        browser.post("/cart", data={"sku": "GW-100", "quantity": "1"})
        paid = buy(browser, "4242")[1]

        assert "FH-" in paid.text
        assert [*browser.cookies] == ["session"]


def test_the_style_and_the_pictures_come_without_a_cookie(lonely: str) -> None:
    style, pictures = httpx.get(f"{lonely}/static/style.css"), httpx.get(f"{lonely}/static/pictures.svg")

    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert ElementTree.fromstring(pictures.text).tag.endswith("svg")
    assert "set-cookie" not in {**style.headers, **pictures.headers}


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/cart", {"sku": "nothing", "quantity": "1"}),
        ("/cart", {"sku": "GW-200", "quantity": "many"}),
        ("/cart", {"sku": "GW-200", "quantity": "100"}),
        ("/cart", {}),
        ("/checkout", {"cart_id": "of somebody else", "card": "4242"}),
        ("/sign-in", {"email": "no address"}),
        ("/feedback", {"score": "11"}),
        ("/feedback", {"score": "good", "comment": "<script>"}),
    ],
)
def test_a_form_that_makes_no_sense_breaks_nothing_and_buys_nothing(
    lonely: str, path: str, form: dict[str, str]
) -> None:
    answer = httpx.post(lonely + path, data=form, follow_redirects=True)

    assert answer.status_code == 200
    assert 'class="count"' not in answer.text


def test_what_a_visitor_types_is_text_on_the_page_and_never_markup(lonely: str) -> None:
    with httpx.Client(base_url=lonely, follow_redirects=True) as browser:
        page = browser.post("/sign-in", data={"email": "x@mail.example", "name": "<script>alert(1)</script>"})

    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text


def test_another_browser_sees_nothing_of_an_order(lonely: str) -> None:
    with httpx.Client(base_url=lonely, follow_redirects=True) as browser:
        browser.post("/cart", data={"sku": "GW-100", "quantity": "1"})
        paid = buy(browser, "4242")[1]
    stranger = httpx.get(str(paid.url))

    assert "FH-" in paid.text
    assert stranger.status_code == 404

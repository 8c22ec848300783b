"""Both small shops work as their README says, and the report knows who bought in them."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx
import pytest
from tests.integrations.browsers import CHROME

import footfall
from footfall.cli.demo.processes import Child
from footfall.clock import SystemClock

Commands = Callable[[str], list[list[str]]]
Run = Callable[[list[str]], str]
Start = Callable[[list[str]], Child]
WITHIN = 60.0  # seconds that a process may take to start on a busy machine
CLOCK = SystemClock()

# What is in the way of one shop and not of the other.
SHOPS: Mapping[str, tuple[str, str]] = {"django": ("8194", "/"), "flask": ("8195", "")}

pytestmark = pytest.mark.slow


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def post(browser: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Press a button of the page: Django's forms have a token that Flask's do without."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/cart").text)
    return browser.post(path, data={**fields, **({} if token is None else {"csrfmiddlewaretoken": token[1]})})


def counts(data: Path) -> dict[str, int]:
    """How many of each message are stored."""
    with footfall.open(data) as dataset:
        rows = dataset.sql("select coalesce(event, type), count(*) from messages group by all").rows
    return dict(rows)


@pytest.mark.parametrize("framework", SHOPS)
def test_a_visitor_of_the_shop_agrees_and_buys(
    framework: str, commands: Commands, run: Run, start: Start, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(framework, reason=f"{framework} is not installed")
    monkeypatch.setenv("DATABASE", str(checkout / "shop.sqlite3"))
    serve, migrate, django, flask, report = commands("web")
    collector = start([word.replace("8193", "0") for word in serve])
    monkeypatch.setenv("FOOTFALL_URL", collector.address(WITHIN))
    port, slash = SHOPS[framework]
    address = f"http://127.0.0.1:{(own := free_port())}"
    if framework == "django":
        run(migrate)
    start([word.replace(port, own) for word in (django if framework == "django" else flask)])
    with httpx.Client(base_url=address, headers=CHROME, follow_redirects=True) as browser:
        wait_until(lambda: answers(browser))
        product = browser.get(f"/products/lamp{slash}")
        nobody = "ff_id" not in browser.cookies
        browser.post("/footfall/consent?statistics=1")
        post(browser, f"/cart{slash}", sku="lamp")
        order = post(browser, f"/orders{slash}")
        missing = browser.get(f"/products/table{slash}")
        link = re.search('href="(/footfall/redirect/[^"]+)"', product.text)
        assert link is not None
        leads_on = browser.get(link[1], follow_redirects=False)
    wait_until(lambda: counts(checkout / "web-data").get("guide_opened") == 1)

    assert nobody
    assert product.headers["Footfall"] == "counted"
    assert "Thank you" in order.text
    assert (leads_on.status_code, leads_on.headers["Location"]) == (303, "https://www.example.org/care")
    assert missing.headers["Footfall"] == "not counted (not_found)"
    assert counts(checkout / "web-data")["product_added"] == 1
    assert re.search(r"revenue +49\.00 EUR", run(report))


def answers(browser: httpx.Client) -> bool:
    try:
        return browser.get("/").status_code == 200
    except httpx.TransportError:
        return False


def wait_until(comes_true: Callable[[], bool]) -> None:
    deadline = CLOCK.monotonic() + WITHIN
    while not comes_true():
        assert CLOCK.monotonic() < deadline
        CLOCK.sleep(0.05)

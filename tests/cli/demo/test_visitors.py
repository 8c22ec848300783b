"""Visitors do what their seed says, and a shop that fails them is named."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from footfall.cli.demo.processes import running
from footfall.cli.demo.run import example_file
from footfall.cli.demo.visitors import Visitor, visit_shop
from footfall.clock import SystemClock
from footfall.errors import UsageError

WITHIN = 60.0  # seconds that the shop may take to open on a busy machine
NOBODY = "http://127.0.0.1:1"


def visited(shop: str, *, visitors: int, seed: int) -> tuple[Counter[str], list[int]]:
    done: list[int] = []
    seen = asyncio.run(
        visit_shop(
            shop,
            visitors=visitors,
            seconds=0.2,
            seed=seed,
            clock=SystemClock(),
            progress=lambda count, _: done.append(count),
        )
    )
    return seen, done


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A shop whose collector is away: the visitors must not notice."""
    plan = str(example_file("tracking_plans/shop_and_gateway"))
    main = str(example_file("examples/shop/main.py"))
    arguments = [main, "--port", "0", "--collector", NOBODY, "--plan", plan]
    with running("the shop", arguments, {"FOOTFALL_WRITE_KEY": "k"}) as child:
        yield child.address(WITHIN)


@pytest.mark.slow
def test_the_same_seed_makes_the_same_visits_and_another_seed_makes_others(shop: str) -> None:
    once, again, other = (visited(shop, visitors=25, seed=seed)[0] for seed in (7, 7, 8))

    assert once == again
    assert once != other
    assert all(once[name] for name in ("pages", "sign-ins", "orders"))


@pytest.mark.slow
def test_progress_is_told_after_every_visit(shop: str) -> None:
    assert visited(shop, visitors=6, seed=1)[1] == [1, 2, 3, 4, 5, 6]


@pytest.mark.slow
def test_a_shop_that_does_not_answer_is_named() -> None:
    with pytest.raises(UsageError, match="the shop failed a visitor"):
        visited(NOBODY, visitors=2, seed=1)


def sites_of(first: str | None) -> list[str | None]:
    """Sec-Fetch-Site of a visitor's requests: two pages, a form and a page loaded in advance."""
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200)

    async def think() -> None:
        pass

    async def walk() -> None:
        async with httpx.AsyncClient(base_url="http://shop", transport=httpx.MockTransport(answer)) as web:
            visitor = Visitor(web, 0, random.Random(0), Counter(), think)
            visitor.fetch_site = first
            await visitor.get("/")
            await visitor.get("/products/GW-200")
            await visitor.post("/cart", sku="GW-200")
            await visitor.get("/cart", {"Sec-Purpose": "prefetch"})

    asyncio.run(walk())
    return [request.headers.get("sec-fetch-site") for request in requests]


@pytest.mark.parametrize("first", ["none", "cross-site"])
def test_only_the_first_request_of_a_visit_comes_from_outside_the_shop(first: str) -> None:
    assert sites_of(first) == [first, "same-origin", "same-origin", "same-origin"]


def test_a_client_without_fetch_metadata_never_sends_a_site() -> None:
    assert sites_of(None) == [None] * 4

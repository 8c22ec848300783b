"""The demo's visitors: HTTP clients that walk the shop's pages as people, a crawler and others do, by seeded dice.

Whatever the network does, the same seed makes the same people do the same things: chance is never shared.
"""

from __future__ import annotations

import asyncio
import random
import re
import ssl
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, NamedTuple

import httpx

from footfall.clock import Clock
from footfall.errors import UsageError

__all__ = ["Visitor", "visit_shop"]

_CART = re.compile(r'name="cart_id" value="([^"]+)"')
_PRODUCTS = ("GW-200", "GW-100", "SENSOR-T1", "SENSOR-H1", "SENSOR-P1", "ACC-MOUNT", "ACC-LTE", "SVC-SETUP")
_NAMES = (
    "Kari", "Ola", "Ingrid", "Sven", "Astrid", "Lars", "Sigrid", "Jonas", "Freja", "Nils",
    "Solveig", "Erik", "Liv", "Anders", "Maja", "Henrik", "Tuva", "Olav", "Saga", "Emil",
)  # fmt: skip
_WORDS = ("Works.", "The damp warning saved the cellar.", "Delivery took a week.", "My house talks to me now.", "")
_BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0",
)
_NAVIGATION = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "nb-NO,nb;q=0.9,en;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Upgrade-Insecure-Requests": "1",
}
_CRAWLER = {
    "User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Accept": "text/html,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",
    "From": "googlebot(at)googlebot.com",
}
_CONCURRENT = 16
_TIMEOUT = 30.0  # seconds that a page may take on a busy machine

Think = Callable[[], Coroutine[Any, Any, None]]
Walk = Callable[["Visitor"], Coroutine[Any, Any, None]]


class Customer(NamedTuple):
    name: str
    email: str


class Visitor:
    """One cookie jar and who sits in front of it. `actions` counts what was done, over all visitors.

    `keeps_cookies` is whether the jar keeps anything from one request to the next. `fetch_site` is the header
    Sec-Fetch-Site of the next request, as a browser sends it: `none` for a typed address, `cross-site` for a link on
    another site, and `same-origin` for every request after the first. None for a client that never sends it.
    """

    keeps_cookies = True
    fetch_site: str | None = "none"

    def __init__(
        self, web: httpx.AsyncClient, number: int, chance: random.Random, actions: Counter[str], think: Think
    ) -> None:
        self._web = web
        self._think = think
        self.number = number
        self.chance = chance
        self.actions = actions

    def person(self, number: int) -> Customer:
        name = _NAMES[number % len(_NAMES)]
        return Customer(name, f"{name.lower()}.{number}@mail.example")

    async def get(self, path: str, headers: Mapping[str, str] | None = None, /, **query: str | int) -> str:
        await self._think()
        if not self.keeps_cookies:
            self._web.cookies.clear()
        answer = await self._web.get(path, params=query, headers={**self._fetch_metadata(), **(headers or {})})
        answer.raise_for_status()
        self.actions["pages"] += 1
        return answer.text

    async def post(self, path: str, **form: str) -> httpx.Response:
        await self._think()
        answer = await self._web.post(path, data=form, headers=self._fetch_metadata())
        answer.raise_for_status()
        self.actions["pages"] += 1
        return answer

    def _fetch_metadata(self) -> dict[str, str]:
        """The headers that say where the next request comes from."""
        if self.fetch_site is None:
            return {}
        site, self.fetch_site = self.fetch_site, "same-origin"
        return {"Sec-Fetch-Site": site}

    async def look(self, most: int) -> None:
        """Come in by the front page, or by the summer offer, and look at some products."""
        if self.chance.random() < 0.12:
            await self.get("/summer")
        else:
            await self.get("/")
        for _ in range(self.chance.randint(1, most)):
            position = self.chance.randrange(len(_PRODUCTS))
            await self.get(f"/products/{_PRODUCTS[position]}", position=position)

    async def fill_cart(self) -> None:
        for sku in self.chance.sample(_PRODUCTS, self.chance.randint(1, 3)):
            await self.post("/cart", sku=sku, quantity=str(self.chance.choice((1, 1, 1, 2, 3))))

    async def sign_in(self, person: Customer) -> None:
        await self.get("/sign-in")
        form = {"email": person.email, "name": person.name}
        if self.chance.random() < 0.4:
            form["newsletter"] = "yes"
        await self.post("/sign-in", **form)
        self.actions["sign-ins"] += 1

    async def sign_out(self) -> None:
        await self.post("/sign-out")

    async def buy(self, email: str) -> None:
        """Go through the checkout; a card may be declined, and an impatient hand may press the button twice."""
        cart = _CART.search(await self.get("/checkout"))
        if cart is None:
            raise UsageError("the shop's checkout page has no cart in it; is this another shop?")
        form = {
            "cart_id": cart[1],
            "email": email,
            "country": self.chance.choice(("NO", "NO", "NO", "SE", "DK", "DE")),
            "coupon": self.chance.choice(("", "", "", "WELCOME10")),
        }
        while (card := self.chance.choices(("4242", "0002", "0119"), weights=(8, 1, 1))[0]) != "4242":
            await self.post("/checkout", **form, card=card)
            self.actions["declined"] += 1
            if self.chance.random() < 0.3:
                return
        answer = await self.post("/checkout", **form, card=card)
        self.actions["orders"] += 1
        if self.chance.random() < 0.2:
            await self.post("/checkout", **form, card=card)
        if self.chance.random() < 0.5:
            order = answer.url.path.rpartition("/")[2]
            await self.get("/feedback", order=order)
            score = self.chance.choices(range(11), weights=(1, 0, 0, 1, 0, 1, 1, 2, 4, 5, 5))[0]
            await self.post("/feedback", order=order, score=str(score), comment=self.chance.choice(_WORDS))


async def _passes_by(visitor: Visitor) -> None:
    await visitor.look(most=3)


async def _leaves_a_cart(visitor: Visitor) -> None:
    await visitor.look(most=4)
    await visitor.fill_cart()
    await visitor.get("/cart")
    if visitor.chance.random() < 0.4:
        await visitor.get("/checkout")


async def _buys_as_guest(visitor: Visitor) -> None:
    await visitor.look(most=3)
    await visitor.fill_cart()
    await visitor.buy(visitor.person(visitor.number).email)


async def _signs_in_late(visitor: Visitor) -> None:
    person = visitor.person(visitor.number)
    await visitor.look(most=5)
    await visitor.fill_cart()
    await visitor.sign_in(person)
    await visitor.buy(person.email)
    if visitor.chance.random() < 0.5:
        await visitor.sign_out()


async def _comes_back(visitor: Visitor) -> None:
    """A customer on another browser: the account is one that an earlier visitor's number makes too."""
    person = visitor.person(visitor.chance.randrange(visitor.number + 1))
    await visitor.sign_in(person)
    await visitor.look(most=2)
    if visitor.chance.random() < 0.5:
        await visitor.fill_cart()
        await visitor.buy(person.email)


async def _share_a_tablet(visitor: Visitor) -> None:
    """Two people, one cookie jar: each signs in and out, and somebody looks around in between."""
    first, second = visitor.person(2 * visitor.number), visitor.person(2 * visitor.number + 1)
    await visitor.look(most=2)
    await visitor.sign_in(first)
    await visitor.fill_cart()
    await visitor.buy(first.email)
    await visitor.sign_out()
    await visitor.look(most=2)
    await visitor.sign_in(second)
    await visitor.look(most=2)
    await visitor.sign_out()
    await visitor.look(most=1)


async def _comes_by_newsletter(visitor: Visitor) -> None:
    await visitor.get("/", utm_source="newsletter", utm_medium="email", utm_campaign="autumn")
    await visitor.fill_cart()
    await visitor.buy(visitor.person(visitor.number).email)


async def _comes_by_advertisement(visitor: Visitor) -> None:
    """Somebody clicks an advertisement, and may buy; one link in ten is misspelt."""
    visitor.fetch_site = "cross-site"
    name = "warm_winter" if visitor.number % 10 else "warm_witner"
    await visitor.get("/", utm_source="google", utm_medium="cpc", utm_campaign=name)
    await visitor.look(most=2)
    if visitor.chance.random() < 0.5:
        await visitor.fill_cart()
        await visitor.buy(visitor.person(visitor.number).email)


async def _crawls(visitor: Visitor) -> None:
    """A search engine's crawler reads the whole shop."""
    visitor.fetch_site = None
    await visitor.get("/")
    for sku in _PRODUCTS:
        await visitor.get(f"/products/{sku}")


async def _refuses(visitor: Visitor) -> None:
    """Whoever sends Global Privacy Control shops as everybody does, and is not recognised."""
    await visitor.look(most=3)
    await visitor.fill_cart()
    await visitor.get("/cart")


async def _keeps_no_cookies(visitor: Visitor) -> None:
    visitor.keeps_cookies = False
    await visitor.look(most=3)


async def _loads_in_advance(visitor: Visitor) -> None:
    """A browser loads a page that its user never opens."""
    await visitor.look(most=1)
    await visitor.get("/cart", {"Sec-Purpose": "prefetch"})


async def _works_here(visitor: Visitor) -> None:
    """One of the shop's own people looks whether all is well."""
    await visitor.sign_in(Customer("Fredrik", "fredrik@fjordhome.example"))
    await visitor.look(most=3)


_HEADERS: Mapping[Walk, Mapping[str, str]] = {_crawls: _CRAWLER, _refuses: {**_NAVIGATION, "Sec-GPC": "1"}}
_WALKS: tuple[tuple[int, Walk], ...] = (  # of a hundred visitors
    (28, _passes_by),
    (4, _comes_by_newsletter),
    (4, _comes_by_advertisement),
    (3, _crawls),
    (3, _refuses),
    (2, _keeps_no_cookies),
    (1, _loads_in_advance),
    (1, _works_here),
    (22, _leaves_a_cart),
    (8, _buys_as_guest),
    (13, _signs_in_late),
    (6, _comes_back),
    (5, _share_a_tablet),
)
# The first visitors show what the demo is about, whatever the dice say.
_FIRST = (
    _signs_in_late, _share_a_tablet, _passes_by, _buys_as_guest, _comes_by_newsletter, _crawls, _refuses,
    _keeps_no_cookies, _loads_in_advance, _works_here, _comes_by_advertisement,
)  # fmt: skip


async def visit_shop(
    shop: str,
    *,
    visitors: int,
    seconds: float,
    seed: int,
    clock: Clock,
    progress: Callable[[int, Counter[str]], None],
) -> Counter[str]:
    """Send `visitors` cookie jars through the shop, arriving over `seconds`; what they did, counted.

    `progress` is called after each visit with how many are done. Raises UsageError when the shop fails a visitor.
    """
    actions: Counter[str] = Counter()
    room = asyncio.Semaphore(_CONCURRENT)
    weights, walks = zip(*_WALKS, strict=True)
    certificates = ssl.create_default_context()  # none is needed here, and each client would load them anew
    done = 0

    async def visit(number: int) -> None:
        nonlocal done
        chance = random.Random(f"{seed}:{number}")  # noqa: S311 - a seeded walk, not a secret
        await clock.sleep_async(chance.random() * seconds)

        async def think() -> None:
            await clock.sleep_async(chance.random() * seconds / 60)

        walk = _FIRST[number] if number < len(_FIRST) else chance.choices(walks, weights)[0]
        headers = {"User-Agent": chance.choice(_BROWSERS), **_HEADERS.get(walk, _NAVIGATION)}
        async with (
            room,
            httpx.AsyncClient(
                base_url=shop, headers=headers, follow_redirects=True, timeout=_TIMEOUT, verify=certificates
            ) as web,
        ):
            await walk(Visitor(web, number, chance, actions, think))
        done += 1
        progress(done, actions)

    try:
        async with asyncio.TaskGroup() as group:
            for number in range(visitors):
                group.create_task(visit(number))
    except* httpx.HTTPError as errors:
        raise UsageError(f"the shop failed a visitor: {errors.exceptions[0]}") from errors
    return actions

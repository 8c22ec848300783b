"""The demo's history: some weeks of the same kinds of visitors, made by seeded dice and sent with their own times.

What they do is planted so that the questions have something to answer: customers return on their own weekday, two
campaigns convert differently, products are bought together, fewer people come at the weekend, a failed payment makes
people give up, and the shop has a new release in the last third.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from footfall.client import Client
from footfall.errors import UsageError
from footfall.events import Receipt
from footfall.printable import counted

__all__ = ["LONGEST", "PastMessage", "history_of", "send_history"]

LONGEST = 28  # days; the collector marks as misdated what a live sender says of over 30 days ago
_PRODUCTS = {
    "GW-200": ("gateway", "1490.00"),
    "GW-100": ("gateway", "890.00"),
    "SENSOR-T1": ("sensor", "249.00"),
    "SENSOR-H1": ("sensor", "279.00"),
    "SENSOR-P1": ("sensor", "549.50"),
    "ACC-MOUNT": ("accessory", "179.00"),
    "ACC-LTE": ("accessory", "449.90"),
    "SVC-SETUP": ("service", "990.00"),
}
_BASKETS = (("GW-200", "ACC-MOUNT"), ("SENSOR-T1", "SENSOR-H1"), ("GW-100", "ACC-LTE"), ("SENSOR-P1",), ("SVC-SETUP",))
_DELIVERS_WITHIN = 60.0  # seconds
_BASKET_WEIGHTS = (4, 4, 2, 2, 1)
_SATURDAY = 5
_END_DAYS = 5
_WEEKEND = 0.5  # of the visitors of a working day
_FAILS = 0.25  # of payments
_GIVES_UP = 0.08  # of those whose payment did not fail
_GIVES_UP_AFTER_A_FAILURE = 0.85
_OLD_RELEASE, _NEW_RELEASE = "2.4.0", "2.5.0"
_IDS = UUID("5d0fbc64-3d2e-4f0f-9a39-0c6a5b0f9f11")
_AUTUMN = {
    "campaign": {"name": "autumn", "source": "newsletter", "medium": "email"},
    "origin": {"type": "email", "name": "newsletter"},
}
_WARM_WINTER = {
    "campaign": {"name": "warm_winter", "source": "google", "medium": "cpc"},
    "origin": {"type": "paid_search", "name": "Google"},
}
_DIRECT = {"origin": {"type": "direct"}}
_INTERNAL = {"origin": {"type": "internal"}}
_REFUSED = {"consent": {"categoryPreferences": {"statistics": False}}}
_BOT = {"bot": {"reason": "declared", "list": "1"}}
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class PastMessage(NamedTuple):
    """One message of the past: `values` are its properties or traits, `name` its event or page."""

    type: str
    at: datetime
    name: str = ""
    values: Mapping[str, Any] = _NOTHING
    user_id: str | None = None
    anonymous_id: str | None = None
    context: Mapping[str, Any] = _NOTHING
    is_of_gateway: bool = False


class _Visit:
    """One visit as it goes on: who, where from, and the messages so far."""

    def __init__(
        self,
        dice: random.Random,
        start: datetime,
        release: str,
        *,
        anonymous_id: str | None,
        user_id: str | None = None,
        arrival: Mapping[str, Any] = _DIRECT,
        mark: Mapping[str, Any] = _NOTHING,
    ) -> None:
        self.dice = dice
        self.messages: list[PastMessage] = []
        self.user_id = user_id
        self._anonymous_id = anonymous_id
        self._at = start
        self._arrival = arrival
        self._always = {"app": {"name": "shop", "version": release}, **mark}

    def say(self, kind: str, name: str = "", values: Mapping[str, Any] = _NOTHING) -> None:
        """Add a message, some seconds after the one before."""
        origin = _INTERNAL if self.messages else self._arrival
        context = {**self._always, **origin}
        self.messages.append(PastMessage(kind, self._at, name, values, self.user_id, self._anonymous_id, context))
        self._at += timedelta(seconds=self.dice.randint(5, 90))

    def page(self, path: str) -> None:
        self.say("page", path, {"path": path.partition("{")[0] or "/", "status": 200})

    def look(self, skus: tuple[str, ...]) -> None:
        self.page("/")
        for sku in skus:
            category, price = _PRODUCTS[sku]
            values = {"sku": sku, "category": category, "price": Decimal(price), "currency": "NOK", "position": None}
            self.say("track", "product_viewed", values)

    def sign_up(self, user_id: str) -> None:
        self.user_id = user_id
        traits = {"email": f"{user_id}@mail.example", "name": user_id, "country": "NO"}
        self.say("identify", values=traits)
        self.say("track", "signed_up", {"method": "password"})

    def buy(self, skus: tuple[str, ...]) -> None:
        """Fill a cart, go to the checkout, and pay or give up; who has a failed payment gives up far more often."""
        cart_id = self._new_id()
        order_id = f"FH-{self.dice.randrange(1_000_000):06d}"
        money = {"currency": "NOK", "country": "NO"}
        lines = [{"sku": sku, "price": Decimal(_PRODUCTS[sku][1]), "quantity": 1} for sku in skus]
        for line in lines:
            self.say("track", "cart_item_added", {"cart_id": cart_id, **line, "currency": "NOK"})
        self.page("/cart")
        total = sum((Decimal(_PRODUCTS[sku][1]) for sku in skus), Decimal())
        self.say("track", "checkout_started", {"cart_id": cart_id, "total": total, "items": len(skus), **money})
        fails = self.dice.random() < _FAILS
        if fails:
            self.say("track", "payment_failed", {"order_id": order_id, "reason": "declined", "attempt": 1, **money})
        if self.dice.random() < (_GIVES_UP_AFTER_A_FAILURE if fails else _GIVES_UP):
            return
        order = {"order_id": order_id, "total": total, "payment": "card", "lines": lines, **money}
        self.say("track", "order_completed", order)
        if self.dice.random() < 0.3:
            score = self.dice.choice((3, 7, 8, 9, 9, 10, 10))
            self.say("track", "feedback_given", {"score": score, "survey": "after_order", "order_id": order_id})

    def _new_id(self) -> str:
        return str(UUID(int=self.dice.getrandbits(128), version=4))


def _basket(dice: random.Random) -> tuple[str, ...]:
    return dice.choices(_BASKETS, weights=_BASKET_WEIGHTS)[0]


def _regular(day: _Day, number: int) -> Iterator[_Visit]:
    """A customer who comes on one working day of the week, mostly; many get the second product at the end alone."""
    basket: tuple[str, ...] = _BASKETS[number % len(_BASKETS)]
    is_late = number % 6 > 0 and len(basket) > 1
    if is_late and day.days_left < _END_DAYS:
        comes = number % _END_DAYS == day.days_left
        basket = basket[1:]
    else:
        comes = number % _SATURDAY == day.start.weekday() and day.dice.random() < 0.85
        basket = basket[:1] if is_late else basket
    if not comes:
        return
    user_id = f"cust-h{number:03d}"
    visit = day.visit(f"regular {number}", user_id=None if day.is_first_week else user_id)
    visit.look(basket)
    if day.is_first_week:
        visit.sign_up(user_id)
    if is_late or day.dice.random() < 0.8:
        visit.buy(basket)
    yield visit


def _campaign(day: _Day, number: int, arrival: Mapping[str, Any], converts: float) -> Iterator[_Visit]:
    """Somebody who clicks a link of a campaign once, and may buy."""
    visit = day.visit(f"{arrival['campaign']['name']} {number} {day.number}", arrival=arrival)
    basket = _basket(day.dice)
    visit.look(basket)
    if day.dice.random() < converts:
        visit.buy(basket)
    yield visit


def _newsletter(day: _Day, number: int) -> Iterator[_Visit]:
    return _campaign(day, number, _AUTUMN, 0.45)


def _advertisement(day: _Day, number: int) -> Iterator[_Visit]:
    return _campaign(day, number, _WARM_WINTER, 0.15)


def _passer_by(day: _Day, number: int) -> Iterator[_Visit]:
    visit = day.visit(f"passer-by {number} {day.number}")
    basket = _basket(day.dice)
    visit.look(basket)
    if day.dice.random() < 0.2:
        visit.buy(basket)
    yield visit


def _tablet(day: _Day, number: int) -> Iterator[_Visit]:
    """Two customers on one browser, one after the other."""
    for who in range(2):
        visit = day.visit(f"tablet {number}", user_id=f"cust-t{2 * number + who}", hour=10 + 4 * who)
        visit.look(_basket(day.dice))
        visit.say("track", "signed_out")
        visit.user_id = None
        visit.say("reset")
        yield visit


def _staff(day: _Day, number: int) -> Iterator[_Visit]:
    visit = day.visit(f"staff {number}", user_id="fredrik", mark={"staff": True})
    visit.look(_basket(day.dice))
    yield visit


def _bot(day: _Day, _: int) -> Iterator[_Visit]:
    visit = day.visit(None, mark=_BOT)
    for path in ("/", "/products/{sku}", "/cart"):
        visit.page(path)
    yield visit


def _refuser(day: _Day, _: int) -> Iterator[_Visit]:
    visit = day.visit(None, mark=_REFUSED)
    visit.page("/")
    visit.page("/cart")
    yield visit


_Kind = Callable[["_Day", int], Iterator[_Visit]]
_KINDS: tuple[tuple[_Kind, int], ...] = (  # how many on a working day
    (_newsletter, 5),
    (_advertisement, 6),
    (_passer_by, 10),
    (_tablet, 1),
    (_staff, 1),
    (_bot, 1),
    (_refuser, 2),
)
_REGULARS = 112


class _Day:
    """One day of the history, from midnight UTC."""

    def __init__(self, dice: random.Random, number: int, days: int, midnight: datetime) -> None:
        start = midnight - timedelta(days=days - number)
        self.dice = dice
        self.number = number
        self.start = start
        self.is_first_week = number < 7
        self.is_weekend = start.weekday() >= _SATURDAY
        self.days_left = days - number - 1
        self._release = _NEW_RELEASE if number * 3 >= days * 2 else _OLD_RELEASE

    def visit(
        self,
        browser: str | None,
        *,
        user_id: str | None = None,
        arrival: Mapping[str, Any] = _DIRECT,
        mark: Mapping[str, Any] = _NOTHING,
        hour: int | None = None,
    ) -> _Visit:
        """A visit on this day with the named browser; None for one without an id."""
        hour = self.dice.randint(7, 20) if hour is None else hour
        start = self.start + timedelta(hours=hour, seconds=self.dice.randrange(3600))
        anonymous_id = None if browser is None else str(uuid5(_IDS, browser))
        return _Visit(
            self.dice, start, self._release, anonymous_id=anonymous_id, user_id=user_id, arrival=arrival, mark=mark
        )


def history_of(days: int, *, midnight: datetime, seed: int) -> list[PastMessage]:
    """What happened on the `days` days before `midnight`, which has a time zone; in order of time.

    The same seed and midnight make the same messages.
    """
    messages: list[PastMessage] = []
    for number in range(days):
        dice = random.Random(f"{seed}:history:{number}")  # noqa: S311 - a seeded walk, not a secret
        day = _Day(dice, number, days, midnight)
        share = _WEEKEND if day.is_weekend else 1
        visits = [visit for each in range(_REGULARS) for visit in _regular(day, each)]
        visits += [visit for kind, count in _KINDS for each in range(round(count * share)) for visit in kind(day, each)]
        messages += [message for visit in visits for message in visit.messages]
        messages += _gateways(day)
    return sorted(messages, key=lambda message: message.at)


def _gateways(day: _Day) -> Iterator[PastMessage]:
    """Two gateways: paired on the first day, and a reading at noon of every day."""
    for number in range(2):
        about = {"gateway_id": str(uuid5(_IDS, f"gateway {number}")), "firmware": "1.4.2", "uplink": "wifi"}
        device = {"device": {"id": about["gateway_id"]}}
        at = day.start + timedelta(hours=11, minutes=50)
        if day.number == 0:
            pairing = {**about, "household_id": f"home-h{number}", "duration_ms": day.dice.randint(30_000, 90_000)}
            yield PastMessage("track", at, "gateway_paired", pairing, context=device, is_of_gateway=True)
        at += timedelta(minutes=10)
        value = round(day.dice.uniform(17, 24), 1)
        reading = {**about, "sensor_kind": "temperature", "value": value, "unit": "C", "measured_at": at.isoformat()}
        yield PastMessage("track", at, "reading_reported", reading, context=device, is_of_gateway=True)


_CALLS: Mapping[str, Callable[[Client, PastMessage, dict[str, Any]], Receipt]] = {
    "track": lambda client, past, rest: client.track(past.name, past.values, user_id=past.user_id, **rest),
    "page": lambda client, past, rest: client.page(past.name, past.values, user_id=past.user_id, **rest),
    "identify": lambda client, past, rest: client.identify(past.user_id or "", past.values, **rest),
    "reset": lambda client, _, rest: client.reset(**rest),
}


def send_history(messages: list[PastMessage], *, shop: Client, gateways: Client) -> int:
    """Send them as the shop and the gateways do, each with its own time; how many were delivered.

    Raises UsageError where one was not taken or not delivered.
    """
    for past in messages:
        client = gateways if past.is_of_gateway else shop
        rest = {"anonymous_id": past.anonymous_id, "timestamp": past.at, "context": past.context}
        if not (receipt := _CALLS[past.type](client, past, rest)):
            raise UsageError(f"the client did not take {past.name or past.type}: {receipt.reason}")
    delivered = 0
    for client in (shop, gateways):
        client.close(timeout=_DELIVERS_WITHIN)
        delivered += client.stats().delivered
    if delivered != len(messages):
        raise UsageError(f"{delivered} of {counted(len(messages), 'message')} of the history were delivered")
    return delivered

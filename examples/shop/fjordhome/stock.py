"""What the shop has and does, without the web: products, carts, accounts, payments and orders, kept in memory."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

CURRENCY = "NOK"
SHIPPING = Decimal("59.00")
FREE_SHIPPING_FROM = Decimal("1500.00")
COUPONS = {"WELCOME10": Decimal("0.10")}
COUNTRIES = {"NO": "Norway", "SE": "Sweden", "DK": "Denmark", "DE": "Germany"}

# Numbers that always give the same answer, as payment providers offer for trying a shop out.
CARDS = {
    "4242": ("Card ending in 4242", None),
    "0002": ("Card ending in 0002 (is always declined)", "declined"),
    "0119": ("Card ending in 0119 (the bank never answers)", "timeout"),
}


@dataclass(frozen=True)
class Product:
    sku: str
    name: str
    category: str
    price: Decimal
    line: str
    story: str
    hue: int


PRODUCTS = {
    product.sku: product
    for product in (
        Product("GW-200", "Hub 200", "gateway", Decimal("1490.00"), "The quiet centre of a warm house.",
                "Listens to every sensor in the house and keeps a week of readings when the line is down.", 205),
        Product("GW-100", "Hub 100", "gateway", Decimal("890.00"), "All you need for a flat.",
                "Half the size and a third of the power. Up to eight sensors, on wifi.", 190),
        Product("SENSOR-T1", "Temp T1", "sensor", Decimal("249.00"), "Knows when the window is open.",
                "A tenth of a degree, every minute, for two years on one cell.", 28),
        Product("SENSOR-H1", "Humid H1", "sensor", Decimal("279.00"), "For bathrooms and cellars.",
                "Tells you of damp before the wall does.", 165),
        Product("SENSOR-P1", "Power P1", "sensor", Decimal("549.50"), "Reads the meter for you.",
                "Clips on to the meter's port. See what the kettle costs while it boils.", 45),
        Product("ACC-MOUNT", "Oak mount", "accessory", Decimal("179.00"), "Oiled Norwegian oak.",
                "Holds a hub to the wall, and hides its cable.", 32),
        Product("ACC-LTE", "LTE stick", "accessory", Decimal("449.90"), "When the fibre is cut.",
                "Takes over within ten seconds. Comes with a card for the first year.", 260),
        Product("SVC-SETUP", "Home visit", "service", Decimal("990.00"), "We come and set it up.",
                "An hour with somebody who has done it a hundred times.", 340),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Account:
    """A customer. `user_id` is the shop's own key: it stays the same whatever browser they come from."""

    user_id: str
    email: str
    name: str
    newsletter: bool
    created_at: datetime


@dataclass(frozen=True)
class Order:
    order_id: str
    cart_id: str
    shopper: str
    email: str
    country: str
    coupon: str | None
    discount: Decimal
    shipping: Decimal
    total: Decimal
    first: bool
    lines: tuple[tuple[Product, int], ...]


@dataclass
class Cart:
    cart_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    order_id: str = ""
    attempts: int = 0
    quantities: dict[str, int] = field(default_factory=dict)

    def lines(self) -> tuple[tuple[Product, int], ...]:
        return tuple((PRODUCTS[sku], quantity) for sku, quantity in self.quantities.items())

    def goods(self) -> Decimal:
        return sum((product.price * quantity for product, quantity in self.lines()), Decimal("0.00"))

    def items(self) -> int:
        return sum(self.quantities.values())

    def shipping(self) -> Decimal:
        return Decimal("0.00") if self.goods() >= FREE_SHIPPING_FROM else SHIPPING


class PaymentError(Exception):
    """The payment provider said no; `reason` is its word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Shop:
    """The shop's state. A real one has a database here."""

    def __init__(self, first_order: int) -> None:
        self._next_order = first_order
        self._accounts: dict[str, Account] = {}
        self._carts: dict[str, Cart] = {}
        self.orders: dict[str, Order] = {}

    def cart(self, shopper: str) -> Cart:
        """The cart of a session; one that is not kept for "", who has put nothing into it."""
        return self._carts.setdefault(shopper, Cart()) if shopper else Cart()

    def empty_cart(self, shopper: str) -> None:
        self._carts.pop(shopper, None)

    def sign_in(self, email: str, name: str, newsletter: bool) -> tuple[Account, bool]:
        """The account of an e-mail address, made if there is none, and whether it was made."""
        email = email.strip().lower()
        user_id = f"cust-{hashlib.sha256(email.encode()).hexdigest()[:8]}"
        is_new = user_id not in self._accounts
        if is_new:
            name = name.strip() or email.partition("@")[0].title()
            self._accounts[user_id] = Account(user_id, email, name, newsletter, datetime.now(UTC))
        return self._accounts[user_id], is_new

    def account(self, user_id: str) -> Account | None:
        return self._accounts.get(user_id)

    def order_number(self, cart: Cart) -> str:
        """The number of the order that a cart becomes, given at the first attempt to pay."""
        if not cart.order_id:
            cart.order_id = f"FH-{self._next_order:06d}"
            self._next_order = self._next_order % 999_999 + 1
        return cart.order_id

    def pay(self, cart: Cart, *, shopper: str, card: str, coupon: str, email: str, country: str) -> Order:
        """Take the money and store the order. Raises PaymentError when the provider declines."""
        cart.attempts += 1
        order_id = self.order_number(cart)
        reason = CARDS.get(card, ("", "other"))[1]
        if reason is not None:
            raise PaymentError(reason)
        share = COUPONS.get(coupon.strip().upper())
        discount = (cart.goods() * share).quantize(Decimal("0.01")) if share else Decimal("0.00")
        order = Order(
            order_id=order_id,
            cart_id=cart.cart_id,
            shopper=shopper,
            email=email,
            country=country,
            coupon=coupon.strip().upper() if share else None,
            discount=discount,
            shipping=cart.shipping(),
            total=cart.goods() - discount + cart.shipping(),
            first=all(order.email != email for order in self.orders.values()),
            lines=cart.lines(),
        )
        self.orders[order_id] = order
        return order

"""The shop as an ASGI application: what each page does, and what it tells footfall."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

from fjordhome import pages
from fjordhome.stock import CURRENCY, PRODUCTS, Cart, Order, PaymentError, Shop
from fjordhome.web import Receive, Request, Response, Routes, Scope, Send, read_request, redirect
from footfall import AsyncClient

VISITOR, SESSION = "visitor", "session"  # the two cookies
YEAR = 365 * 24 * 3600  # seconds
FILES = {
    f"/{name}": Response((Path(__file__).parent / name).read_text(encoding="utf-8"), content_type=kind)
    for name, kind in {"style.css": "text/css; charset=utf-8", "pictures.svg": "image/svg+xml"}.items()
}
DECLINED = {
    "declined": "Your bank declined the payment. Try another card.",
    "timeout": "Your bank did not answer. Nothing was taken; try again, or use another card.",
}


class Visit:
    """One request of one browser: the id in its cookie (a new one where there is none), who is signed in, the cart."""

    def __init__(self, shop: Shop, request: Request) -> None:
        self.request = request
        try:
            self.visitor = str(uuid.UUID(request.cookies.get(VISITOR, "")))
            self.new = False
        except ValueError:
            self.visitor = str(uuid.uuid4())
            self.new = True
        self.session = request.cookies.get(SESSION, "")
        self.account = shop.account(self.session)
        self.cart = shop.cart(self.visitor)

    def page(self, title: str, body: str) -> Response:
        return Response(pages.Frame(self.account, self.cart)(title, body))


class App:
    """The shop's ASGI application. Its footfall client is closed, and so flushed, when the server stops."""

    def __init__(self, shop: Shop, footfall: AsyncClient) -> None:
        self._shop = shop
        self._footfall = footfall
        self._routes: Routes[Callable[[Visit], Response]] = Routes(
            {
                "GET /": self.home,
                "GET /products/{sku}": self.product,
                "GET /summer": self.summer,
                "GET /cart": self.show_cart,
                "POST /cart": self.add_to_cart,
                "GET /checkout": self.checkout,
                "POST /checkout": self.pay,
                "GET /orders/{order_id}": self.order_done,
                "GET /sign-in": self.sign_in_form,
                "POST /sign-in": self.sign_in,
                "POST /sign-out": self.sign_out,
                "GET /feedback": self.feedback_form,
                "POST /feedback": self.feedback,
            }
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            response = await self._answer(scope, receive)
            await response.send(send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._footfall.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        if scope["path"] in FILES:
            return FILES[scope["path"]]
        found = self._routes.find(scope["method"], scope["path"])
        if found is None:
            return _not_found()
        handler, parts = found
        request = await read_request(scope, receive, parts)
        if request is None:
            return Response("This form is too large.", 413, "text/plain")
        visit = Visit(self._shop, request)
        # Everything that the handler tracks carries these ids: the handlers themselves never name them.
        user_id = visit.account.user_id if visit.account else None
        with self._footfall.scope(
            anonymous_id=visit.visitor, user_id=user_id, context={"page": {"path": request.path}}
        ):
            response = handler(visit)
        if visit.new:
            response.set_cookie(VISITOR, visit.visitor, YEAR)
        return response

    def home(self, visit: Visit) -> Response:
        self._footfall.page("home")
        return visit.page("Warm homes, read well", pages.home())

    def product(self, visit: Visit) -> Response:
        product = PRODUCTS.get(visit.request.parts["sku"])
        if product is None:
            return _not_found()
        position = visit.request.query.get("position", "")
        self._footfall.track(
            "product_viewed",
            {
                "sku": product.sku,
                "category": product.category,
                "price": product.price,
                "currency": CURRENCY,
                "position": int(position) if position.isascii() and position.isdigit() else None,
            },
        )
        return visit.page(product.name, pages.product_page(product))

    def summer(self, visit: Visit) -> Response:
        """A page with the two mistakes that every tracking plan meets: a price as text, and an event nobody planned."""
        product = PRODUCTS["SENSOR-H1"]
        self._footfall.track("summer_banner_seen", {"banner": "cellar"})
        self._footfall.track(
            "product_viewed", {"sku": product.sku, "price": f"{product.price} kr", "currency": CURRENCY}
        )
        return visit.page("Summer offer", pages.summer(product))

    def show_cart(self, visit: Visit) -> Response:
        self._footfall.page("cart")
        return visit.page("Your cart", pages.cart_page(visit.cart))

    def add_to_cart(self, visit: Visit) -> Response:
        product = PRODUCTS.get(visit.request.form.get("sku", ""))
        asked = visit.request.form.get("quantity", "1")
        if product is None or not (asked.isascii() and asked.isdigit() and 1 <= int(asked) <= 99):
            return redirect("/cart")
        visit.cart.quantities[product.sku] = min(99, visit.cart.quantities.get(product.sku, 0) + int(asked))
        self._footfall.track(
            "cart_item_added",
            {
                "cart_id": visit.cart.cart_id,
                "sku": product.sku,
                "price": product.price,
                "quantity": int(asked),
                "currency": CURRENCY,
            },
        )
        return redirect("/cart")

    def checkout(self, visit: Visit) -> Response:
        if not visit.cart.quantities:
            return redirect("/cart")
        total = visit.cart.goods() + visit.cart.shipping()
        self._footfall.track(
            "checkout_started",
            {"cart_id": visit.cart.cart_id, "total": total, "items": visit.cart.items(), "currency": CURRENCY},
        )
        return visit.page("Checkout", pages.checkout(visit.cart, visit.account.email if visit.account else ""))

    def pay(self, visit: Visit) -> Response:
        form = visit.request.form
        paid = next((order for order in self._shop.orders.values() if order.cart_id == form.get("cart_id")), None)
        if paid is not None:  # the form was sent twice
            self._track_order(paid)
            return redirect(f"/orders/{paid.order_id}")
        if not visit.cart.quantities or visit.cart.cart_id != form.get("cart_id"):
            return redirect("/cart")
        try:
            order = self._shop.pay(
                visit.cart,
                visitor=visit.visitor,
                card=form.get("card", ""),
                coupon=form.get("coupon", ""),
                email=form.get("email", ""),
                country=form.get("country", "NO"),
            )
        except PaymentError as error:
            said = DECLINED.get(error.reason, "The payment failed. Try another card.")
            self._footfall.track(
                "payment_failed",
                {
                    "order_id": visit.cart.order_id,
                    "reason": error.reason,
                    "attempt": visit.cart.attempts,
                    "currency": CURRENCY,
                },
            )
            return visit.page("Checkout", pages.checkout(visit.cart, form.get("email", ""), said))
        self._shop.empty_cart(visit.visitor)
        self._track_order(order)
        return redirect(f"/orders/{order.order_id}")

    def _track_order(self, order: Order) -> None:
        """Tell of an order. Its cart makes the message_id, so an order told twice is kept once."""
        self._footfall.track(
            "order_completed",
            {
                "order_id": order.order_id,
                "total": order.total,
                "shipping": order.shipping,
                "discount": order.discount,
                "coupon": order.coupon,
                "payment": "card",
                "first_order": order.first,
                "country": order.country,
                "currency": CURRENCY,
                "shipping_email": order.email,
                "lines": [
                    {"sku": product.sku, "price": product.price, "quantity": quantity}
                    for product, quantity in order.lines
                ],
            },
            message_id=f"order-{order.cart_id}",
        )

    def order_done(self, visit: Visit) -> Response:
        order = self._shop.orders.get(visit.request.parts["order_id"])
        if order is None or order.visitor != visit.visitor:
            return _not_found()
        self._footfall.page("order done")
        return visit.page("Thank you", pages.order_done(order))

    def sign_in_form(self, visit: Visit) -> Response:
        self._footfall.page("sign in")
        return visit.page("Sign in", pages.sign_in())

    def sign_in(self, visit: Visit) -> Response:
        email, newsletter = visit.request.form.get("email", ""), "newsletter" in visit.request.form
        if "@" not in email:
            return redirect("/sign-in")
        account, session, new = self._shop.sign_in(email, visit.request.form.get("name", ""), newsletter)
        traits = {"email": account.email, "name": account.name, "newsletter": account.newsletter}
        self._footfall.identify(account.user_id, {**traits, "created_at": account.created_at})
        if new:
            properties = {"method": "password", "newsletter": account.newsletter}
            self._footfall.track("signed_up", properties, user_id=account.user_id)
        self._footfall.track("signed_in", {"method": "password"}, user_id=account.user_id)
        response = redirect("/cart" if visit.cart.quantities else "/")
        response.set_cookie(SESSION, session, YEAR)
        return response

    def sign_out(self, visit: Visit) -> Response:
        if visit.account:
            self._footfall.track("signed_out")
            self._footfall.reset(anonymous_id=visit.visitor)
        self._shop.sign_out(visit.session)
        self._shop.empty_cart(visit.visitor)
        response = redirect("/")
        response.set_cookie(SESSION, "", 0)
        return response

    def feedback_form(self, visit: Visit) -> Response:
        self._footfall.page("feedback")
        return visit.page("Feedback", pages.feedback(visit.request.query.get("order", "")))

    def feedback(self, visit: Visit) -> Response:
        score = visit.request.form.get("score", "")
        if score not in map(str, range(11)):
            return redirect("/feedback")
        properties: dict[str, object] = {
            "score": int(score),
            "survey": "after_order",
            "comment": visit.request.form.get("comment", "").strip()[:2000] or None,
        }
        if visit.request.form.get("order", "") in self._shop.orders:
            properties["order_id"] = visit.request.form["order"]
        self._footfall.track("feedback_given", properties)
        return visit.page("Thank you", pages.message("Thank you", "We read every answer."))


def _not_found() -> Response:
    body = pages.message("There is no such page", "What you look for may be in the shop.")
    return Response(pages.Frame(None, Cart())("Not found", body), 404)

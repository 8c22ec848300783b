"""The shop as a Starlette application: its pages, and what it tracks besides them.

Page views, visitors, users and campaigns are the middleware's: no handler names an id.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from fjordhome.stock import CARDS, COUNTRIES, CURRENCY, PRODUCTS, Account, Cart, Order, PaymentError, Shop
from footfall import AsyncClient
from footfall.integrations.starlette import FootfallMiddleware

HERE = Path(__file__).parent
DECLINED = {
    "declined": "Your bank declined the payment. Try another card.",
    "timeout": "Your bank did not answer. Nothing was taken; try again, or use another card.",
}


def account_of(request: Request) -> Account | None:
    account: Account | None = request.app.state.shop.account(request.session.get("user_id", ""))
    return account


def cart_of(request: Request) -> Cart:
    """The cart of this session; an empty one where nothing was put into it."""
    cart: Cart = request.app.state.shop.cart(request.session.get("shopper", ""))
    return cart


def money(amount: Decimal) -> str:
    return f"NOK {amount:,.2f}".translate({ord(" "): "\N{NO-BREAK SPACE}", ord(","): "\N{NO-BREAK SPACE}"})


templates = Jinja2Templates(HERE / "templates")
templates.env.filters["money"] = money


def page(request: Request, template: str, **context: Any) -> Response:
    around = {"account": account_of(request), "cart": cart_of(request)}
    return templates.TemplateResponse(request, template, around | context)


def redirect(path: str) -> Response:
    """Send the browser on with a GET, so that loading the next page again repeats no form."""
    return RedirectResponse(path, 303)


async def form_of(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


async def home(request: Request) -> Response:
    return page(request, "home.html", products=PRODUCTS.values())


async def product(request: Request) -> Response:
    item = PRODUCTS.get(request.path_params["sku"])
    if item is None:
        raise HTTPException(404)
    position = request.query_params.get("position", "")
    request.state.footfall.track(
        "product_viewed",
        {
            "sku": item.sku,
            "category": item.category,
            "price": item.price,
            "currency": CURRENCY,
            "position": int(position) if position.isascii() and position.isdigit() else None,
        },
    )
    return page(request, "product.html", product=item)


async def summer(request: Request) -> Response:
    """A page with the two mistakes that every tracking plan meets: a price as text, and an event nobody planned."""
    item = PRODUCTS["SENSOR-H1"]
    request.state.footfall.track("summer_banner_seen", {"banner": "cellar"})
    request.state.footfall.track("product_viewed", {"sku": item.sku, "price": f"{item.price} kr", "currency": CURRENCY})
    return page(request, "summer.html", product=item)


async def show_cart(request: Request) -> Response:
    return page(request, "cart.html")


async def add_to_cart(request: Request) -> Response:
    form = await form_of(request)
    item = PRODUCTS.get(form.get("sku", ""))
    wanted = form.get("quantity", "1")
    if item is None or not (wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= 99):
        return redirect("/cart")
    request.session.setdefault("shopper", str(uuid.uuid4()))
    cart = cart_of(request)
    cart.quantities[item.sku] = min(99, cart.quantities.get(item.sku, 0) + int(wanted))
    request.state.footfall.track(
        "cart_item_added",
        {
            "cart_id": cart.cart_id,
            "sku": item.sku,
            "price": item.price,
            "quantity": int(wanted),
            "currency": CURRENCY,
        },
    )
    return redirect("/cart")


async def checkout(request: Request) -> Response:
    cart, account = cart_of(request), account_of(request)
    if not cart.quantities:
        return redirect("/cart")
    total = cart.goods() + cart.shipping()
    request.state.footfall.track(
        "checkout_started",
        {"cart_id": cart.cart_id, "total": total, "items": cart.items(), "currency": CURRENCY},
    )
    return checkout_page(request, account.email if account else "")


def checkout_page(request: Request, email: str, problem: str = "") -> Response:
    return page(request, "checkout.html", email=email, problem=problem, countries=COUNTRIES, cards=CARDS)


async def pay(request: Request) -> Response:
    form, cart, shop = await form_of(request), cart_of(request), request.app.state.shop
    paid = next((order for order in shop.orders.values() if order.cart_id == form.get("cart_id")), None)
    if paid is not None:  # the form was sent twice
        track_order(request, paid)
        return redirect(f"/orders/{paid.order_id}")
    if not cart.quantities or cart.cart_id != form.get("cart_id"):
        return redirect("/cart")
    try:
        order = shop.pay(
            cart,
            shopper=request.session["shopper"],
            card=form.get("card", ""),
            coupon=form.get("coupon", ""),
            email=form.get("email", ""),
            country=form.get("country", "NO"),
        )
    except PaymentError as error:
        request.state.footfall.track(
            "payment_failed",
            {"order_id": cart.order_id, "reason": error.reason, "attempt": cart.attempts, "currency": CURRENCY},
        )
        problem = DECLINED.get(error.reason, "The payment failed. Try another card.")
        return checkout_page(request, form.get("email", ""), problem)
    shop.empty_cart(request.session["shopper"])
    track_order(request, order)
    return redirect(f"/orders/{order.order_id}")


def track_order(request: Request, order: Order) -> None:
    """Track an order. Its cart makes the message_id, so an order that is sent twice is kept once."""
    request.state.footfall.track(
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
            "lines": [{"sku": item.sku, "price": item.price, "quantity": quantity} for item, quantity in order.lines],
        },
        message_id=f"order-{order.cart_id}",
    )


async def order_done(request: Request) -> Response:
    order = request.app.state.shop.orders.get(request.path_params["order_id"])
    if order is None or order.shopper != request.session.get("shopper"):
        raise HTTPException(404)
    return page(request, "order.html", order=order)


async def sign_in_form(request: Request) -> Response:
    return page(request, "sign_in.html")


async def sign_in(request: Request) -> Response:
    form, footfall = await form_of(request), request.state.footfall
    if "@" not in form.get("email", ""):
        return redirect("/sign-in")
    account, is_new = request.app.state.shop.sign_in(form["email"], form.get("name", ""), "newsletter" in form)
    request.session["user_id"] = account.user_id
    traits = {"email": account.email, "name": account.name, "newsletter": account.newsletter}
    request.app.state.client.identify(account.user_id, {**traits, "created_at": account.created_at})
    if is_new:
        footfall.track("signed_up", {"method": "password", "newsletter": account.newsletter})
    footfall.track("signed_in", {"method": "password"})
    return redirect("/cart" if cart_of(request).quantities else "/")


async def sign_out(request: Request) -> Response:
    if account_of(request):
        request.state.footfall.track("signed_out")
    request.session.clear()
    return redirect("/")


async def feedback_form(request: Request) -> Response:
    return page(request, "feedback.html", order_id=request.query_params.get("order", ""))


async def feedback(request: Request) -> Response:
    form = await form_of(request)
    if form.get("score", "") not in map(str, range(11)):
        return redirect("/feedback")
    properties: dict[str, object] = {
        "score": int(form["score"]),
        "survey": "after_order",
        "comment": form.get("comment", "").strip()[:2000] or None,
    }
    if form.get("order", "") in request.app.state.shop.orders:
        properties["order_id"] = form["order"]
    request.state.footfall.track("feedback_given", properties)
    return page(request, "message.html", title="Thank you", text="We read every answer.")


async def not_found(request: Request, _error: Exception) -> Response:
    context = {"title": "There is no such page", "text": "What you look for may be in the shop."}
    return templates.TemplateResponse(request, "message.html", context, 404)


ROUTES = [
    Route("/", home),
    Route("/products/{sku}", product),
    Route("/summer", summer),
    Route("/cart", show_cart),
    Route("/cart", add_to_cart, methods=["POST"]),
    Route("/checkout", checkout),
    Route("/checkout", pay, methods=["POST"]),
    Route("/orders/{order_id}", order_done),
    Route("/sign-in", sign_in_form),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
    Route("/feedback", feedback_form),
    Route("/feedback", feedback, methods=["POST"]),
    Mount("/static", StaticFiles(directory=HERE / "static")),
]


def create_app(shop: Shop, client: AsyncClient, keys: Sequence[str]) -> Starlette:
    """The application. `keys` sign its cookies, the newest first; its footfall client is closed when it ends."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await client.aclose()

    app = Starlette(
        routes=ROUTES,
        middleware=[
            Middleware(SessionMiddleware, secret_key=keys[0]),
            Middleware(
                FootfallMiddleware,
                client=client,
                cookie_keys=keys,
                user=lambda connection: connection.session.get("user_id"),
                secure=False,  # the example is open on http://127.0.0.1 alone
            ),
        ],
        exception_handlers={404: not_found},
        lifespan=lifespan,
    )
    app.state.shop, app.state.client = shop, client
    return app

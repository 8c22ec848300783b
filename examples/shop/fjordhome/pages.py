"""The shop's pages as HTML: plain forms and links, one style sheet, no script."""

from __future__ import annotations

from decimal import Decimal
from html import escape
from string import Template

from fjordhome.stock import CARDS, COUNTRIES, PRODUCTS, Account, Cart, Order, Product

_FRAME = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title · Fjordhome</title>
<link rel="stylesheet" href="/static/style.css">
<link rel="icon" href="data:,">
</head>
<body>
<header class="site"><nav class="bar">
<a class="brand" href="/"><svg aria-hidden="true"><use href="/static/pictures.svg#logo"/></svg> Fjordhome</a>
<a href="/summer">Summer offer</a>
$account
<a href="/cart">Cart$count</a>
</nav></header>
<main>
$body
</main>
<footer class="site"><p>An example of footfall: this shop has no JavaScript. It sets a first-party cookie, and counts
its visits on its own server.</p></footer>
</body>
</html>
""")


_HILLS = '<svg class="hills" aria-hidden="true"><use href="/static/pictures.svg#hills"/></svg>'


def picture(product: Product) -> str:
    """A product's drawing, on its own colour."""
    return (
        f'<svg class="picture" style="--hue:{product.hue}" viewBox="0 0 160 120" role="img"'
        f' aria-label="{escape(product.name, quote=True)}"><use href="/static/pictures.svg#{product.sku}"/></svg>'
    )


def money(amount: Decimal) -> str:
    return f"NOK {amount:,.2f}".translate({ord(" "): "\N{NO-BREAK SPACE}", ord(","): "\N{NO-BREAK SPACE}"})


class Frame:
    """What is around every page of one visitor: who is signed in, and how full the cart is."""

    def __init__(self, account: Account | None, cart: Cart) -> None:
        self._account = account
        self._items = cart.items()

    def __call__(self, title: str, body: str) -> str:
        if self._account:
            account = (
                f'<a href="/feedback">{escape(self._account.name)}</a>'
                '<form method="post" action="/sign-out"><button>Sign out</button></form>'
            )
        else:
            account = '<a href="/sign-in">Sign in</a>'
        count = f'<span class="count">{self._items}</span>' if self._items else ""
        return _FRAME.substitute(title=escape(title), account=account, count=count, body=body)


def home() -> str:
    cards = "".join(f"<li>{_card(product, position)}</li>" for position, product in enumerate(PRODUCTS.values()))
    return (
        f'<section class="hero">{_HILLS}<h1>A house that knows<br>when to be warm.</h1>'
        '<p class="lead">Hubs and sensors that read your home, spend nothing they need not, '
        "and keep what they learn with you.</p>"
        '<a class="button" href="/products/GW-200">See the Hub 200</a></section>'
        f'<h2>Everything we make</h2><ul class="grid">{cards}</ul>'
    )


def _card(product: Product, position: int) -> str:
    return (
        f'<a class="card" href="/products/{product.sku}?position={position}">{picture(product)}<div class="text">'
        f"<strong>{escape(product.name)}</strong><span>{escape(product.line)}</span>"
        f'<span class="price">{money(product.price)}</span></div></a>'
    )


def product_page(product: Product) -> str:
    return (
        f'<div class="product">{picture(product)}<div><p class="kind">{product.category}</p>'
        f'<h1>{escape(product.name)}</h1><p class="lead">{escape(product.line)} {escape(product.story)}</p>'
        f'<p class="price">{money(product.price)}</p>'
        f'<form method="post" action="/cart"><input type="hidden" name="sku" value="{product.sku}"><div class="row">'
        '<input class="amount" type="number" name="quantity" value="1" min="1" max="99" aria-label="How many">'
        "<button>Add to cart</button></div></form></div></div>"
    )


def summer(product: Product) -> str:
    return (
        f'<div class="product">{picture(product)}<div><p class="kind">Summer offer</p>'
        "<h1>Damp cellar? Not this year.</h1>"
        f'<p class="lead">The {escape(product.name)} tells you before the wall does. '
        f"{money(product.price)} all summer.</p>"
        f'<a class="button" href="/products/{product.sku}">Have a look</a></div></div>'
    )


def _table(lines: tuple[tuple[Product, int], ...], totals: list[tuple[str, Decimal]]) -> str:
    rows = "".join(
        f"<tr><td>{escape(product.name)}</td><td>{quantity}</td><td>{money(product.price * quantity)}</td></tr>"
        for product, quantity in lines
    )
    rows += "".join(f"<tr><td>{name}</td><td></td><td>{money(amount)}</td></tr>" for name, amount in totals[:-1])
    name, amount = totals[-1]
    rows += f'<tr class="total"><td>{name}</td><td></td><td>{money(amount)}</td></tr>'
    return f"<table><tr><th>Product</th><th>Units</th><th>Price</th></tr>{rows}</table>"


def cart_page(cart: Cart) -> str:
    if not cart.quantities:
        return (
            '<div class="narrow"><h1>Your cart is empty</h1><p class="lead">It will wait for you.</p>'
            '<a class="button" href="/">Look around</a></div>'
        )
    table = _table(cart.lines(), [("Shipping", cart.shipping()), ("To pay", cart.goods() + cart.shipping())])
    return (
        f'<div class="narrow"><h1>Your cart</h1><div class="panel">{table}</div><p></p>'
        '<a class="button" href="/checkout">To the checkout</a> <a class="button quiet" href="/">Look further</a></div>'
    )


def checkout(cart: Cart, email: str, problem: str = "") -> str:
    countries = "".join(f'<option value="{code}">{name}</option>' for code, name in COUNTRIES.items())
    cards = "".join(
        f'<label class="choice"><input type="radio" name="card" value="{number}"'
        f"{' checked' * (number == '4242')}> {label}</label>"
        for number, (label, _) in CARDS.items()
    )
    note = f'<p class="note" role="alert">{escape(problem)}</p>' if problem else ""
    table = _table(cart.lines(), [("Shipping", cart.shipping()), ("To pay", cart.goods() + cart.shipping())])
    return (
        f'<h1>Checkout</h1>{note}<div class="two"><form class="panel" method="post" action="/checkout">'
        f'<input type="hidden" name="cart_id" value="{cart.cart_id}">'
        '<label for="email">Where shall the receipt go?</label>'
        '<input id="email" type="email" name="email" required autocomplete="email"'
        f' value="{escape(email, quote=True)}">'
        f'<label for="country">Ship to</label><select id="country" name="country">{countries}</select>'
        '<label for="coupon">Coupon</label><input id="coupon" name="coupon" placeholder="WELCOME10">'
        f"<fieldset><legend>Pay with</legend>{cards}</fieldset><button>Pay</button></form>"
        f'<div class="panel"><h2>Your order</h2>{table}</div></div>'
    )


def order_done(order: Order) -> str:
    totals = [("Shipping", order.shipping), ("Paid", order.total)]
    if order.coupon:
        totals.insert(0, (f"Coupon {order.coupon}", -order.discount))
    return (
        '<div class="narrow"><p class="note good">Paid. Thank you!</p>'
        f'<h1>Order {order.order_id}</h1><p class="lead">The receipt is on its way to {escape(order.email)}.</p>'
        f'<div class="panel">{_table(order.lines, totals)}</div><p></p>'
        f'<a class="button" href="/feedback?order={order.order_id}">Tell us how it went</a></div>'
    )


def sign_in() -> str:
    return (
        '<div class="narrow"><h1>Sign in</h1><p class="lead">New here? The same form makes your account.</p>'
        '<form class="panel" method="post" action="/sign-in"><label for="email">E-mail</label>'
        '<input id="email" type="email" name="email" required autocomplete="email">'
        '<label for="name">Name</label><input id="name" name="name" autocomplete="name">'
        '<label class="choice"><input type="checkbox" name="newsletter" value="yes"> Send me the newsletter</label>'
        "<p></p><button>Go on</button></form></div>"
    )


def feedback(order_id: str) -> str:
    scores = "".join(
        f'<label><input type="radio" name="score" value="{score}" required>{score}</label>' for score in range(11)
    )
    return (
        '<div class="narrow"><h1>Would you recommend us?</h1><form class="panel" method="post" action="/feedback">'
        f'<input type="hidden" name="order" value="{escape(order_id, quote=True)}">'
        f'<div class="scores">{scores}</div><p class="ends"><span>Never</span><span>Certainly</span></p>'
        '<label for="comment">In your own words</label><textarea id="comment" name="comment" rows="4"></textarea>'
        "<button>Send</button></form></div>"
    )


def message(title: str, text: str) -> str:
    return (
        f'<div class="narrow"><h1>{escape(title)}</h1><p class="lead">{escape(text)}</p>'
        '<a class="button" href="/">Back to the shop</a></div>'
    )

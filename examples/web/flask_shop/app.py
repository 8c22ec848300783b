"""A small shop in Flask: two products, a cart in the session, and an order; page views are counted without a line."""

from __future__ import annotations

import os
import secrets
from decimal import Decimal
from pathlib import Path

from flask import Flask, abort, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from footfall.integrations.flask import Footfall

PRODUCTS = {"lamp": ("Lamp", Decimal("49.00")), "chair": ("Chair", Decimal("129.90"))}
PLAN = Path(__file__).parents[1] / "plan"

app = Flask(__name__)
app.secret_key = os.environ.get("SECRET_KEY", "a shop on this machine needs no secret")
Footfall(
    app,
    collector=os.environ.get("FOOTFALL_URL", "http://127.0.0.1:8193"),
    write_key=os.environ.get("FOOTFALL_WRITE_KEY", "web-key"),
    plan=PLAN,
    cookie_keys=[app.secret_key],
    user=lambda _request: session.get("user"),
)


@app.get("/")
def home() -> str:
    return render_template("home.html", products=PRODUCTS)


@app.get("/products/<sku>")
def product(sku: str) -> str:
    if sku not in PRODUCTS:
        abort(404)
    name, price = PRODUCTS[sku]
    return render_template("product.html", sku=sku, name=name, price=price)


@app.route("/cart", methods=["GET", "POST"])
def cart() -> str:
    skus = session.setdefault("cart", [])
    sku = request.form.get("sku")
    if sku in PRODUCTS:
        session["cart"] = skus = [*skus, sku]
        g.footfall.track("product_added", {"sku": sku})
    total = sum((PRODUCTS[sku][1] for sku in skus), Decimal(0))
    return render_template("cart.html", names=[PRODUCTS[sku][0] for sku in skus], total=total)


@app.post("/orders")
def order() -> str:
    total = sum((PRODUCTS[sku][1] for sku in session.pop("cart", [])), Decimal(0))
    number = secrets.token_hex(4)
    g.footfall.track("order_completed", {"order_id": number, "total": total})
    return render_template("order.html", number=number, total=total)


@app.post("/sign-in")
def sign_in() -> Response:
    session["user"] = request.form["name"]
    return redirect(url_for("home"))


@app.post("/sign-out")
def sign_out() -> Response:
    session.pop("user", None)
    return redirect(url_for("home"))

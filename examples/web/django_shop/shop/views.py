"""Views: two products, a cart in the session, and an order; page views are counted without a line here."""

from __future__ import annotations

import secrets
from decimal import Decimal

from django.contrib.auth import login
from django.contrib.auth.forms import UserCreationForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

PRODUCTS = {"lamp": ("Lamp", Decimal("49.00")), "chair": ("Chair", Decimal("129.90"))}


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html", {"products": PRODUCTS})


def product(request: HttpRequest, sku: str) -> HttpResponse:
    if sku not in PRODUCTS:
        raise Http404(sku)
    name, price = PRODUCTS[sku]
    return render(request, "product.html", {"sku": sku, "name": name, "price": price})


def cart(request: HttpRequest) -> HttpResponse:
    skus = request.session.setdefault("cart", [])
    sku = request.POST.get("sku")
    if sku in PRODUCTS:
        request.session["cart"] = skus = [*skus, sku]
        request.footfall.track("product_added", {"sku": sku})
    total = sum((PRODUCTS[sku][1] for sku in skus), Decimal(0))
    return render(request, "cart.html", {"names": [PRODUCTS[sku][0] for sku in skus], "total": total})


@require_POST
def order(request: HttpRequest) -> HttpResponse:
    skus = request.session.pop("cart", [])
    total = sum((PRODUCTS[sku][1] for sku in skus), Decimal(0))
    number = secrets.token_hex(4)
    request.footfall.track("order_completed", {"order_id": number, "total": total})
    return render(request, "order.html", {"number": number, "total": total})


def join(request: HttpRequest) -> HttpResponse:
    form = UserCreationForm(request.POST or None)
    if form.is_valid():
        login(request, form.save())
        return redirect("home")
    return render(request, "registration/login.html", {"form": form})

"""Urls: the shop's pages, and Django's own for accounts."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from shop import views

urlpatterns = [
    path("", views.home, name="home"),
    path("products/<slug:sku>/", views.product, name="product"),
    path("cart/", views.cart, name="cart"),
    path("orders/", views.order, name="order"),
    path("join/", views.join, name="join"),
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
]

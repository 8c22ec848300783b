"""A site of Django REST framework: who somebody is, is known in the view alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.authentication import TokenAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView


class Orders(APIView):  # type: ignore[misc]
    authentication_classes = (TokenAuthentication,)
    permission_classes = (IsAuthenticated,)

    def get(self, request: Any, number: int) -> Any:
        request.footfall.track("product_viewed", {"sku": "A"})
        if request.query_params.get("html"):
            return HttpResponse("<h1>Order</h1>")
        return Response({"number": number})


urlpatterns = [path("api/orders/<int:number>/", Orders.as_view())]

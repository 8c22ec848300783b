"""A user whom Django REST framework knows by a token, and in the view alone, is the user of the hit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.integrations.browsers import CHROME

from footfall.testing import Recorder

django = pytest.importorskip("django", reason="Django is not installed")
pytest.importorskip("rest_framework", reason="Django REST framework is not installed")


@pytest.fixture
def headers(kari: Any) -> Iterator[dict[str, str]]:
    from django.test import override_settings
    from rest_framework.authtoken.models import Token

    with override_settings(ROOT_URLCONF="tests.integrations.django.rest"):
        yield {**CHROME, "Authorization": f"Token {Token.objects.create(user=kari).key}"}


def test_an_event_of_a_view_has_the_user_of_the_token(headers: dict[str, str], kari: Any, recorder: Recorder) -> None:
    from django.test import Client

    response = Client(headers=headers).get("/api/orders/7/", headers={"Accept": "application/json"})

    assert response.json() == {"number": 7}
    assert [(message["type"], message["userId"]) for message in recorder.messages] == [
        ("track", str(kari.pk)),
        ("identify", str(kari.pk)),
    ]


def test_a_page_of_a_view_has_the_user_of_the_token(headers: dict[str, str], kari: Any, recorder: Recorder) -> None:
    from django.test import Client

    Client(headers=headers).get("/api/orders/7/?html=1")

    [page] = [message for message in recorder.messages if message["type"] == "page"]
    assert (page["name"], page["userId"]) == ("/api/orders/<int:number>/", str(kari.pk))


def test_a_request_without_a_token_is_refused_and_nobodys(headers: dict[str, str], recorder: Recorder) -> None:
    from django.test import Client

    assert Client(headers=CHROME).get("/api/orders/7/", headers={"Accept": "application/json"}).status_code == 401
    assert recorder.messages == []

"""A request knows its cookies by name."""

from __future__ import annotations

from footfall.web.request import WebRequest


def test_the_first_cookie_of_a_name_is_its_value() -> None:
    request = WebRequest(method="GET", scheme="https", host="h", path="/", headers={"cookie": "a=1; b=2; a=3"})

    assert request.cookie("a") == "1"
    assert request.cookie("b") == "2"
    assert request.cookie("c") is None

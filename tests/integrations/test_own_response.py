"""A response of footfall's own is whole."""

from __future__ import annotations

from footfall.integrations.own_response import OwnResponse


def test_a_response_may_have_neither_headers_nor_body() -> None:
    assert (OwnResponse(204).headers, OwnResponse(204).body) == ((), b"")


def test_a_header_is_added_where_the_response_has_none_of_that_name() -> None:
    response = OwnResponse(200, (("Content-Type", "text/css"),), b"p {}")

    assert response.with_header("Footfall", "counted").headers == (
        ("Content-Type", "text/css"),
        ("Footfall", "counted"),
    )
    assert response.with_header("Content-Type", "text/plain") == response

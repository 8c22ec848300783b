"""A response of footfall's own is whole."""

from __future__ import annotations

from footfall.integrations.own_response import OwnResponse


def test_a_response_may_have_neither_headers_nor_body() -> None:
    assert (OwnResponse(204).headers, OwnResponse(204).body) == ((), b"")

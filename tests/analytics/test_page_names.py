"""The name of a page or screen is read out of its body."""

from __future__ import annotations

import pytest

from footfall.analytics.page_names import page_name


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"type":"page","name":"/orders/{id}"}', "/orders/{id}"),
        (b'{"name":"\\u00e5"}', "å"),
        (b'{"type":"page"}', None),
        (b'{"name":null}', None),
        (b'{"name":7}', None),
    ],
)
def test_a_name_is_a_text(body: bytes, name: str | None) -> None:
    assert page_name(body) == name

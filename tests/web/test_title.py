"""The title in the first bytes of a page."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.web.title import title_of


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b"<title>Lamps</title>", "Lamps"),
        (b"<!doctype html><head>\n<title>\n  Lamps &amp;\n  shades </title>", "Lamps & shades"),
        ("<title>Blåbær</title>".encode(), "Blåbær"),
        (b"<title>\xff</title>", "�"),
        (b"<title></title>", None),
        (b"<title>never ends", None),
        (b"", None),
        (b"\x1f\x8b\x08", None),
        (b"<title>&#" + b"9" * 5_000 + b";</title>", None),
        (b" " * 9_000 + b"<title>Too late</title>", None),
    ],
)
def test_the_title_is_what_the_beginning_says(body: bytes, title: str | None) -> None:
    assert title_of(body) == title


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_a_page_may_be_in_another_buffer(kind: Any) -> None:
    assert title_of(kind(b"<title>Lamps</title>")) == "Lamps"


@given(st.binary())
def test_no_bytes_raise(body: bytes) -> None:
    title = title_of(b"<title>" + body + b"</title>")

    assert title is None or title.strip() == title

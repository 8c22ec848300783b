"""The first language of a browser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.web.language import locale_of


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("nb-NO,nb;q=0.9,en;q=0.8", "nb-NO"),
        (" en", "en"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("*", None),
        ("", None),
        ("<script>", None),
        ("e", None),
    ],
)
def test_the_first_language_is_the_locale(header: str, locale: str | None) -> None:
    assert locale_of(header) == locale


@given(st.text())
def test_no_header_raises_or_makes_a_long_locale(header: str) -> None:
    assert len(locale_of(header) or "") <= 3 + 3 * 9

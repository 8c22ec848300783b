"""JSON keeps every digit, and nothing in it steers a terminal."""

from __future__ import annotations

import json
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from footfall.reporting.json import to_json, to_json_line


def test_decimals_are_numbers_with_their_digits() -> None:
    assert b"12345678901234567890.10" in to_json({"value": Decimal("12345678901234567890.10")})


@given(st.text(st.characters(codec="utf-8")))
@example("\x1b[31m\u202e\x7f")
def test_any_text_comes_back_and_steers_no_terminal(text: str) -> None:
    written = to_json([text])

    assert json.loads(written) == [text]
    assert not {"\x1b", "\u202e", "\x7f"} & set(written.decode())
    assert json.loads(to_json_line([text])) == [text]
    assert b"\n" not in to_json_line([text])

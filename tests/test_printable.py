"""Text from outside steers no terminal, whatever is in it."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.printable import counted, printable, printable_lines, tame_json

BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(st.text() | st.text(alphabet=st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
@example("\x1b[2J\x9b31m\u202egnp.exe\r\n\ud800\ufeff")
def test_any_text_becomes_one_line_that_steers_nothing(text: str) -> None:
    shown = printable(text)

    assert all(unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} for character in shown)
    assert not any(unicodedata.bidirectional(character) in BIDI for character in shown)
    assert len(f"{shown}.".splitlines()) == 1
    assert printable(shown) == shown


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.text("\x1b\x7f\x85\x9b\u202e\ufeff\u2028\U000e0041a\\"))
@example("\x7f\x9b\u061c\U000e0001")
def test_json_that_steers_nothing_is_the_same_json(text: str) -> None:
    shown = tame_json(json.dumps({text: [text]}, ensure_ascii=False).encode())

    assert json.loads(shown) == {text: [text]}
    assert printable(shown.decode()) == shown.decode()


@pytest.mark.parametrize("text", ["Łukasz", "パン", "👩‍👩‍👧", "می‌خواهم", "a\u00a0b", r"a\n"])
def test_text_of_any_script_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_the_ends_of_our_lines_stay() -> None:
    assert printable_lines("a\x1b\nb\r\n") == "a\\x1b\nb\\r\n"


def test_one_is_counted_in_the_singular() -> None:
    assert [counted(number, "person") for number in (0, 1, 2000)] == ["0 persons", "1 person", "2,000 persons"]
    assert [counted(number, "property") for number in (1, 2)] == ["1 property", "2 properties"]


def test_nothing_that_is_counted_is_written_by_hand() -> None:
    """`{n} messages` says "1 messages"."""
    by_hand = re.compile(
        r"\{(?:len\([^}]*\)|[\w.]+)(?::,)?\} (?:messages|events|persons|properties|pages|files|findings|faults)\b"
    )
    source = Path(__file__).parents[1] / "src" / "footfall"
    wrong = [
        f"{file.relative_to(source)}:{number}"
        for file in sorted(source.rglob("*.py"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if by_hand.search(line)
    ]

    assert wrong == []

"""Junk ids: the table by examples, and that Python and SQL mean the same by it whatever the letters."""

from __future__ import annotations

import string
import sys

import duckdb
import pytest
from hypothesis import example, find, given, settings
from hypothesis import strategies as st

from footfall.identity.ids import comparable
from footfall.identity.junk import JUNK_IDS, is_junk, junk_sql

TABLE = [junk for ids in JUNK_IDS.values() for junk in ids]

# Letters whose other case is an ASCII letter in Unicode (Kelvin sign, long s, dotted and dotless i), spaces that only
# some languages trim, quotes of many lands, and characters that mean something in a pattern.
ODD = (
    "\u212a\u017f\u0130\u0131\u00a0\u200b\u2007\u3000\ufeff\u180e\x00\x1c\x85\u2028"
    "'\"`\\\u00ab\u201e\u2019[](){}.*+?^$|-\n\r\t "
)


@st.composite
def near_junk(draw: st.DrawFn) -> str:
    """An id from the table, dressed and disfigured a little."""
    text = draw(st.sampled_from(TABLE))
    text = "".join(draw(st.sampled_from((letter, letter.upper()))) for letter in text)
    if draw(st.booleans()):
        text = text.translate(
            draw(st.sampled_from((str.maketrans("kK", "\u212a" * 2), str.maketrans("sS", "\u017f" * 2))))
        )
    if draw(st.booleans()):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(st.sampled_from(ODD + "a0")) + text[place:]
    around = st.text(ODD, max_size=4)
    return draw(around) + text + draw(around)


dressed_junk = st.tuples(st.text(" '\"\n\u00a0", max_size=3), st.sampled_from(TABLE)).map(
    lambda parts: parts[0] + parts[1].upper() + parts[0]
)
ids = st.one_of(
    dressed_junk,
    dressed_junk,
    near_junk(),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.text(ODD, max_size=6),
)


@pytest.mark.parametrize("dress", ["{}", " {} ", '"{}"', "'{}'", '\\"{}\\"', "\u00a0\u201c{}\u201d\n"])
def test_every_id_of_the_table_is_junk_in_any_case_quoted_or_spaced(dress: str) -> None:
    ids = [dress.format(spelled) for junk in TABLE for spelled in (junk, junk.upper(), junk.title())]

    assert [text for text in ids if not is_junk(text)] == []


@pytest.mark.parametrize(
    "usable",
    [
        "ann",
        "19",
        "007",
        "-10",
        "0.5",
        "-1.5",
        "0-0",
        "o'null",
        "nullable",
        "guest-7",
        "\u212a",
        "gue\u017ft",
        "a b",
    ],
)
def test_an_id_that_only_resembles_junk_is_usable(usable: str) -> None:
    assert not is_junk(usable)


@pytest.mark.parametrize("number", ["0", "00", "0000", "-0", "+0", "0.0", "-0.00", "0.", " '0.0' ", "-1.0", "-01"])
def test_zero_and_minus_one_are_junk_however_they_are_written(number: str) -> None:
    assert is_junk(number)


@pytest.mark.parametrize("junk", ["\u00adnull", "\x7fguest\u200b", "un\u212anown", "\u2066nil\u2069"])
def test_an_id_is_judged_as_it_is_compared(junk: str) -> None:
    assert is_junk(junk)


def test_an_id_that_cannot_be_written_as_utf8_is_junk() -> None:
    assert is_junk("ann\ud800")


def test_the_table_is_bare_lower_case_and_names_each_id_once() -> None:
    edges = {one for junk in TABLE for one in (junk[:1], junk[-1:]) if one}

    assert len(TABLE) == len(set(TABLE))
    assert all(junk.isascii() and junk == junk.lower() for junk in TABLE)
    assert edges <= set(string.ascii_lowercase + string.digits + "-<>[](){}")


def test_every_character_that_python_calls_space_is_trimmed() -> None:
    spaces = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()]

    assert all(is_junk(f"{space}null{space}") for space in spaces)


def test_python_and_sql_call_the_same_ids_junk() -> None:
    connection = duckdb.connect()
    condition = junk_sql("id")

    @settings(max_examples=100)
    @given(st.lists(ids, min_size=1, max_size=30))
    @example(
        [
            "un\u212anown",
            "gue\u017ft",
            "\u0130d",
            "\u0131d",
            "\u00a0null\u2009",
            "\x00",
            "null\x00",
            "\n0\r\n",
            "0\n\n",
            "",
        ]
    )
    def agree(several: list[str]) -> None:
        expected = [is_junk(one) for one in several]
        compared = [comparable(id_) for id_ in several]
        rows = connection.execute(f"SELECT {condition} FROM (SELECT unnest($1) AS id)", [compared]).fetchall()

        assert [row[0] for row in rows] == expected

    agree()


@pytest.mark.parametrize("expected", [True, False])
@pytest.mark.slow
def test_the_ids_that_are_drawn_are_junk_and_are_not(expected: bool) -> None:
    assert find(ids, lambda text: is_junk(text) is expected) is not None


def test_null_is_neither_junk_nor_usable_in_sql() -> None:
    assert duckdb.execute(f"SELECT {junk_sql('NULL::VARCHAR')}").fetchall() == [(None,)]


@pytest.mark.parametrize("around", ["'", "\u201c", "\\", "0"])
def test_what_stands_around_an_id_costs_no_square_of_its_length(around: str) -> None:
    # Each end of what is in front, tried with each end of what is behind, would take hours.
    assert not is_junk(around * 1_000_000 + "x" + around * 10)
    assert is_junk(around * 1_000_000 + "guest") is (around != "0")

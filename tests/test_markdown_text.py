"""Text of others is text in Markdown, whatever it would like to be."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.markdown_text import code_span, markdown_table, markdown_text

texts = st.text() | st.text("`|\\*_[](){}<>#~&!$@:/.w -\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>alert(1)</script>", r"\<script\>alert(1)\</script\>"),
        ("[safe](https://evil.example)", r"\[safe\](https:<!-- -->//evil.example)"),
        ("![x](//evil.example/pixel)", r"\!\[x\](//evil.example/pixel)"),
        ("www.evil.example", "www<!-- -->.evil.example"),
        ("ask @everyone, see #12", r"ask @<!-- -->everyone, see \#<!-- -->12"),
        ("mail ann@shop.example or mailto:ann", "mail ann@<!-- -->shop.example or mailto<!-- -->:ann"),
        ("&#64;everyone $x$", r"\&\#<!-- -->64;everyone \$x\$"),
        ("a\n\n# b", r"a \#<!-- --> b"),
    ],
)
def test_nothing_is_markup_or_a_link_and_nobody_is_notified(text: str, shown: str) -> None:
    assert markdown_text(text) == shown


@given(texts)
@example("\\")
@example("a\r\n| b")
def test_any_text_is_one_cell_that_shows_its_words(text: str) -> None:
    for shown in (markdown_text(text), code_span(text)):
        assert len(shown.splitlines()) <= 1
        assert not re.search(r"(?<!\\)(?:\\\\)*\|", shown) or "`" in shown
    assert re.sub(r"\\(.)", r"\1", markdown_text(text).replace("<!-- -->", "")) == " ".join(text.split())


@given(texts)
@example("`` ` ``")
@example("`")
def test_no_code_ends_before_its_end(text: str) -> None:
    shown = code_span(text)
    fence = re.match("`*", shown)
    inside = shown[fence.end() : -fence.end()] if fence is not None and shown else ""

    assert fence is not None
    assert all(len(run) < fence.end() for run in re.findall("`+", inside))
    assert inside.strip().replace("\\|", "|") == " ".join(text.split()).replace("\\|", "|")


def test_a_table_has_a_head_a_rule_and_a_line_for_each_row() -> None:
    assert markdown_table(("a", "b"), [("1", ""), ("2", "x")]) == "| a | b |\n|---|---|\n| 1 |  |\n| 2 | x |"


def test_without_rows_there_is_no_table() -> None:
    assert markdown_table(("a", "b"), iter(())) == ""

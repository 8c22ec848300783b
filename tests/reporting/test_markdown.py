"""A Markdown table has a head, a rule and its rows; without rows there is no table."""

from __future__ import annotations

from footfall.reporting.markdown import markdown_table


def test_a_table_has_a_head_a_rule_and_a_line_for_each_row() -> None:
    assert markdown_table(("a", "b"), [("1", ""), ("2", "x")]) == "| a | b |\n|---|---|\n| 1 |  |\n| 2 | x |"


def test_without_rows_there_is_no_table() -> None:
    assert markdown_table(("a", "b"), iter(())) == ""

"""An answer fits a terminal of any width, and what is in it steers none."""

from __future__ import annotations

import io

from rich.console import Console

from footfall.plan.model import Event, Plan, Property
from footfall.query.views import views_of
from footfall.reporting.query import answer_table, views_table


def shown(names: list[str], rows: list[tuple[object, ...]], width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width)
    for table in answer_table(names, rows, width):
        console.print(table)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_few_columns_are_one_table() -> None:
    lines = shown(["event", "n"], [("buy", 10), (None, 2)]).splitlines()

    assert [line.split() for line in lines] == [["event", "n"], ["buy", "10"], ["NULL", "2"]]


def test_more_columns_than_fit_are_a_line_each_for_every_row() -> None:
    names = [f"column_{n}" for n in range(12)]

    lines = shown(names, [tuple(range(12)), tuple(range(12))], width=60).splitlines()

    assert lines[0].split() == ["row", "1"]
    assert [line.split() for line in lines[1:13]] == [[name, str(n)] for n, name in enumerate(names)]
    assert len(lines) == 26


def test_many_columns_without_a_row_are_still_named() -> None:
    assert shown([f"c{n}" for n in range(20)], [], width=40).split() == [f"c{n}" for n in range(20)]


def test_markup_and_control_characters_show_as_they_are() -> None:
    text = shown(["[bold]a", "b\x1b"], [("[red]x[/]", "y\x1b[31m\u202e")])

    assert "[bold]a" in text
    assert "[red]x[/]" in text
    assert "y\\x1b[31m\\u202e" in text


def test_every_view_is_listed_with_its_columns_and_types() -> None:
    event = Event(name="Buy it", wire_name="b", description="Paid", properties=(Property(name="n", type="integer"),))
    console = Console(file=io.StringIO(), width=100)

    console.print(views_table(views_of(Plan(id="p", events={"b": event})).values()))

    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "messages" in text
    assert '"Buy it"' in text
    assert "BIGINT" in text

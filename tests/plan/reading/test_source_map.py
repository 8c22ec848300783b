"""Every part of a plan is found where it is written: also what a group, a used type or another file brings."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall.plan import SourceMap, bundle_bytes, read
from footfall.plan.reading.source_map import split_where

PLAN = """\
plan: p
naming: {events: {style: snake_case}}
types:
  money: {type: decimal, description: Amount, no_lint: [a]}
  paid: {use: money}
  line:
    type: object
    properties:
      price: {use: paid}
property_groups:
  where:
    no_lint: [b, c]
    properties:
      country: {type: string}
traits:
  user:
    email: {type: string}
"""
EVENTS = """\
defaults: {include: [where]}
events:
  sold:
    status: active
    properties:
      total: {use: paid}
      status: {type: string}
      lines: {type: array, items: {use: line}}
      by_shop: {type: map, values: {type: integer}}
  kept:
    include: []
kpis:
  takings:
    measure: {sum: sold.total}
journeys:
  buying:
    steps:
      - {id: buy, event: sold}
"""


@pytest.fixture
def source_map(tmp_path: Path) -> SourceMap:
    (tmp_path / "a.yaml").write_text(PLAN)
    (tmp_path / "b.yaml").write_text(EVENTS)
    reading = read(tmp_path)
    assert reading.problems == []
    return reading.source_map


FOUND = [
    ("sold", "b.yaml", 3, 3),
    ("sold.total", "b.yaml", 6, 7),
    ("sold.status", "b.yaml", 7, 7),
    ("sold.country", "a.yaml", 14, 7),
    ("sold.lines[]", "b.yaml", 8, 28),
    ("sold.lines[].price", "a.yaml", 9, 7),
    ("sold.by_shop.{}", "b.yaml", 9, 28),
    ("kept.country", "b.yaml", 10, 3),
    ("kpis.takings", "b.yaml", 13, 3),
    ("kpis.takings.measure", "b.yaml", 14, 5),
    ("journeys.buying.steps[0]", "b.yaml", 18, 9),
    ("journeys.buying.steps[7]", "b.yaml", 17, 5),
    ("traits.user.email", "a.yaml", 17, 5),
    ("naming.events", "a.yaml", 2, 10),
    ("property_groups.where", "a.yaml", 11, 3),
]


@pytest.mark.parametrize(("where", "file", "line", "column"), FOUND)
def test_a_part_is_found_where_it_is_written(
    where: str, file: str, line: int, column: int, source_map: SourceMap
) -> None:
    place = source_map.find(where)

    assert (Path(place.file).name, place.line, place.column) == (file, line, column)


def test_a_key_is_found_in_the_part_itself_or_in_the_type_that_it_uses(source_map: SourceMap) -> None:
    status, amount = source_map.key("sold", "status"), source_map.key("sold.total", "description")

    assert status is not None
    assert amount is not None
    assert (status.line, amount.line) == (4, 4)
    assert Path(status.file).name != Path(amount.file).name
    assert source_map.key("kept", "status") is None
    assert source_map.key("sold.nothing", "description") is None


def test_a_word_of_a_list_is_found(source_map: SourceMap) -> None:
    assert (source_map.text("property_groups.where", "no_lint", "c").column) == 18
    assert source_map.text("sold.total", "no_lint", "a").line == 4
    assert source_map.text("sold.total", "no_lint", "z").line == source_map.find("sold.total").line


def test_what_is_nowhere_is_placed_at_the_plan(source_map: SourceMap, tmp_path: Path) -> None:
    place = source_map.find("nothing.at.all")

    assert (place.file, place.line) == (str(tmp_path), 0)


def test_a_bundle_has_no_places_but_its_file(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN)
    bundle = tmp_path / "plan.json"
    bundle.write_bytes(bundle_bytes(read(tmp_path).require()))

    source_map = read(bundle).source_map

    assert not source_map.has_positions
    assert (source_map.find("sold").file, source_map.find("sold").line) == (str(bundle), 0)
    assert source_map.key("sold", "status") is None


def test_a_dotted_name_is_split_as_it_is_joined() -> None:
    assert split_where("order.lines[].by_day.{}.price") == ("order", "lines", "[]", "by_day", "{}", "price")


def test_types_that_use_each_other_in_a_circle_end_the_walk(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("plan: p\ntypes:\n  a: {use: b}\n  b: {use: a}\nevents:\n  e: {properties: {x: {use: a}}}")

    source_map = read(file).source_map

    assert source_map.key("e.x", "description") is None
    assert source_map.find("e.x.inner").line == 6

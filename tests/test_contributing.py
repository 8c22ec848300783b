"""What CONTRIBUTING.md says of the house is so."""

from __future__ import annotations

import re
from pathlib import Path

from tests.test_architecture import FLOORS, SOURCE, floor_of

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
LAYOUT = PAGE.partition("## The layout")[2].split("```")[1]
PARTS = {
    path.stem for path in SOURCE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
} - {"__init__", "__main__"}  # fmt: skip


def lines_of_parts() -> list[list[str]]:
    lines = []
    for line in LAYOUT.strip().splitlines():
        words = line.split()
        lines.append([word for word in words if word in PARTS][: sum(word in PARTS for word in words[:4])])
    return lines


def test_the_layout_shows_every_part_once() -> None:
    shown = [part for line in lines_of_parts() for part in line]

    assert sorted(shown) == sorted(PARTS)


def test_the_layout_has_the_floors_from_the_top_down() -> None:
    floors = [{floor_of(part) for part in line} for line in lines_of_parts()]

    assert [len(floor) for floor in floors] == [1] * len(floors)
    order = [floor.pop() for floor in floors]
    assert order == sorted(order, reverse=True)
    assert set(order) | {len(FLOORS) - 1} == set(range(len(FLOORS)))


def test_every_file_and_folder_that_it_names_is_there() -> None:
    named = re.findall(r"`((?:src/|tests/|\.github/|\.ci/)?[a-z_]+(?:/[\w.]+)+/?|[a-z_]+\.py)[:`]", PAGE)
    places = (ROOT, SOURCE, ROOT / "src/footfall/planning/lint")

    assert len(named) > 30
    missing = [name for name in named if not any((place / name).exists() for place in places)]
    assert [name for name in missing if not list(SOURCE.rglob(name))] == []

"""The plan to start from is right by every tool that judges it."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall.plan import read
from footfall.planning.fixtures import check_fixtures
from footfall.planning.fmt import format_file
from footfall.planning.starter import starter_files


def write(folder: Path, plan_id: str) -> Path:
    for name, text in starter_files(plan_id).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_files_are_a_plan_with_fixtures_in_canonical_form(tmp_path: Path) -> None:
    plan = read(write(tmp_path, "my_shop")).require()

    assert plan.id == "my_shop"
    assert check_fixtures(tmp_path, plan) == ([], 2)
    texts = [file.read_bytes() for file in tmp_path.rglob("*.yaml")]
    assert [format_file(text, "plan.yaml") for text in texts] == texts


@pytest.mark.parametrize("plan_id", ["bakery", "2027", "true", "a.b-c", "null", "1e3"])
def test_any_id_is_read_back_as_it_was_given(plan_id: str, tmp_path: Path) -> None:
    assert read(write(tmp_path, plan_id)).require().id == plan_id


@pytest.mark.parametrize("plan_id", ["", "a b", ".a", "a:b", 'a"', "a\n"])
def test_what_cannot_be_an_id_is_refused(plan_id: str) -> None:
    with pytest.raises(ValueError, match="cannot be a plan's id"):
        starter_files(plan_id)

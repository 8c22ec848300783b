"""One way to read a plan: what was read, with its faults, or the plan or PlanError."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall.errors import PlanError
from footfall.plan import Plan, bundle_bytes, read

FAULTY = {"plan": "p", "evnts": {}, "timezone": 5}


def test_a_plan_without_faults_is_a_plan_by_every_name() -> None:
    reading = read({"plan": "p"})

    assert reading.plan == reading.draft == reading.require() == Plan(id="p")
    assert reading.problems == []


def test_a_plan_with_faults_is_refused_with_all_of_them() -> None:
    reading = read(FAULTY)

    with pytest.raises(PlanError, match="2 problems") as caught:
        reading.require()
    assert [problem.code for problem in caught.value.problems] == ["unknown_key", "wrong_type"]
    assert (reading.plan, reading.problems) == (None, list(caught.value.problems))


def test_the_draft_of_a_faulty_plan_is_what_can_be_understood() -> None:
    reading = read({"plan": "p", "events": {"sold": {}, "paid": 5}})

    assert reading.draft is not None
    assert list(reading.draft.events) == ["sold"]


def test_nothing_can_be_understood_of_what_is_missing(tmp_path: Path) -> None:
    for name in ("plan.yaml", "plan.json"):
        reading = read(tmp_path / name)

        assert (reading.draft, [problem.code for problem in reading.problems]) == (None, ["missing_file"])
        with pytest.raises(PlanError, match="no such file"):
            reading.require()


@pytest.mark.parametrize("name", ["plan.yaml", "plan.json"])
def test_a_part_is_found_in_its_file(name: str, tmp_path: Path) -> None:
    text = b"plan: p\nevents: {sold: {}}"
    (tmp_path / name).write_bytes(text)
    if name.endswith(".json"):
        (tmp_path / "source.yaml").write_bytes(text)
        (tmp_path / name).write_bytes(bundle_bytes(read(tmp_path / "source.yaml").require()))

    location = read(tmp_path / name).source_map.find("sold")

    assert (location.file, location.line) == (str(tmp_path / name), 0 if name.endswith(".json") else 2)

"""A lock is read back as it was written, one line for each property; any other file is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from tests.planning.diff.plans import plans

from footfall.cli.plan.lock_file import lock_findings, lock_path, place_findings, read_lock, write_lock
from footfall.errors import BrokenInputError, Problem
from footfall.plan import read
from footfall.plan.model import Plan
from footfall.plan.reading.source_map import SourceMap
from footfall.planning.lock import lock_plan

PLAN = "plan: p\nevents:\n  sold: {properties: {a: {type: string}, b: {type: string}}}\n"


@given(plan=plans())
def test_a_lock_is_read_back_as_it_was_written(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("lock") / "plan.lock.json"
    lock, _ = lock_plan(plan, None)

    changed = write_lock(file, lock)

    assert changed
    assert read_lock(file) == lock
    assert not write_lock(file, lock)


def test_each_property_has_a_line(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN)
    write_lock(tmp_path / "plan.lock.json", lock_plan(read(tmp_path).require(), None)[0])

    lines = (tmp_path / "plan.lock.json").read_text().splitlines()

    assert sum('"type":"string"' in line for line in lines) == 2
    assert max(line.count('"type"') for line in lines) == 1


def test_the_lock_is_in_the_folder_of_the_plan_or_beside_its_file(tmp_path: Path) -> None:
    assert lock_path(tmp_path) == tmp_path / "plan.lock.json"
    assert lock_path(tmp_path / "plan.yaml") == tmp_path / "plan.lock.json"


def test_without_a_lock_there_is_none_and_no_finding(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN)
    reading = read(tmp_path)

    assert read_lock(tmp_path / "plan.lock.json") is None
    assert lock_findings(tmp_path, reading.require(), reading.source_map) == []


@pytest.mark.parametrize("content", ["", "{}", "[]", "\udcff"])
def test_a_file_that_is_no_lock_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "plan.lock.json").write_bytes(content.encode("utf-8", "surrogateescape"))

    with pytest.raises(BrokenInputError, match="this is not a lock"):
        read_lock(tmp_path / "plan.lock.json")


def test_a_lock_that_was_edited_or_is_newer_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plan.lock.json"
    (tmp_path / "plan.yaml").write_text(PLAN)
    write_lock(file, lock_plan(read(tmp_path).require(), None)[0])
    lock = json.loads(file.read_text())

    for edit, words in (({"footfall_lock": 9}, "version 9 is not read"), ({}, "was edited by hand")):
        edited = {**lock, **edit}
        edited["events"] = {"sold": {**lock["events"]["sold"], "version": "1"}}
        file.write_text(json.dumps(edited))
        with pytest.raises(BrokenInputError, match=words):
            read_lock(file)


def test_a_finding_about_nothing_in_the_plan_has_the_lock_as_its_file(tmp_path: Path) -> None:
    (placed,) = place_findings([Problem("lock_stale", "m", where="gone")], tmp_path, SourceMap(str(tmp_path)))

    assert (placed.file, placed.line) == (str(tmp_path / "plan.lock.json"), 0)

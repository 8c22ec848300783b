"""`footfall plan lock` as a team uses it: written once, checked in CI, told when somebody forgets it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.cli.plan.running import plan_command

PLAN = """\
plan: shirts
events:
  shirt_sold:
    properties:
      size: {type: integer}
      color: {type: string}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A plan with its lock."""
    (tmp_path / "plan.yaml").write_text(PLAN)
    assert plan_command("lock", ".", cwd=tmp_path).returncode == 0
    return tmp_path


def edit(folder: Path, old: str, new: str) -> None:
    text = (folder / "plan.yaml").read_text()
    assert old in text
    (folder / "plan.yaml").write_text(text.replace(old, new))


def test_a_lock_is_written_beside_the_plan_with_a_line_for_each_property(folder: Path) -> None:
    text = (folder / "plan.lock.json").read_text()

    assert json.loads(text)["events"]["shirt_sold"]["version"] == "1.0"
    assert '          {"name":"color","wire_name":"color","type":"string"},\n' in text


def test_writing_it_again_changes_nothing(folder: Path) -> None:
    before = (folder / "plan.lock.json").read_bytes()
    done = plan_command("lock", ".", cwd=folder)

    assert done.stdout == "plan.lock.json: 1 event, 0 removed names, unchanged\n"
    assert (folder / "plan.lock.json").read_bytes() == before


def test_a_plan_in_one_file_has_its_lock_beside_it(folder: Path) -> None:
    assert plan_command("lock", "plan.yaml", "--check", cwd=folder).returncode == 0


def test_a_forgotten_lock_is_a_finding_of_lock_and_of_check_until_it_is_written(folder: Path) -> None:
    edit(folder, "size: {type: integer}", "size: {type: integer, required: true}")
    told = (
        "plan.yaml:3:3 shirt_sold: has changed since version 1.0; it will be version 2.0 "
        "(run footfall plan lock) [lock_stale]"
    )
    for arguments in (("lock", ".", "--check"), ("check", ".")):
        done = plan_command(*arguments, cwd=folder)
        assert (done.returncode, done.stdout.splitlines()[0]) == (1, told)
    written = plan_command("lock", ".", cwd=folder)

    assert written.stdout.splitlines()[0] == "shirt_sold: 1.0 → 2.0"
    assert plan_command("lock", ".", "--check", cwd=folder).returncode == 0
    assert plan_command("check", ".", cwd=folder).returncode == 0


def test_without_a_lock_only_lock_check_has_a_finding(folder: Path) -> None:
    (folder / "plan.lock.json").unlink()
    done = plan_command("lock", ".", "--check", cwd=folder)

    assert (done.returncode, done.stdout.splitlines()[0]) == (
        1, "plan.lock.json there is no lock (run footfall plan lock) [lock_missing]",
    )  # fmt: skip
    assert plan_command("check", ".", cwd=folder).returncode == 0


def test_a_name_that_comes_back_with_another_meaning_is_not_locked_before_somebody_says_that_it_may(
    folder: Path,
) -> None:
    edit(folder, "      size: {type: integer}\n", "")
    plan_command("lock", ".", cwd=folder)
    edit(folder, "      color", "      size: {type: string}\n      color")
    before = (folder / "plan.lock.json").read_bytes()
    refused = plan_command("lock", ".", cwd=folder)
    unchanged = (folder / "plan.lock.json").read_bytes()
    allowed = plan_command("lock", ".", "--reuse", "shirt_sold.size", cwd=folder)

    assert refused.returncode == 1
    assert refused.stdout.startswith(
        "plan.yaml:5:7 shirt_sold.size: the name 'size' was taken away after version 1.0, where it meant: integer "
        "(choose another name, or say that it may: footfall plan lock --reuse 'shirt_sold.size') [name_reused]"
    )
    assert unchanged == before
    assert (allowed.returncode, allowed.stdout.splitlines()[0]) == (0, "shirt_sold: 2.0 → 2.1")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"version": "1.0"', '"version": "3.7.1"', "the lock of shirt_sold was edited by hand"),
        ('"type":"integer"', '"type":"string"', "the lock of shirt_sold was edited by hand"),
        ("{\n", "<<<<<<< HEAD\n{\n", "this is not a lock"),
        ('"footfall_lock": 1', '"footfall_lock": 9', "a lock of version 9 is not read by this footfall"),
    ],
)
def test_a_lock_that_cannot_be_used_is_one_line_and_exit_code_3(folder: Path, old: str, new: str, told: str) -> None:
    lock = folder / "plan.lock.json"
    lock.write_text(lock.read_text().replace(old, new, 1))
    for arguments in (("lock", "."), ("lock", ".", "--check"), ("check", ".")):
        done = plan_command(*arguments, cwd=folder)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (3, "", 1)
        assert f"plan.lock.json: {told}" in done.stderr


def test_a_plan_with_faults_is_not_locked(folder: Path) -> None:
    edit(folder, "type: integer", "type: inteer")
    done = plan_command("lock", ".", cwd=folder)

    assert done.returncode == 1
    assert "[unknown_value]" in done.stdout


def test_a_bundle_and_a_missing_plan_are_usage_errors(folder: Path) -> None:
    plan_command("bundle", ".", "-o", "b.json", cwd=folder)

    assert plan_command("lock", "b.json", cwd=folder).returncode == 2
    assert plan_command("lock", "nothing", cwd=folder).returncode == 2
    assert plan_command("check", "b.json", cwd=folder).returncode == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this platform has no named pipes")
def test_a_lock_that_is_no_file_is_refused_and_not_waited_for(folder: Path) -> None:
    (folder / "plan.lock.json").unlink()
    os.mkfifo(folder / "plan.lock.json")

    done = plan_command("check", ".", cwd=folder)

    assert (done.returncode, "the lock is no file" in done.stderr) == (3, True)

"""Backups are numbered, so that the newest is the newest whatever the clock says, and drafts are none."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from footfall.disk import SystemDisk
from footfall.maintenance.generations import Generations, unwritable

MAY = 1_777_600_000_000_000


def made(path: Path, *times: int) -> Generations:
    generations = Generations(path, disk=SystemDisk())
    for time in times:
        with generations.taken():
            generations.draft.mkdir()
            generations.publish(time)
    return generations


def test_generations_are_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    generations = made(tmp_path / "backups", MAY, MAY - 1_000_000, MAY)

    assert [path.name for path in generations.all()] == [
        "000001-2026-05-01T01-46-40Z",
        "000002-2026-05-01T01-46-39Z",
        "000003-2026-05-01T01-46-40Z",
    ]


def test_numbers_count_on_beyond_their_width(tmp_path: Path) -> None:
    generations = made(tmp_path / "backups", MAY)
    generations.all()[0].rename(tmp_path / "backups" / "999999-2026-05-01T01-46-40Z")

    made(tmp_path / "backups", MAY)

    assert [path.name[:8] for path in generations.all()] == ["999999-2", "1000000-"]


def test_the_number_of_one_that_was_removed_is_not_given_again_while_a_later_one_is_there(tmp_path: Path) -> None:
    generations = made(tmp_path / "backups", MAY, MAY, MAY)

    removed = generations.prune(1)
    made(tmp_path / "backups", MAY)

    assert [path.name[:6] for path in removed] == ["000001", "000002"]
    assert [path.name[:6] for path in generations.all()] == ["000003", "000004"]


def test_other_names_in_the_folder_are_no_generations_and_stay(tmp_path: Path) -> None:
    generations = made(tmp_path / "backups", MAY)
    for name in ("notes", "000009-yesterday", "1-2026-05-01T01-46-40Z"):
        (tmp_path / "backups" / name).mkdir()

    generations.prune(1)

    assert len(generations.all()) == 1
    assert (tmp_path / "backups" / "notes").is_dir()


def test_what_an_earlier_backup_began_is_removed_by_the_next(tmp_path: Path) -> None:
    generations = made(tmp_path / "backups", MAY)
    generations.draft.mkdir()
    (generations.draft / "journal.db").touch()

    with generations.taken():
        is_there = generations.draft.exists()

    assert not is_there


def test_a_missing_folder_has_none(tmp_path: Path) -> None:
    assert Generations(tmp_path / "missing", disk=SystemDisk()).all() == []


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.EACCES, "make it writable for this user, or name another folder"),
        (errno.EROFS, "make it writable for this user, or name another folder"),
        (errno.ENOSPC, "make room there, or name another folder"),
        (errno.EIO, "name another folder"),
    ],
)
def test_a_folder_that_cannot_be_written_is_named_with_the_remedy_for_its_error(number: int, remedy: str) -> None:
    reason = os.strerror(number)
    error = unwritable(Path("backups"), OSError(number, reason, "backups/journal.db"))

    assert str(error) == f"backups: cannot be written ({reason}: backups/journal.db); {remedy}"

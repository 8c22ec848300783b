"""What a command makes is written with one error for what cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall.cli.plan.output_files import same_content, write_file
from footfall.errors import UsageError


def test_a_file_is_written_or_replaced(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"

    write_file(file, b"1")
    write_file(file, b"2")

    assert file.read_bytes() == b"2"


def test_folders_are_made_only_where_that_is_asked_for(tmp_path: Path) -> None:
    write_file(tmp_path / "a" / "b" / "c.txt", b"1", make_folder=True)

    with pytest.raises(UsageError, match=r"other/c\.txt: cannot be written: .*; choose another --output"):
        write_file(tmp_path / "other" / "c.txt", b"1")
    assert (tmp_path / "a" / "b" / "c.txt").read_bytes() == b"1"


def test_the_error_has_the_remedy_of_the_command(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="; choose another folder"):
        write_file(tmp_path / "other" / "c.txt", b"1", remedy="choose another folder")


@pytest.mark.parametrize(("content", "is_same"), [(b"ab", True), (b"a", False), (b"abc", False), (b"", False)])
def test_only_a_file_with_exactly_this_content_is_the_same(content: bytes, is_same: bool, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"ab")

    assert same_content(tmp_path / "a.txt", content) is is_same

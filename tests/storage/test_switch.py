"""Files of a folder change places, all of them in the end, however often it is cut short."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from footfall.directory import SystemDirectory
from footfall.disk import SystemDisk
from footfall.storage.marker import MARKER, FolderMarker, FolderSwitch, encode_marker, read_marker, write_marker
from footfall.storage.switch import finish_switch, names_in

NAMES = st.frozensets(st.sampled_from("abcd"))
DISK = SystemDisk()


class Death(BaseException):
    """As if the process ended here."""


class DyingDirectory(SystemDirectory):
    """Dies at its n-th move, before it or after it."""

    def __init__(self, path: Path, move: int, *, is_after: bool) -> None:
        super().__init__(path)
        self.moves = move
        self.is_after = is_after

    def move(self, name: str, to: str) -> None:
        self.moves -= 1
        if self.moves == 0 and not self.is_after:
            raise Death
        super().move(name, to)
        if self.moves == 0:
            raise Death


def make(folder: Path, old: frozenset[str], new: frozenset[str]) -> FolderSwitch:
    """A folder with old files, of which `d` is not footfall's, and new ones that are to come."""
    (folder / "new").mkdir()
    (folder / "kept").mkdir()
    for name in old:
        (folder / name).write_text(f"old {name}")
    for name in new:
        (folder / "new" / name).write_text(f"new {name}")
    (folder / MARKER).write_bytes(encode_marker(FolderMarker(1)))
    (folder / "new" / MARKER).write_bytes(encode_marker(FolderMarker(2)))
    into = {name: f"new/{name}" for name in (*sorted(new), MARKER)}
    return FolderSwitch("kept", tuple(sorted(old - {"d"})), into)


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file() and path.name != MARKER}


def deaths(moves: int) -> Iterator[tuple[int, bool]]:
    for move in range(1, moves + 2):
        yield from ((move, False), (move, True))


@settings(max_examples=5, deadline=None)
@given(NAMES, NAMES.map(lambda names: names - {"d"}))
@example(frozenset("abcd"), frozenset("abc"))
@example(frozenset("ab"), frozenset("bc"))
@example(frozenset("d"), frozenset())
def test_wherever_it_is_cut_short_every_file_is_in_its_place_at_last(old: frozenset[str], new: frozenset[str]) -> None:
    for move, is_after in deaths(len(old) + len(new)):
        with TemporaryDirectory() as name:
            folder = Path(name)
            switch = make(folder, old, new)
            write_marker(DISK, folder, FolderMarker(2, switch=switch))

            try:
                finish_switch(folder, switch, disk=DISK, directory=DyingDirectory(folder, move, is_after=is_after))
            except Death:
                assert read_marker(DISK, folder).switch in (switch, None)
            finish_switch(folder, switch, disk=DISK, directory=SystemDirectory(folder))

            assert texts(folder) == {name: f"new {name}" for name in new} | dict.fromkeys(old & {"d"}, "old d")
            assert texts(folder / "kept") == {name: f"old {name}" for name in old - {"d"}}
            assert read_marker(DISK, folder) == FolderMarker(2)


def test_a_missing_folder_has_no_names(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()

    assert names_in(DISK, tmp_path) == ["there"]
    assert names_in(DISK, tmp_path / "missing") == []

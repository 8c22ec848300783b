"""Which files are read, how they are shown, and which source of the plan each belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall.disk import SystemDisk
from footfall.errors import UsageError
from footfall.plan.model import Plan, Source
from footfall.planning.scan import find_python, open_library
from footfall.planning.scan.sources import LARGEST_FILE, SourceGlobs


def shown(folder: Path, *exclude: str) -> list[str]:
    return [path.relative_to(folder).as_posix() for _, path in find_python([folder], SystemDisk(), exclude=exclude)]


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")


def test_folders_without_code_of_ones_own_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "app.py", "a/b.py", ".git/c.py", "venv/d.py", "node_modules/__init__.py", "notes.txt")

    assert shown(tmp_path) == ["a/b.py", "app.py"]


def test_a_package_that_is_called_build_is_read(tmp_path: Path) -> None:
    write(tmp_path, "build/__init__.py", "dist/b.py")

    assert shown(tmp_path) == ["build/__init__.py"]


def test_files_are_left_out_by_path_and_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a/b.py", "a/c.py", "d/b.py")
    monkeypatch.chdir(tmp_path)

    assert shown(tmp_path, "b.py") == ["a/c.py"]
    assert shown(tmp_path, "a/**") == ["d/b.py"]


def test_a_link_to_a_folder_above_is_followed_once(tmp_path: Path) -> None:
    write(tmp_path, "a/b.py")
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)

    assert shown(tmp_path) == ["a/b.py"]


def test_a_root_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        find_python([tmp_path / "nothing"], SystemDisk())


def test_a_file_that_is_too_large_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_bytes(b"#" * (LARGEST_FILE + 1))
    library = open_library(find_python([tmp_path], SystemDisk()), SystemDisk())

    assert library.read(library.paths[0]) == b""
    assert [problem.code for problem in library.problems.values()] == ["source_too_large"]


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("shop/**", "shop/a/b.py", True),
        ("shop", "shop/a/b.py", True),
        ("./shop/", "shop/a.py", True),
        ("shop/*.py", "shop/a.py", True),
        ("shop/*.py", "shop/a/b.py", False),
        ("**/a.py", "shop/a.py", True),
        ("**/a.py", "a.py", True),
        ("shop/?.py", "shop/a.py", True),
        ("shop", "shopping/a.py", False),
        ("a.b/**", "axb/c.py", False),
    ],
)
def test_a_glob_of_a_source_matches_whole_paths(glob: str, path: str, matches: bool) -> None:
    globs = SourceGlobs(Plan(id="x", sources={"shop": Source(name="shop", paths=(glob,))}))

    assert bool(globs.of(path)) is matches


def test_globs_begin_in_the_root_that_is_given() -> None:
    plan = Plan(id="x", sources={"shop": Source(name="shop", paths=("shop/**",))})

    assert SourceGlobs(plan, "back/").of("back/shop/a.py") == {"shop"}
    assert SourceGlobs(plan).of("back/shop/a.py") == frozenset()

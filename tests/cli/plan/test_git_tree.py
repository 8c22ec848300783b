"""A commit is read as a disk: its files under the paths of the working tree, and nothing can be written."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from footfall.cli.plan.git_tree import CommitDisk, find_repository, run_git
from footfall.errors import BrokenInputError
from footfall.plan import read

DISK = CommitDisk({Path("plan/a.yaml"): b"plan: p\n", Path("plan/more/b.yaml"): b"events: {seen: {}}\n"})


def test_files_and_folders_are_listed_as_on_any_disk() -> None:
    assert DISK.list(Path("plan")) == [Path("plan/a.yaml"), Path("plan/more")]
    assert DISK.list(Path()) == [Path("plan")]
    with DISK.open(Path("plan/a.yaml"), "read") as file:
        assert file.read() == b"plan: p\n"
    with pytest.raises(NotADirectoryError):
        DISK.list(Path("plan/a.yaml"))
    with pytest.raises(FileNotFoundError):
        DISK.list(Path("other"))
    with pytest.raises(FileNotFoundError):
        DISK.open(Path("other"), "read")


def test_a_plan_is_read_from_it() -> None:
    plan = read("plan", disk=DISK).require()

    assert list(plan.events) == ["seen"]


def test_nothing_can_be_written() -> None:
    path = Path("plan/a.yaml")
    for write in (
        lambda: DISK.open(path, "write"),
        lambda: DISK.replacing(path),
        lambda: DISK.lock(path, "me"),
        lambda: DISK.remove(path),
        lambda: DISK.make_folder(path),
    ):
        with pytest.raises(PermissionError):
            write()


def test_a_folder_outside_of_any_repository_has_none(tmp_path: Path) -> None:
    assert find_repository(tmp_path, "main") is None


def test_names_of_any_kind_and_contents_of_any_size_come_as_they_are(tmp_path: Path) -> None:
    files = {"a b.yaml": b"", "é\tü.yaml": b"x" * 100_000, "deep/er/c.yaml": b"\n\n\n", "d.txt": b"left out"}
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@shop.example", "-c", "core.autocrlf=false")
    for arguments in (("init", "-q", "-b", "main"), ("add", "-A"), (*who, "commit", "-qm", "x")):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True, timeout=60)
    repository = find_repository(tmp_path, "main")
    assert repository is not None
    commit = repository.commit("main")

    assert repository.files(commit, "", [".yaml"]) == {name: files[name] for name in files if name.endswith(".yaml")}
    assert repository.files(commit, "deep", [".yaml"]) == {"deep/er/c.yaml": b"\n\n\n"}
    assert repository.files(commit, "nowhere", [".yaml"]) == {}
    with pytest.raises(BrokenInputError, match="no commit that this repository has"):
        repository.commit("--help")


def test_git_gets_no_variable_of_ours_and_asks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "git"
    program.write_text('#!/bin/sh\nenv\necho "arguments: $*"\n')
    program.chmod(0o755)
    monkeypatch.setenv("FOOTFALL_WRITE_KEY", "secret")
    monkeypatch.setenv("GIT_DIR", "/elsewhere/.git")

    answer = run_git(str(program), tmp_path, "show", "--", "a b").stdout.decode()

    assert "secret" not in answer
    assert {"GIT_DIR=/elsewhere/.git", "GIT_TERMINAL_PROMPT=0"} <= set(answer.splitlines())
    assert "core.fsmonitor=false" in answer
    assert answer.endswith("show -- a b\n")

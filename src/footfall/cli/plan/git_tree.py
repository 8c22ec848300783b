"""Reads a commit of a git repository without touching its working tree: a Disk over the files that git has there."""

from __future__ import annotations

import io
import os
import posixpath
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

from footfall.disk import FileLock
from footfall.disk import Mode as OpenMode
from footfall.errors import BrokenInputError

__all__ = ["CommitDisk", "Repository", "find_repository", "run_git"]

# Settings by which a repository, which may be a stranger's archive, would choose a program to run or wait for a person.
_SAFE = ("-c", "core.fsmonitor=false", "-c", "log.showSignature=false", "-c", "core.pager=cat")
_OURS = "FOOTFALL_"
_LINK, _MODULE = "120000", "160000"


def run_git(
    program: str, folder: Path, *arguments: str, given: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder, without a shell, our secrets, or programs that a repository's settings name.

    No argument that a person wrote may be taken for an option. Raises FileNotFoundError.
    """
    return subprocess.run(  # noqa: S603 - git itself, no shell
        [program, "-C", str(folder), "--no-pager", *_SAFE, *arguments],
        input=given,
        stdin=None if given is not None else subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env=_environment(os.environ),
    )


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables of a child: no write key of ours, and no question to a terminal that nobody may be at."""
    passed = {name: value for name, value in variables.items() if not name.startswith(_OURS)}
    return {**passed, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


def find_repository(folder: Path, what: str) -> Repository | None:
    """The repository that a folder is in; None without one or without git. Errors are about the input `what`."""
    program = shutil.which("git")
    if program is None:
        return None
    repository = Repository(program, folder, what)
    return repository if repository.top.parts else None


class Repository:
    """A git repository, read by `program` from within `folder`. `what` is the input that errors are about."""

    def __init__(self, program: str, folder: Path, what: str) -> None:
        self._program = program
        self._folder = folder
        self._what = what
        top = self._run("rev-parse", "--show-toplevel")
        self.top = Path((top or b"").decode("utf-8", "surrogateescape").rstrip("\n"))

    def commit(self, ref: str) -> str:
        """The id of the commit that a ref names; `REF...` is where HEAD branched off from it.

        Raises BrokenInputError when git does not know it.
        """
        name = ref.removesuffix("...")
        commit = None if name.startswith("-") else self._run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        if commit is not None and ref.endswith("..."):
            commit = self._run("merge-base", name, "HEAD")
        if not commit:
            message = "is no folder, no bundle and no commit that this repository has"
            hint = "fetch it (in CI: check out with the whole history), or see `git branch --all` for the names"
            raise BrokenInputError(self._what, f"{message}; {hint}")
        return commit.decode().strip()

    def knows(self, ref: str) -> bool:
        """Whether a ref names a commit."""
        return not ref.startswith("-") and bool(self._run("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}"))

    def files(self, commit: str, below: str, suffixes: Sequence[str]) -> dict[str, bytes]:
        """The files at or below a path of a commit ("" is all), with the paths that they have in the repository.

        Only those whose names end in one of `suffixes`. A symbolic link counts as what it leads to in the commit.
        """
        ids, links = self._listing(commit, below)
        for name, target in self._contents(links).items():
            leads_to = posixpath.normpath(posixpath.join(posixpath.dirname(name), target.decode("utf-8", "replace")))
            for other, id_ in self._listing(commit, leads_to)[0].items():
                # A folder that is listed already is read once; a link back up would go round for ever.
                if other == leads_to or not _is_below(other, below):
                    ids.setdefault(name + other.removeprefix(leads_to), id_)
        return self._contents({name: id_ for name, id_ in ids.items() if name.endswith(tuple(suffixes))})

    def _listing(self, commit: str, below: str) -> tuple[dict[str, str], dict[str, str]]:
        """The files and the links at or below a path: name in the repository to the id of the content."""
        if below.startswith(".."):
            return {}, {}
        path = ["--", below] if below else []
        listed = self._run("ls-tree", "-r", "-z", "--full-tree", commit, *path) or b""
        ids: dict[str, str] = {}
        links: dict[str, str] = {}
        for entry in listed.decode("utf-8", "surrogateescape").split("\0"):
            about, _, name = entry.partition("\t")
            mode, _, id_ = about.partition(" ")
            if name and mode != _MODULE:
                (links if mode == _LINK else ids)[name] = id_.split(" ")[1]
        return ids, links

    def _contents(self, ids: Mapping[str, str]) -> dict[str, bytes]:
        if not ids:
            return {}
        answer = self._run("cat-file", "--batch", given="\n".join(ids.values()).encode() + b"\n") or b""
        stream, contents = io.BytesIO(answer), {}
        for name in ids:
            head = stream.readline().split()
            if len(head) != 3 or not head[2].isdigit():
                message = f"git cannot hand over {name}; fetch the whole history (a partial clone leaves files out)"
                raise BrokenInputError(self._what, message)
            contents[name] = stream.read(int(head[2]))
            stream.read(1)  # the line break after each file
        return contents

    def _run(self, *arguments: str, given: bytes | None = None) -> bytes | None:
        """What git answers, or None when it leaves with another exit code than 0."""
        done = run_git(self._program, self._folder, *arguments, given=given)
        if done.returncode and b"dubious ownership" in done.stderr:
            hint = "git does not trust this repository, as it belongs to another user"
            raise BrokenInputError(self._what, f"{hint}; run git config --global --add safe.directory {self._folder}")
        return None if done.returncode else done.stdout


def _is_below(name: str, folder: str) -> bool:
    return not folder or name == folder or name.startswith(f"{folder}/")


class CommitDisk:
    """A Disk that can only be read: the files of a commit, under the paths that they would have in the working tree."""

    def __init__(self, files: Mapping[Path, bytes]) -> None:
        self._files = dict(files)
        self._folders: dict[Path, set[Path]] = {}
        for file in self._files:
            child = file
            for folder in file.parents:
                self._folders.setdefault(folder, set()).add(child)
                child = folder

    def open(self, path: Path, mode: OpenMode) -> IO[bytes]:
        if mode != "read":
            raise PermissionError(13, "a commit cannot be written to", str(path))
        if path not in self._files:
            raise FileNotFoundError(2, "not in this commit", str(path))
        return io.BytesIO(self._files[path])

    def list(self, folder: Path) -> list[Path]:
        if folder in self._files:
            raise NotADirectoryError(20, "a file, not a folder", str(folder))
        if folder not in self._folders:
            raise FileNotFoundError(2, "not in this commit", str(folder))
        return sorted(self._folders[folder])

    def sync(self, file: IO[bytes]) -> None:
        """Nothing to do: nothing is written."""

    def uncache(self, file: IO[bytes]) -> None:
        """Nothing to do: nothing is written."""

    def replacing(self, path: Path, *, private: bool = False) -> AbstractContextManager[IO[bytes]]:
        raise PermissionError(13, f"a commit takes no {'private ' if private else ''}file", str(path))

    def lock(self, path: Path, holder: str) -> FileLock:
        raise PermissionError(13, f"a commit cannot be locked for {holder}", str(path))

    def remove(self, path: Path) -> None:
        raise PermissionError(13, "a commit cannot be written to", str(path))

    def make_folder(self, path: Path, *, private: bool = False) -> None:
        raise PermissionError(13, f"a commit takes no {'private ' if private else ''}folder", str(path))

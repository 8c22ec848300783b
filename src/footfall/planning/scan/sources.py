"""Sources: finds and reads the Python files of a tree, and matches a file with the plan's sources by their globs."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from footfall.disk import DEEPEST, Disk
from footfall.errors import Problem, UsageError
from footfall.plan.model import Plan
from footfall.planning.scan.library import Library

__all__ = ["LARGEST_FILE", "SourceGlobs", "find_python", "open_library"]

LARGEST_FILE = 2_000_000
"""A file of more bytes is not read: nobody writes two megabytes of Python by hand. It is a finding."""

_SKIPPED_FOLDERS = frozenset(
    {"__pycache__", "build", "dist", "env", "node_modules", "site-packages", "venv", "__pypackages__"}
)
"""Folders of foreign or generated code; folders whose name begins with a dot are left out too."""

_NEVER_OWN = frozenset({"__pycache__", "node_modules", "site-packages", "__pypackages__"})


def find_python(roots: Sequence[Path], disk: Disk, *, exclude: Sequence[str] = ()) -> list[tuple[str, Path]]:
    """The `.py` files at and below `roots`, each once, with the path it is shown by: relative to the working folder.

    Links that lead back up are followed once. `exclude` are globs over shown paths. Raises UsageError for a root that
    does not exist.
    """
    files: dict[str, Path] = {}
    entered: set[Path] = set()
    for root in roots:
        if not root.exists():
            raise UsageError(f"{root}: there is no such file or folder; name the folders that hold the code")
        for path in _below(root, disk, entered) if root.is_dir() else [root]:
            shown = _shown(path)
            if not any(_glob(pattern).fullmatch(shown) or fnmatchcase(path.name, pattern) for pattern in exclude):
                files.setdefault(shown, path)
    return sorted(files.items())


def _below(folder: Path, disk: Disk, entered: set[Path], depth: int = 0) -> Iterator[Path]:
    real = folder.resolve()
    if real in entered:
        return
    entered.add(real)
    try:
        children = disk.list(folder)
    except OSError:
        yield folder  # which cannot be read, and is reported as a file is
        return
    for child in children:
        if child.is_dir():
            if not child.name.startswith(".") and not _is_foreign(child):
                if depth < DEEPEST:
                    yield from _below(child, disk, entered, depth + 1)
                else:
                    yield child  # no code is so deep: reported as a file that cannot be read
        elif child.suffix == ".py" and child.is_file():
            yield child


def _is_foreign(folder: Path) -> bool:
    """Whether a folder has foreign or generated code, by its name; a package of such a name may not."""
    if folder.name not in _SKIPPED_FOLDERS:
        return False
    return folder.name in _NEVER_OWN or not (folder / "__init__.py").exists()


def _shown(path: Path) -> str:
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return os.path.normpath(path.absolute()).replace(os.sep, "/")


def open_library(files: Iterable[tuple[str, Path]], disk: Disk, roots: Sequence[Path] = ()) -> Library:
    """The files as a library that reads each when it is needed. `roots` are what `find_python` was asked for."""
    places = dict(files)

    def read(shown: str) -> bytes | Problem:
        try:
            with disk.open(places[shown], "read") as file:
                text = file.read(LARGEST_FILE + 1)
        except OSError as error:
            message = f"cannot be read: {error.strerror or error}"
            return Problem("source_unreadable", message, remedy="check its permissions", file=shown)
        if len(text) > LARGEST_FILE:
            message = f"is larger than {LARGEST_FILE:,} bytes, so it was not read"
            return Problem(
                "source_too_large", message, remedy="leave it out with --exclude", file=shown, level="warning"
            )
        return text

    return Library(places, read, roots=[_shown(root) for root in roots], home=Path.cwd().as_posix())


class SourceGlobs:
    """Which of a plan's sources a file belongs to. A plan whose sources name no paths says nothing of any file.

    The globs begin in the folder `root`, or where shown paths begin.
    """

    def __init__(self, plan: Plan, root: str = "") -> None:
        self._root = f"{root.rstrip('/')}/" if root not in {"", "."} else ""
        self._globs = {
            name: [_glob(pattern) for pattern in source.paths] for name, source in plan.sources.items() if source.paths
        }
        self.says_paths = bool(self._globs)

    def of(self, path: str) -> frozenset[str]:
        """The sources with a glob that matches the file's path."""
        relative = path.removeprefix(self._root)
        return frozenset(name for name, globs in self._globs.items() if any(glob.fullmatch(relative) for glob in globs))


_PARTS: Sequence[tuple[str, Callable[[str], str]]] = (
    (r"\*\*/", lambda _: "(?:[^/]+/)*"),
    (r"\*\*", lambda _: ".*"),
    (r"\*", lambda _: "[^/]*"),
    (r"\?", lambda _: "[^/]"),
    (r"[^*?]+", re.escape),
)
_TOKEN = re.compile("|".join(f"({part})" for part, _ in _PARTS))


def _glob(pattern: str) -> re.Pattern[str]:
    """A glob over whole paths: `*` and `?` stay within a folder, `**` goes through folders; a folder is all in it."""
    clean = pattern.removeprefix("./").rstrip("/")
    text = "".join(_PARTS[(match.lastindex or 1) - 1][1](match.group()) for match in _TOKEN.finditer(clean))
    return re.compile(f"{text}(?:/.*)?")

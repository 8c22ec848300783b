"""Library: the scanned files as importable modules. Finds the file that an import means, without importing anything."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from footfall.errors import Problem
from footfall.plan.scan.shapes import MODULES, SDKS

__all__ = ["Library", "module_name", "parse_source"]

_ENTRY_FOLDERS = frozenset({"src", "lib"})
_SDK_TOPS = frozenset(name.split(".")[0] for row in SDKS.values() for name in row.classes) | frozenset(
    name.split(".")[0] for name in MODULES
)


def parse_source(text: bytes, path: str) -> ast.Module | Problem:
    """The syntax tree of a file, or what is wrong with it. Never raises, whatever the bytes hold."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in scanned code is not for its reader to see here
            return ast.parse(text, path)
    except SyntaxError as error:
        line, column, why = error.lineno or 0, error.offset or 0, error.msg
    except (ValueError, LookupError) as error:
        line, column, why = 0, 0, str(error)
    except (RecursionError, MemoryError):
        line, column, why = 0, 0, "it nests too deeply"
    return Problem(
        "source_not_python",
        f"cannot be read as Python: {why}",
        remedy="mend it, or leave it out with --exclude",
        file=path,
        line=max(line, 0),
        column=max(column, 0),
    )


class Library:
    """All files of the scanned tree, by path and by every module name that they may be imported under.

    `read` gives a file's bytes. A file is read and parsed when somebody asks for it, and parsed once.
    """

    def __init__(self, paths: Iterable[str], read: Callable[[str], bytes | Problem]) -> None:
        self.paths = tuple(paths)
        self.problems: dict[str, Problem] = {}
        self._known = frozenset(self.paths)
        self._read = read
        self._trees: dict[str, ast.Module | None] = {}
        self._by_last: dict[str, list[str]] = {}
        for path in self.paths:
            self._by_last.setdefault(_dotted(path)[-1], []).append(path)

    def read(self, path: str) -> bytes:
        """The bytes of a file; none, and a problem noted, when it cannot be read."""
        text = self._read(path)
        if isinstance(text, Problem):
            self.problems.setdefault(path, text)
            return b""
        return text

    def tree(self, path: str) -> ast.Module | None:
        """The syntax tree of a file; None, and a problem noted, when there is none."""
        if path not in self._trees:
            found = parse_source(self.read(path), path)
            if isinstance(found, Problem):
                self.problems.setdefault(path, found)
            self._trees[path] = None if isinstance(found, Problem) else found
        return self._trees[path]

    def relative(self, importer: str, level: int, name: str) -> str | None:
        """The file of `from .name import …`; `level` counts the dots."""
        folder = PurePosixPath(importer).parent
        for _ in range(level - 1):
            folder = folder.parent
        return self._at(folder, tuple(name.split(".")) if name else ())

    def absolute(self, importer: str, name: str) -> str | None:
        """The file of `import name` in the file `importer`, or None when no file, or no single one, can be meant.

        The folder that holds the first part of the name must be one that Python could import from: one without
        `__init__.py`, the nearest to the importer winning. A module named like an SDK is the SDK, unless it lies where
        the scan begins or beside the importer.
        """
        parts = tuple(name.split("."))
        here = PurePosixPath(importer).parent
        candidates: list[tuple[int, str]] = []
        for path in self._by_last.get(parts[-1], ()):
            own = _dotted(path)
            if path == importer or own[-len(parts) :] != parts:
                continue
            base = PurePosixPath(*own[: -len(parts)]) if len(own) > len(parts) else PurePosixPath()
            if path.startswith("/"):
                base = PurePosixPath("/") / base
            if (base / "__init__.py").as_posix() in self._known:
                continue
            is_entry = not base.parts or base.name in _ENTRY_FOLDERS
            if not is_entry and base != here and (len(parts) == 1 or parts[0] in _SDK_TOPS):
                continue
            candidates.append((_shared(here, base), path))
        candidates.sort(reverse=True)
        if not candidates or (len(candidates) > 1 and candidates[0][0] == candidates[1][0]):
            return None
        return candidates[0][1]

    def submodule(self, package: str, name: str) -> str | None:
        """The file of the module `name` inside the package whose file is `package`."""
        path = PurePosixPath(package)
        return self._at(path.parent, (name,)) if path.name == "__init__.py" else None

    def _at(self, folder: PurePosixPath, parts: tuple[str, ...]) -> str | None:
        stem = folder.joinpath(*parts)
        for path in (f"{stem}.py", f"{stem}/__init__.py") if parts else (f"{stem}/__init__.py",):
            clean = PurePosixPath(path).as_posix()
            if clean in self._known:
                return clean
        return None


def module_name(path: str) -> str:
    """A file's dotted name from where the scan begins; what `--client` and the tables of SDKs compare with."""
    parts = _dotted(path)
    return ".".join(parts[parts.index("src") + 1 :] if "src" in parts[:-1] else parts)


def _dotted(path: str) -> tuple[str, ...]:
    parts = PurePosixPath(path.lstrip("/")).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts


def _shared(one: PurePosixPath, other: PurePosixPath) -> int:
    count = 0
    for left, right in zip(one.parts, other.parts, strict=False):
        if left != right:
            break
        count += 1
    return count

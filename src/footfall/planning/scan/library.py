"""Library: the scanned files as importable modules. Finds the file that an import means, without importing anything."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from pathlib import PurePosixPath

from footfall.errors import Problem
from footfall.planning.scan.sdks import CLASSES, MODULES, SDKS

__all__ = ["Library", "module_name"]

_ENTRY_FOLDERS = frozenset({"src", "lib"})
_TEST_FOLDERS = frozenset({"test", "tests"})
_TEST_FILE = re.compile(r"(test_.*|.*_test|conftest|tests)\.py")
_SDK_TOPS = frozenset(name.split(".")[0] for row in SDKS.values() for name in row.classes) | frozenset(
    name.split(".")[0] for name in MODULES
)


# The modules of the SDKs; `segment` and `rudderstack` alone are only the folders that theirs lie in.
_SDK_MODULES = {name.rpartition(".")[0]: sdk for name, sdk in CLASSES.items()} | dict(MODULES)

_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def _parse_source(text: bytes, path: str) -> ast.Module | Problem:
    """The syntax tree of a file, or what is wrong with it. Never raises, whatever the bytes are.

    A file is read as the running Python reads it, so syntax that is newer than this Python is a fault.
    """
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
        f"cannot be read by Python {_VERSION}: {why}",
        remedy="scan with the Python that runs this code, mend the file, or leave it out with --exclude",
        file=path,
        line=max(line, 0),
        column=max(column, 0),
    )


class Library:
    """All files of the scanned tree, by path and by every module name that they may be imported under.

    `read` gives a file's bytes. A file is read and parsed when somebody asks for it, and parsed once. `roots` are the
    files and folders that were asked for; `home` is the whole path of the folder in which relative paths begin.
    """

    def __init__(
        self,
        paths: Iterable[str],
        read: Callable[[str], bytes | Problem],
        *,
        roots: Iterable[str] = (),
        home: str = "/",
    ) -> None:
        self.paths = tuple(paths)
        self._home = PurePosixPath(home).parts[1:]
        self._roots = tuple(self._whole(root) for root in roots)
        self.problems: dict[str, Problem] = {}
        self._known = frozenset(self.paths)
        self._read = read
        self._trees: dict[str, ast.Module | None] = {}
        self._sdks: dict[str, tuple[str, ...]] = {}
        # The folders that are packages.
        self._packages = {whole[:-1] for whole in map(self._whole, self.paths) if whole[-1:] == ("__init__.py",)}
        self._by_last: dict[str, list[str]] = {}
        for path in self.paths:
            self._by_last.setdefault(self._module(path)[-1], []).append(path)

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
            result = _parse_source(self.read(path), path)
            if isinstance(result, Problem):
                self.problems.setdefault(path, result)
            self._trees[path] = None if isinstance(result, Problem) else result
        return self._trees[path]

    def sdks(self, path: str) -> tuple[str, ...]:
        """The SDKs that a file imports."""
        if path not in self._sdks:
            tree = self._trees.get(path)
            self._sdks[path] = tuple(dict.fromkeys(_imported_sdks(tree))) if tree is not None else ()
        return self._sdks[path]

    def relative(self, importer: str, level: int, name: str) -> str | None:
        """The file of `from .name import …`; `level` counts the dots."""
        folder = PurePosixPath(importer).parent
        for _ in range(level - 1):
            folder = folder.parent
        return self._at(folder, tuple(name.split(".")) if name else ())

    def is_test(self, path: str) -> bool:
        """Whether a file has tests, by its name or a folder's below (or at) what was asked for."""
        parts = self._whole(path)
        above = max((len(root) - 1 for root in self._roots if parts[: len(root)] == root), default=len(self._home))
        below = parts[above:] or parts[-1:]
        return not _TEST_FOLDERS.isdisjoint(below[:-1]) or _TEST_FILE.fullmatch(below[-1]) is not None

    def absolute(self, importer: str, name: str) -> str | None:
        """The file of `import name` in the file `importer`, or None when no file, or no single one, can be meant.

        The folder with the first part of the name is one that Python could import from: best one without
        `__init__.py`, else one that was asked for or that the importer lies in; the nearest to the importer wins. A
        module named like an SDK is the SDK, unless it lies where the scan begins or beside the importer.
        """
        parts = tuple(name.split("."))
        here = self._whole(importer)[:-1]
        candidates: list[tuple[int, int, str]] = []
        for path in self._by_last.get(parts[-1], ()):
            own = self._module(path)
            if path == importer or own[-len(parts) :] != parts:
                continue
            base = own[: -len(parts)]
            shared = len([*takewhile(lambda pair: pair[0] == pair[1], zip(here, base, strict=False))])
            is_package = base in self._packages
            if is_package and not self._may_be_root(base, here, parts):
                continue
            is_entry = base in {self._home, *self._roots} or (bool(base) and base[-1] in _ENTRY_FOLDERS)
            if not is_entry and base != here and (len(parts) == 1 or parts[0] in _SDK_TOPS):
                continue
            candidates.append((not is_package, shared, path))
        candidates.sort(reverse=True)
        if not candidates or (len(candidates) > 1 and candidates[0][:2] == candidates[1][:2]):
            return None
        return candidates[0][2]

    def _may_be_root(self, base: tuple[str, ...], here: tuple[str, ...], parts: tuple[str, ...]) -> bool:
        """Whether Python may import from a folder that is a package itself: a script's folder, an odd layout."""
        if parts[0] in _SDK_TOPS or parts[0] in sys.stdlib_module_names:
            return False
        return base in self._roots or here[: len(base)] == base

    def _whole(self, path: str) -> tuple[str, ...]:
        """The parts of a path from the root of the disk."""
        pure = PurePosixPath(path)
        return pure.parts[1:] if pure.is_absolute() else self._home + pure.parts

    def _module(self, path: str) -> tuple[str, ...]:
        parts = self._whole(path)
        return parts[:-1] if parts[-1] == "__init__.py" and len(parts) > 1 else (*parts[:-1], parts[-1][:-3])

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


def _imported_sdks(tree: ast.Module) -> Iterator[str]:
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names] + [node.module]
        else:
            continue
        yield from (_SDK_MODULES[top] for name in names for top in _beginnings(name) if top in _SDK_MODULES)


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Every statement, also the nested ones. Without the expressions, most of a tree need not be walked."""
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop(0)
        yield node
        for field in ("body", "handlers", "cases", "orelse", "finalbody"):
            nested = getattr(node, field, ())
            stack[:0] = nested if isinstance(nested, list) else ()


def _beginnings(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


def module_name(path: str) -> str:
    """A file's dotted name from where the scan begins; what `--client` and the tables of SDKs compare with."""
    parts = PurePosixPath(path.lstrip("/")).with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts
    return ".".join(parts[parts.index("src") + 1 :] if "src" in parts[:-1] else parts)

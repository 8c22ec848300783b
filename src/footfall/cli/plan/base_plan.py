"""Reads the plan to compare with: from a git ref, a folder, a file or a bundle.

A plan at a commit is looked up by its path. If the commit has nothing at that path, the plan with the same id is used,
as its folder may have been renamed. If there is none either, the plan is new.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec

from footfall.cli.plan.git_tree import CommitDisk, Repository, find_repository
from footfall.disk import Disk, SystemDisk, read_text_file
from footfall.errors import BrokenInputError, UsageError
from footfall.plan import Plan, read
from footfall.plan.reading.plan_files import plan_files
from footfall.plan.reading.source_map import SourceMap
from footfall.planning.diff.report import is_comparable
from footfall.printable import counted

__all__ = ["BasePlan", "read_base"]

_YAML = (".yaml", ".yml")


class BasePlan(msgspec.Struct, frozen=True):
    """The earlier plan (None if there was none) with the locations of its parts.

    `note` is a sentence for the reader if it was at another path, or has faults, or is missing.
    """

    plan: Plan | None
    source_map: SourceMap
    note: str = ""


def read_base(path: Path, base: str, plan_id: str) -> BasePlan:
    """The plan that `base` names, to compare with the one at `path`, whose id is `plan_id`.

    `base` is a folder, a file or a bundle; or a git ref (`origin/main`), a ref and a path in the repository
    (`main:old/plan`), or a ref followed by `...`, for the commit where HEAD branched off from it.
    Raises BrokenInputError when it is none of these, or when faults hide too much of the plan there. With other faults
    the rest of the plan is compared, and `note` says so.
    """
    if not base.strip():
        raise UsageError("--base is empty, and would be the plan itself; name a git ref, a folder or a bundle")
    named = Path(base)
    folder = path if path.is_dir() else path.parent
    repository = find_repository(folder, base)
    if os.path.exists(named):  # noqa: PTH110 - False, not an error, where the name is too long for a file
        if repository is not None and not base.startswith((".", "/")) and repository.knows(base):
            remedy = f"write ./{base} for the path, or the whole name of the ref (refs/heads/…)"
            raise BrokenInputError(base, f"is a git ref and a path; {remedy}")
        return _read(named, base, None, "")
    if repository is None:
        message = f"is no folder, no file and no bundle, and {folder} is in no git repository"
        raise BrokenInputError(base, f"{message}; name a folder or a bundle, or run it where git and a repository are")
    ref, colon, inside = base.partition(":")
    commit = repository.commit(ref)
    here = _in_tree(repository, path)
    inside_tree = inside.strip("/") if colon else here
    files = {} if inside_tree is None else _files(repository, commit, inside_tree)
    note = ""
    if not files and colon:
        raise BrokenInputError(base, f"there is no plan at {inside} in {ref}; see `git ls-tree -r --name-only {ref}`")
    if not files:
        inside_tree = _moved(repository, commit, path, plan_id, base)
        if inside_tree is None:
            return BasePlan(None, SourceMap(base), f"there is no plan {plan_id!r} in {ref}: all of it is new")
        files = _files(repository, commit, inside_tree)
        note = f"the plan is at {inside_tree or 'the root'} in {ref}"
    start = path if inside_tree == here else Path(os.path.relpath(repository.top / (inside_tree or ".")))
    disk = CommitDisk({start / os.path.relpath(name, inside_tree or "."): data for name, data in files.items()})
    return _read(start, base, disk, note)


def _files(repository: Repository, commit: str, below: str) -> dict[str, bytes]:
    return repository.files(commit, below, (".json",) if below.endswith(".json") else _YAML)


def _in_tree(repository: Repository, path: Path) -> str | None:
    """The path within the repository, "" for its root; None for a path outside of it."""
    try:
        inside = path.resolve().relative_to(repository.top.resolve()).as_posix()
    except ValueError:
        return None
    return "" if inside == "." else inside


def _read(start: Path, base: str, disk: Disk | None, note: str) -> BasePlan:
    reading = read(start, disk=disk)
    plan, problems = reading.draft, reading.problems
    if plan is None or not is_comparable(problems):
        more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
        raise BrokenInputError(base, f"the plan there cannot be compared with: {problems[0]}{more}")
    if problems:
        parts = "that part" if len(problems) == 1 else "the parts that they name"
        has = f"{counted(len(problems), 'fault')}, and is compared without {parts}"
        note = "; ".join(filter(None, (note, f"the plan in {base} has {has}")))
    return BasePlan(plan, reading.source_map, note)


def _moved(repository: Repository, commit: str, path: Path, plan_id: str, base: str) -> str | None:
    """The path in the repository of the plan with this id, None when there is none."""
    head = re.compile(rb"^plan:[ \t]*[\"']?" + re.escape(plan_id).encode() + rb"[\"']?[ \t\r]*(#.*)?$", re.MULTILINE)
    files = repository.files(commit, "", _YAML)
    roots = sorted({_root(Path(name), path, head) for name, data in files.items() if head.search(data)})
    if len(roots) > 1:
        message = f"the plan {plan_id!r} is at several paths there: {', '.join(roots)}"
        raise BrokenInputError(base, f"{message}; say which one: --base {base}:{roots[0]}")
    return roots[0] if roots else None


def _text(file: Path) -> bytes:
    try:
        return read_text_file(SystemDisk(), file)
    except OSError:
        return b""  # reading the new plan reports it


def _root(name: Path, path: Path, head: re.Pattern[bytes]) -> str:
    """The root of a plan whose header is the file `name`: as far above it as the header is in the plan of today."""
    if path.is_file() and path.suffix in _YAML:
        return name.as_posix()
    today = [file for file in plan_files(path)[0] if head.search(_text(file))]
    inside = today[0].relative_to(path).parts if len(today) == 1 else ()
    same = bool(inside) and name.parts[-len(inside) :] == inside
    root = name.parents[len(inside) - 1 if same else 0].as_posix()
    if root == ".":
        return "" if same else name.as_posix()  # alone at the top of the repository: more likely a plan in one file
    return root

"""Reads the plan to compare with: from a git ref, a folder, a file or a bundle.

What a plan was at a commit is found by its path. Where nothing stands at that path, the plan with the same id is looked
for, as its folder may have another name now; where there is none either, the plan is new.
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
    """What was there before: the plan (None where there was none), where its parts stand, and how it was found.

    `note` is a sentence for the reader where the plan was found elsewhere, or not at all.
    """

    plan: Plan | None
    source_map: SourceMap
    note: str = ""


def read_base(path: Path, base: str, plan_id: str) -> BasePlan:
    """The plan that `base` names, to compare with the one at `path`, whose id is `plan_id`.

    `base` is a folder, a file or a bundle; or a git ref (`origin/main`), a ref and a path in the repository
    (`main:old/plan`), or a ref followed by `...`, which stands for the commit where HEAD branched off from it.
    Raises BrokenInputError when it is none of these, and when the plan there
    has faults that leave too much of it out; with others it is compared as far as it goes, and `note` says so.
    """
    if not base.strip():
        raise UsageError("--base is empty, and would be the plan itself; name a git ref, a folder or a bundle")
    named = Path(base)
    folder = path if path.is_dir() else path.parent
    repository = find_repository(folder, base)
    if named.exists():
        if repository is not None and not base.startswith((".", "/")) and repository.knows(base):
            message = (
                f"is a git ref and a path; write ./{base} for the path, or the whole name of the ref (refs/heads/…)"
            )
            raise BrokenInputError(base, message)
        return _read(named, base, None, "")
    if repository is None:
        message = f"is no folder, no file and no bundle, and {folder} is in no git repository"
        raise BrokenInputError(base, f"{message}; name a folder or a bundle, or run it where git and a repository are")
    ref, colon, inside = base.partition(":")
    commit = repository.commit(ref)
    here = _in_tree(repository, path)
    found = inside.strip("/") if colon else here
    files = {} if found is None else _files(repository, commit, found)
    note = ""
    if not files and colon:
        raise BrokenInputError(base, f"there is no plan at {inside} in {ref}; see `git ls-tree -r --name-only {ref}`")
    if not files:
        found = _moved(repository, commit, path, plan_id, base)
        if found is None:
            return BasePlan(None, SourceMap(base), f"there is no plan {plan_id!r} in {ref}: all of it is new")
        files = _files(repository, commit, found)
        note = f"the plan stands in {found or 'the root'} in {ref}"
    start = path if found == here else Path(os.path.relpath(repository.top / (found or ".")))
    disk = CommitDisk({start / os.path.relpath(name, found or "."): data for name, data in files.items()})
    return _read(start, base, disk, note)


def _files(repository: Repository, commit: str, found: str) -> dict[str, bytes]:
    return repository.files(commit, found, (".json",) if found.endswith(".json") else _YAML)


def _in_tree(repository: Repository, path: Path) -> str | None:
    """The path within the repository, "" for its root; None for one that leads out of it."""
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
        has = "1 fault of its own, and counts without it"
        if len(problems) > 1:
            has = f"{counted(len(problems), 'fault')} of its own, and counts without what they name"
        note = "; ".join(filter(None, (note, f"the plan in {base} has {has}")))
    return BasePlan(plan, reading.source_map, note)


def _moved(repository: Repository, commit: str, path: Path, plan_id: str, base: str) -> str | None:
    """The path in the repository of the plan with this id, None when there is none."""
    head = re.compile(rb"^plan:[ \t]*[\"']?" + re.escape(plan_id).encode() + rb"[\"']?[ \t\r]*(#.*)?$", re.MULTILINE)
    files = repository.files(commit, "", _YAML)
    roots = sorted({_root(Path(name), path, head) for name, data in files.items() if head.search(data)})
    if len(roots) > 1:
        message = f"the plan {plan_id!r} stands in several places there: {', '.join(roots)}"
        raise BrokenInputError(base, f"{message}; say which one: --base {base}:{roots[0]}")
    return roots[0] if roots else None


def _text(file: Path) -> bytes:
    try:
        return read_text_file(SystemDisk(), file)
    except OSError:
        return b""  # checking the plan of today tells it


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

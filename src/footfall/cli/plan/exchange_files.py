"""Reads the files of another tool into plain values, and writes files of either format."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from footfall.cli.plan.output_files import write_file
from footfall.disk import DEEPEST, SystemDisk, read_text_file
from footfall.errors import BrokenInputError, Problem, UsageError
from footfall.plan.problems import Problems
from footfall.plan.reading.yaml_source import YamlNode, parse_yaml
from footfall.planning.interop import LOSS_CODES, Loss
from footfall.planning.interop.yaml_text import yaml_text

__all__ = ["Documents", "document_text", "losses_as_problems", "read_documents", "write_files"]

_BETWEEN_DOCUMENTS = re.compile(rb"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_YAML = frozenset((".yaml", ".yml"))
# Files beside plans that are no plans.
_NO_DOCUMENTS = frozenset((".csv", ".gitkeep", ".md", ".py", ".txt", ".toml", ".ts", ".js", ".sh", ".sql", ".png"))
_NO_NAMES = frozenset(("LICENSE", "LICENCE", "NOTICE", "README", "CHANGELOG", "CODEOWNERS", "package.json"))


class Documents(NamedTuple):
    """The documents, by their paths below the folder, and what could not be read."""

    files: dict[str, Any]
    skipped: tuple[Loss, ...] = ()


def read_documents(path: Path) -> Documents:
    """Every JSON and YAML document of a file, or of a folder at any depth.

    What starts with a dot is left out, and what is plainly no document; a file of a folder that cannot be read is
    skipped. Raises UsageError when there is nothing to read, BrokenInputError when nothing of it can be read.
    """
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder; check the path")
    files: dict[str, Any] = {}
    skipped: dict[str, BrokenInputError] = {}
    if not path.is_dir():
        files[path.name] = _document(path, path.name, skipped)
    for file in _below(path):
        if _may_be_document(file, path):
            name = file.relative_to(path).as_posix()
            try:
                files[name] = _document(file, name, skipped)
            except BrokenInputError as error:
                skipped[name] = error
    if not files and skipped:
        raise next(iter(skipped.values()))
    if not files:
        raise UsageError(f"{path}: the folder holds no JSON or YAML file; name the one that does")
    losses = (
        Loss(code="loss_skipped", where=name, lost=f"what cannot be read ({error})", instead="nothing")
        for name, error in skipped.items()
    )
    return Documents(files, tuple(losses))


def _below(folder: Path) -> list[Path]:
    """The files below a folder, sorted; links to folders are not followed."""
    files: list[Path] = []
    folders = [folder] if folder.is_dir() else []
    for _ in range(DEEPEST + 1):
        inside = [path for each in folders for path in _inside(each)]
        files += [path for path in inside if path.is_file()]
        folders = [path for path in inside if path.is_dir() and not path.is_symlink()]
    return sorted(files)


def _inside(folder: Path) -> list[Path]:
    try:
        return SystemDisk().list(folder)
    except OSError:
        return []  # nobody but its owner may read it


def _may_be_document(file: Path, folder: Path) -> bool:
    parts = file.relative_to(folder).parts
    return (
        not any(part.startswith(".") or part == "node_modules" for part in parts)
        and file.suffix.lower() not in _NO_DOCUMENTS
        and file.name not in _NO_NAMES
    )


def _document(file: Path, name: str, skipped: dict[str, BrokenInputError]) -> Any:
    """The documents of a file. Those of a YAML stream that cannot be read are added to `skipped`."""
    try:
        data = read_text_file(SystemDisk(), file)
    except OSError as error:
        raise BrokenInputError(str(file), f"cannot be read: {error.strerror or error}; check its permissions") from None
    return _yaml(file, name, data, skipped) if file.suffix.lower() in _YAML else _json(file, name, data, skipped)


def _json(file: Path, name: str, data: bytes, skipped: dict[str, BrokenInputError]) -> Any:
    try:
        return json.loads(data.decode(), parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        # A file without one of these endings may be YAML, which allows more than JSON does.
        if file.suffix.lower() not in (".json", ".jsonschema", ".schema"):
            return _yaml(file, name, data, skipped)
        raise BrokenInputError(str(file), f"not JSON: {error}; mend the file, or take it out of the folder") from None


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _yaml(file: Path, name: str, data: bytes, skipped: dict[str, BrokenInputError]) -> Any:
    root, problem = _one_yaml(file, data)
    if root is not None:
        return root.plain()
    parts = list(_BETWEEN_DOCUMENTS.finditer(data))
    starts = [0, *(match.end() for match in parts)]
    ends = [*(match.start() for match in parts), len(data)]
    documents: list[Any] = []
    broken: dict[str, BrokenInputError] = {}
    for start, end in zip(starts, ends, strict=True):
        # As many empty lines before it as it has lines above, so that a place is one of the file.
        root, why = _one_yaml(file, b"\n" * data.count(b"\n", 0, start) + data[start:end])
        if root is not None:
            documents.append(root.plain())
        elif why is not None and why.code != "empty_file":
            broken[f"{name}, document {len(documents) + len(broken) + 1}"] = _broken(why)
    if not documents:
        raise _broken(problem)
    skipped.update(broken)
    return documents


def _one_yaml(file: Path, data: bytes) -> tuple[YamlNode, None] | tuple[None, Problem]:
    findings = Problems()
    root = parse_yaml(data, str(file), findings)
    problems = findings.sorted()
    return (None, problems[0]) if root is None or problems else (root, None)


def _broken(problem: Problem | None) -> BrokenInputError:
    assert problem is not None
    place = f"{problem.file}:{problem.line}" if problem.line else problem.file
    return BrokenInputError(place, f"{problem.message}; {problem.remedy}")


def document_text(path: str, document: Any) -> bytes:
    """A document as its path asks: YAML for .yaml, else indented JSON with the exact digits of every number."""
    if Path(path).suffix in _YAML:
        return yaml_text(document).encode()
    encoded = msgspec.json.Encoder(decimal_format="number").encode(document)
    return msgspec.json.format(encoded, indent=2) + b"\n"


def write_files(folder: Path, files: Mapping[str, bytes], *, force: bool) -> None:
    """Write files below a folder, which is made. Without `force` none that exists is written over.

    Raises UsageError when one exists, or cannot be written.
    """
    present = [name for name in files if (folder / name).exists()]
    if present and not force:
        more = f" and {len(present) - 3} more" if len(present) > 3 else ""
        names = ", ".join(present[:3])
        raise UsageError(f"{folder}: holds {names}{more} already; choose another --output, or add --force")
    for name, data in files.items():
        write_file(folder / name, data, make_folder=True)


def losses_as_problems(losses: Sequence[Loss]) -> list[Problem]:
    """Losses as findings of the mildest level: none of them makes a plan wrong."""
    return [
        Problem(loss.code, f"{loss.lost} → {loss.instead}", remedy=remedy, where=loss.where, level="warning")
        for loss, remedy in ((loss, LOSS_CODES[loss.code].remedy) for loss in losses)
    ]

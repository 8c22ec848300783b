"""Names say what a value is: no variable is a participle, no two classes share a name, a module's tests have its name.

The modules without such a file are in `tests/data/without_tests.txt`, each with its reason, one a line in order. An
entry that is no longer needed fails too, so that the list shrinks.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.sources import parsed

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "footfall"
LIST = Path(__file__).parent / "data" / "without_tests.txt"

# What happened to a value, and never what it is.
BANNED = {"found", "held", "known", "left", "made", "one", "seen", "told"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), parsed(path)


def variables(tree: ast.AST) -> Iterator[str]:
    """The names of all variables and parameters that a piece of code makes."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name


@pytest.mark.parametrize(
    "code",
    [
        "found = 1",
        "for found in x: pass",
        "[found for found in x]",
        "(found := 1)",
        "def f(found): pass",
        "def f(*, found=1): pass",
        "lambda found: 1",
        "with x as found: pass",
        "a, (*found, b) = x",
        "try: pass\nexcept E as found: pass",
        "match x:\n  case [*found]: pass",
        "match x:\n  case A(b=found): pass",
        "found: int = 1",
        "found += 1",
    ],
)
def test_a_variable_is_noticed_wherever_it_is_made(code: str) -> None:
    assert "found" in set(variables(ast.parse(code)))


def test_an_attribute_a_call_and_a_keyword_are_no_variables() -> None:
    assert set(variables(ast.parse("self.found = f(found=found.found)"))) == set()


def test_no_variable_says_only_what_happened_to_it() -> None:
    assert [f"{path}: {name}" for path, tree in modules() for name in variables(tree) if name in BANNED] == []


def test_no_two_modules_export_a_class_of_one_name() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for path, tree in modules():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(path)

    # An application imports the middleware of its one framework, under the name that all have.
    homes.pop("FootfallMiddleware", None)
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}


def mirror(path: str) -> Path:
    """Where the tests of a module are: `plan/import_.py` has `tests/plan/test_import.py`."""
    module = Path(path)
    return ROOT / "tests" / module.parent / f"test_{module.stem.strip('_')}.py"


def test_every_module_has_a_test_file_of_its_name_or_a_reason_for_none() -> None:
    lines = [line for line in LIST.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    reasons = dict(line.split(": ", 1) for line in lines)
    without = {path for path, _ in modules() if not Path(path).stem.startswith("__") and not mirror(path).exists()}

    assert sorted(without - reasons.keys()) == [], "write its tests; the list is for what has its tests elsewhere"
    assert sorted(reasons.keys() - without) == [], "it has its tests now: take it off the list"
    assert lines == sorted(lines)
    assert [path for path, reason in reasons.items() if len(reason.split()) < 3] == []


@pytest.mark.slow
def test_every_test_file_that_a_module_names_is_there() -> None:
    docstrings = {path: ast.get_docstring(tree) or "" for path, tree in modules()} | {
        path.relative_to(ROOT).as_posix(): ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
    }
    named = [(path, name) for path, text in docstrings.items() for name in re.findall(r"\btests/[\w/]+\.py", text)]

    assert named
    assert [f"{path}: {name}" for path, name in named if not (ROOT / name).exists()] == []

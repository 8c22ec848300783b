"""The house keeps its shape: imports run downwards, pure modules stay pure, every module says what it is for."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import footfall

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "footfall"

# From the bottom up. A part may import parts of lower floors, and itself; parts that share a floor never import one
# another unless the floor says so.
FLOORS: list[tuple[set[str], bool]] = [
    (
        {"errors", "clock", "disk", "extras", "forks", "lazy_names", "version", "markdown_text", "printable", "secret"},
        True,
    ),
    ({"events", "encoding", "message_reader", "moments"}, True),
    ({"plan", "identity"}, False),
    ({"journeys"}, False),
    ({"delivery", "storage"}, False),
    ({"client", "collector", "analytics", "planning"}, False),
    # `trials` judges kept messages as the collector does and holds two reports side by side, so it stands above both.
    ({"people", "quarantine", "trials"}, False),
    ({"integrations", "testing"}, False),
    ({"cli", "__main__"}, True),
]

PURE = [
    "events",
    "encoding",
    "message_reader",
    "markdown_text",
    "moments",
    "printable",
    "secret",
    "identity",
    "journeys",
    "planning.diff",
    "planning.lint",
    "planning.lock",
    "plan.model",
    "plan.checking",
    "planning.profiling",
    "planning.uses",
    "client.outbox",
    "delivery.retry",
    "collector.admission",
    "collector.pipeline",
]

# What reads, sends, waits or rolls dice. tenacity is allowed to delivery.retry: its strategies only calculate.
IMPURE = {
    "apsw",
    "asyncio",
    "duckdb",
    "httpx",
    "io",
    "logging",
    "multiprocessing",
    "os",
    "pyarrow",
    "queue",
    "random",
    "secrets",
    "select",
    "signal",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
    "time",
    "uvicorn",
    "yaml",
}


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def dotted(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module that a file imports, also inside functions, and outside `if TYPE_CHECKING`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module


def floor_of(part: str) -> int:
    for number, (parts, _) in enumerate(FLOORS):
        if part in parts:
            return number
    raise AssertionError(f"{part}: name its floor in FLOORS")


def test_imports_run_downwards_only() -> None:
    wrong = []
    for path in modules():
        part = dotted(path).split(".")[0]
        if not part:
            continue  # footfall/__init__ offers the public names of every floor
        for line, name in imports(path):
            pieces = name.split(".")
            if pieces[0] != "footfall" or len(pieces) == 1 or pieces[1] == part:
                continue
            here, there = floor_of(part), floor_of(pieces[1])
            if there > here or (there == here and not FLOORS[here][1]):
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {name}")

    assert wrong == []


def test_pure_modules_reach_nothing_that_reads_sends_waits_or_rolls_dice() -> None:
    wrong = []
    for path in modules():
        name = dotted(path)
        if not any(name == pure or name.startswith(pure + ".") for pure in PURE):
            continue
        wrong += [
            f"{path.relative_to(ROOT)}:{line} imports {imported}"
            for line, imported in imports(path)
            if imported.split(".")[0] in IMPURE or imported == "footfall.disk"
        ]

    assert wrong == []


def test_every_pure_module_that_the_rule_names_exists() -> None:
    missing = [
        name
        for name in PURE
        if not (SOURCE / name.replace(".", "/")).with_suffix(".py").exists()
        and not (SOURCE / name.replace(".", "/")).is_dir()
    ]

    assert missing == []


def test_every_module_says_its_purpose_first() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules()
        if path.read_text(encoding="utf-8").strip()
        and ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is None
    ]

    assert silent == []


def test_files_and_functions_stay_small() -> None:
    large = []
    for path in modules():
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > 500:
            large.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > 70:
                    large.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length} lines")
    lengths = sorted(path.read_text(encoding="utf-8").count("\n") for path in modules())

    assert large == []
    assert lengths[len(lengths) // 2] <= 200


def test_no_module_named_after_nothing() -> None:
    vague = [
        str(path.relative_to(ROOT)) for path in modules() if path.stem in {"utils", "util", "helpers", "common", "misc"}
    ]

    assert vague == []


def test_the_visible_top_level_is_eight_entries() -> None:
    allowed = {"CHANGELOG.md", "LICENSE", "README.md", "examples", "pyproject.toml", "src", "tests", "tracking_plans"}
    made_by_tools = {"dist", "build", "footfall-demo"}

    seen = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - made_by_tools

    assert seen == allowed


def test_nothing_is_patched_in_tests() -> None:
    banned = ("mock" + ".patch", "monkeypatch" + ".setattr", "unittest" + ".mock")
    patched = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if any(word in line for word in banned)
    ]

    assert patched == []


def every_module() -> Iterator[ModuleType]:
    yield footfall
    for info in pkgutil.walk_packages(footfall.__path__, "footfall."):
        yield importlib.import_module(info.name)


def test_what_is_exported_is_there_once() -> None:
    wrong = []
    for module in every_module():
        exported = list(getattr(module, "__all__", ()))
        wrong += [
            f"{module.__name__}.{name}" for name in exported if not hasattr(module, name) or exported.count(name) > 1
        ]

    assert wrong == []

"""The house keeps its shape: imports run downwards, pure modules stay pure, every module says what it is for."""

from __future__ import annotations

import ast
import functools
import importlib
import os
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import ModuleType

from tests.sources import nodes, parsed

import footfall

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "footfall"

# From the bottom up. A part may import parts of lower floors, and itself; parts that share a floor never import one
# another unless the floor says so.
FLOORS: list[tuple[set[str], bool]] = [
    (
        {
            "clock",
            "directory",
            "disk",
            "errors",
            "extras",
            "forks",
            "geo_file",
            "lazy_names",
            "markdown_text",
            "printable",
            "secret",
            "timestamps",
            "versions",
            "web_words",
        },
        True,
    ),
    ({"events", "encoding", "encoding_foreign", "encoding_plain", "message_reader"}, True),
    ({"plan", "identity"}, False),
    ({"journeys", "web"}, False),
    ({"delivery", "storage"}, False),
    ({"client", "collector", "analytics", "planning"}, False),
    # `simulation` judges kept messages as the collector does and compares two reports, so it is above both.
    ({"maintenance", "people", "quarantine", "query", "simulation"}, False),
    ({"integrations", "reporting", "testing"}, False),
    ({"cli", "__main__"}, True),
]

# Modules that decide, and what is in them reaches nothing of IMPURE, by whatever way. A package means all of it.
PURE = [
    "client.memory_store",
    "client.outbox",
    "client.outbox_store",
    "collector.admission",
    "collector.pipeline",
    "collector.timetable",
    "delivery.retry",
    "delivery.statuses",
    "encoding",
    "encoding_foreign",
    "encoding_plain",
    "events",
    "identity",
    "journeys",
    "maintenance.schedule",
    "message_reader",
    "plan.checking",
    "plan.model",
    "planning.diff",
    "planning.lint",
    "planning.lock",
    "planning.profiling",
    "planning.usage",
    "printable",
    "storage.books",
    "storage.columns",
    "storage.control",
    "storage.journal",
    "storage.store",
    "storage.warehouse",
    "timestamps",
    "web",
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


@functools.cache
def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def dotted(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module that a file imports, also inside functions, and outside `if TYPE_CHECKING`."""
    typing_only = {
        id(inner)
        for node in nodes(path)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in nodes(path):
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


def pure_modules() -> list[str]:
    names = {dotted(path) for path in modules()}
    return sorted(name for name in names if any(name == pure or name.startswith(pure + ".") for pure in PURE))


LOADED = """
import sys
import msgspec, orjson, zoneinfo  # what a library of ours or Python itself loads does not count
for name in {names!r}:
    before = set(sys.modules)
    __import__("footfall." + name)
    loaded = {{module.partition(".")[0] for module in set(sys.modules) - before}} & set({impure!r})
    if loaded or "footfall.disk" in sys.modules:
        print(name, *sorted(loaded), *(["footfall.disk"] if "footfall.disk" in sys.modules else []))
"""


def test_pure_modules_load_nothing_that_reads_sends_waits_or_rolls_dice() -> None:
    code = LOADED.format(names=pure_modules(), impure=sorted(IMPURE - {"io", "os"}))

    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, timeout=60,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip

    assert done.stdout.splitlines() == []


def test_pure_modules_name_no_module_that_reads_files() -> None:
    wrong = []
    pure = set(pure_modules())
    for path in modules():
        if dotted(path) in pure:
            wrong += [
                f"{path.relative_to(ROOT)}:{line} imports {imported}"
                for line, imported in imports(path)
                if imported.split(".")[0] in {"io", "os"}
            ]

    assert wrong == []


@functools.cache
def import_graph() -> dict[str, set[str]]:
    """Which of our modules each of them imports, at any place, also for types alone."""
    paths = {f"footfall.{dotted(path)}".rstrip("."): path for path in modules()}
    graph: dict[str, set[str]] = {}
    for name, path in paths.items():
        graph[name] = set()
        for node in nodes(path):
            if isinstance(node, ast.ImportFrom) and node.module:
                named = {f"{node.module}.{alias.name}" for alias in node.names}
                graph[name] |= {each if each in paths else node.module for each in named}
            elif isinstance(node, ast.Import):
                graph[name] |= {alias.name for alias in node.names}
        graph[name] = (graph[name] & paths.keys()) - {name}
    return graph


def test_no_module_imports_itself_in_a_circle() -> None:
    # A package that loads its parts at first use names them for type checkers; its parts do not wait for it.
    graph = {name: set() if "footfall.lazy_names" in names else names for name, names in import_graph().items()}

    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise AssertionError(" -> ".join(error.args[1])) from None


def test_only_the_command_its_words_and_the_test_tools_import_planning() -> None:
    wrong = [
        f"{name} imports {imported}"
        for name, names in import_graph().items()
        for imported in names
        if imported.startswith("footfall.planning")
        and name.split(".")[1] not in {"planning", "cli", "reporting", "testing"}
    ]

    assert wrong == []


def test_only_the_sqlite_store_names_its_journal_and_its_control_store() -> None:
    offers_them = "storage"  # to the scripts of others

    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules()
        if dotted(path) != offers_them and not dotted(path).startswith("storage.sqlite")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "SqliteJournal" in line or "SqliteControl" in line
    ]

    assert wrong == []


def test_no_module_reads_the_row_of_a_message_by_position() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in modules()}

    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, text in texts.items()
        if "footfall.storage.journal import" in text
        for node in nodes(path)
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).split(".")[-1] == "row"
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
        if path.read_text(encoding="utf-8").strip() and ast.get_docstring(parsed(path)) is None
    ]

    assert silent == []


def test_files_and_functions_stay_small() -> None:
    large = []
    for path in modules():
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > 500:
            large.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        for node in nodes(path):
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


# What a client with a bundle loads until it sends, but for the packages' own `__init__`.
SMALL_CLIENT = """
    client.base client.calls client.capture client.clock_repair client.ends client.environment client.event_policy
    client.guard client.ledger client.loss_log client.memory_store client.message client.options client.outbox
    client.outbox_store client.preflight client.prepare client.scope client.sync client.uncounted_hits
    client.wire_message clock delivery.address delivery.http delivery.retry disk encoding encoding_plain errors events
    forks identity.given identity.ids identity.junk lazy_names plan.bundle plan.checking.explain
    plan.checking.fast_decoder plan.checking.formats plan.checking.validate plan.lazy_events plan.loading
    plan.model.boards plan.model.campaigns plan.model.collecting plan.model.derived plan.model.events
    plan.model.experiments plan.model.figures plan.model.journeys plan.model.part plan.model.plan plan.model.properties
    plan.model.segments plan.model.signals plan.model.silences plan.wording printable secret timestamps versions
""".split()  # noqa: SIM905 - a list of words is read as one

CLIENT_WITH_A_BUNDLE = """
import sys
from pathlib import Path
from footfall import Client
from footfall.plan.bundle import bundle_bytes
from footfall.plan.model import Event, Plan, Property

Path(sys.argv[1]).write_bytes(bundle_bytes(Plan(
    id="p", events={"sold": Event(name="sold", wire_name="sold", properties=(Property(name="n", type="integer"),))}
)))
client = Client("http://127.0.0.1:9", write_key="k", plan=sys.argv[1])
print(bool(client.track("sold", {"n": 1}, user_id="u")))
print(*sorted(name.removeprefix("footfall.") for name, module in sys.modules.items()
              if name.startswith("footfall.") and not module.__file__.endswith("__init__.py")))
print(*sorted({"asyncio", "httpx", "yaml", "duckdb", "apsw", "click"} & sys.modules.keys()))
sys.stdout.flush()
import os
os._exit(0)
"""


def test_a_client_with_a_bundle_loads_the_small_client_alone(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CLIENT_WITH_A_BUNDLE, str(tmp_path / "plan.json")],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip

    is_taken, loaded, libraries = done.stdout.splitlines()
    assert is_taken == "True"
    assert loaded.split() == SMALL_CLIENT
    assert libraries == ""
    assert len(SMALL_CLIENT) <= 68
    assert sum((SOURCE / f"{name.replace('.', '/')}.py").read_text().count("\n") for name in SMALL_CLIENT) <= 8_000

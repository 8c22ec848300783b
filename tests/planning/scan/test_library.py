"""Which file an import means, which files are tests, and what cannot be read."""

from __future__ import annotations

import sys

import pytest
from tests.planning.scan.small_code import HEAD, PLAN, calls, scanned

from footfall.planning.scan import Library, scan

EMIT = HEAD + "def emit(event):\n    client.track(event)\n"
ROOTS = {
    "a root with __init__.py that was asked for": (
        {"back/__init__.py": "", "back/tracking.py": EMIT, "back/views.py": "from tracking import emit\nemit('begun')"},
        ("back",),
    ),
    "a package below such a root": (
        {
            "back/__init__.py": "", "back/shop/__init__.py": "", "back/shop/tracking.py": EMIT,
            "back/shop/views.py": "from shop.tracking import emit\nemit('begun')",
        },
        ("back",),
    ),
    "a root with __init__.py that was not asked for": (
        {
            "back/__init__.py": "", "back/shop/__init__.py": "", "back/shop/tracking.py": EMIT,
            "back/shop/views.py": "from shop import tracking\ntracking.emit('begun')",
        },
        (".",),
    ),
    "a package imported from above its root": (
        {
            "back/__init__.py": "", "back/tracking.py": EMIT,
            "back/views.py": "from back.tracking import emit\nemit('begun')",
        },
        ("back",),
    ),
    "a src folder": (
        {
            "src/shop/__init__.py": "", "src/shop/tracking.py": EMIT,
            "src/shop/views.py": "import shop.tracking\nshop.tracking.emit('begun')",
        },
        ("src",),
    ),
    "a src folder with __init__.py": (
        {
            "src/__init__.py": "", "src/shop/__init__.py": "", "src/shop/tracking.py": EMIT,
            "src/shop/views.py": "from shop.tracking import emit\nemit('begun')",
        },
        (".",),
    ),
    "a src folder that is imported by its name": (
        {
            "src/__init__.py": "", "src/tracking.py": EMIT,
            "src/views.py": "from src.tracking import emit\nemit('begun')",
        },
        (".",),
    ),
    "two roots": (
        {
            "one/__init__.py": "", "one/tracking.py": EMIT,
            "two/__init__.py": "", "two/views.py": "from one.tracking import emit\nemit('begun')",
        },
        ("one", "two"),
    ),
    "a script beside a module, in a package": (
        {"tools/__init__.py": "", "tools/tracking.py": EMIT, "tools/run.py": "import tracking\ntracking.emit('begun')"},
        (".",),
    ),
    "relative imports": (
        {
            "back/__init__.py": "", "back/tracking.py": EMIT,
            "back/views.py": "from .tracking import emit\nemit('begun')",
        },
        ("back",),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "roots"), [pytest.param(*row, id=name) for name, row in ROOTS.items()])
def test_an_import_is_found_from_every_root(files: dict[str, str], roots: tuple[str, ...]) -> None:
    assert calls(scanned(files, roots=roots)) == ["begun"]


def test_the_working_folder_may_be_the_package() -> None:
    files = {"__init__.py": "", "tracking.py": EMIT, "views.py": "from shop.tracking import emit\nemit('begun')\n"}

    library = Library(files, lambda path: files[path].encode(), roots=["."], home="/repo/shop")

    assert calls(scan(PLAN, library)) == ["begun"]


def test_a_module_of_a_package_hides_no_library_of_the_same_name() -> None:
    files = {
        "shop/__init__.py": "",
        "shop/posthog.py": "key = 'k'\n",
        "shop/logging.py": "def getLogger():\n    pass\n",
        "shop/celery.py": "app = 1\n",
        "shop/views.py": "import posthog, logging\nfrom celery import shared_task\n@shared_task\ndef note():\n"
        "    logging.getLogger()\n    posthog.capture('u', 'begun')\n",
    }

    assert calls(scanned(files)) == ["begun"]


@pytest.mark.parametrize(
    ("path", "roots", "expected"),
    [
        ("tests/app.py", ["."], True),
        ("shop/test/app.py", ["."], True),
        ("shop/test_app.py", ["."], True),
        ("shop/app_test.py", ["."], True),
        ("shop/tests.py", ["."], True),
        ("conftest.py", ["."], True),
        ("tests/app.py", ["tests"], True),
        ("/repo/tests/shop/app.py", ["/repo/tests/shop"], False),
        ("shop/latest.py", ["."], False),
        ("shop/contest/app.py", ["shop"], False),
        ("shop/testing.py", ["."], False),
    ],
)
def test_tests_are_known_by_their_names_below_what_was_asked_for(path: str, roots: list[str], expected: bool) -> None:
    library = Library([path], lambda _: b"", roots=roots, home="/home/tests/me")

    assert library.is_test(path) is expected


def test_a_fault_says_which_python_read_the_file() -> None:
    newer = "import footfall\nif footfall ~> 2:\n    pass\n"

    result = scanned({"app.py": newer})

    fault = next(problem for problem in result.problems if problem.code == "source_not_python")
    assert f"Python {sys.version_info.major}.{sys.version_info.minor}" in fault.message
    assert (fault.file, fault.line) == ("app.py", 2)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        (b"\xef\xbb\xbf" + HEAD.encode() + b"client.track('begun')\n", ["begun"]),
        (b"# coding: latin-1\n" + HEAD.encode() + b"x = '\xe9'\nclient.track('begun')\n", ["begun"]),
        (HEAD.replace("\n", "\r\n").encode() + b"client.track('begun')\r\n", ["begun"]),
    ],
)
def test_every_encoding_that_python_reads_is_read(text: bytes, sent: list[str]) -> None:
    result = scan(PLAN, Library(["app.py"], lambda _: text))

    assert calls(result) == sent


def test_a_file_in_an_encoding_that_python_does_not_read_is_named() -> None:
    text = (HEAD + "client.track('begun')\n").encode("utf-16")

    result = scan(PLAN, Library(["app.py"], lambda _: text))

    assert [(p.code, p.file) for p in result.problems if p.file] == [("source_not_python", "app.py")]


def test_files_that_do_not_parse_are_findings() -> None:
    texts = {
        "a.py": b"def (:\n",
        "b.py": b"# coding: no-such\nimport footfall",
        "c.py": b"footfall\0",
        "d.py": b"footfall \xff",
    }
    result = scan(PLAN, Library(texts, lambda path: texts[path].replace(b"def", b"footfall")))

    assert [(p.code, p.file) for p in result.problems if p.file] == [("source_not_python", path) for path in texts]


def test_an_import_far_down_a_chain_of_elif_is_seen() -> None:
    chain = "if x:\n    pass\n" + "elif x:\n    pass\n" * 900 + "else:\n    import posthog\n"
    library = Library(["app.py"], lambda _: chain.encode())

    assert library.tree("app.py") is not None
    assert library.sdks("app.py") == ("posthog",)

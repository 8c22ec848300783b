"""Which files are named: those that import an SDK and yield no call."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.planning.scan.small_code import HEAD, PLAN, calls, scanned

from footfall.disk import SystemDisk
from footfall.planning.scan import Naming, Scan, find_python, open_library, scan


def test_a_file_that_imports_an_sdk_and_yields_no_call_is_named() -> None:
    result = scanned(
        {
            "client.py": HEAD,
            "app.py": "from client import client\nclient.track('begun')\n",
            "idle.py": "import posthog\nfrom mixpanel import Mixpanel\n",
            "types.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import segment.analytics\n",
            "own.py": "from client import segment\n",
        }
    )

    assert result.tree.silent == (
        ("client.py", ("footfall",)), ("idle.py", ("posthog", "mixpanel")), ("types.py", ("segment",)),
    )  # fmt: skip


def test_a_call_that_is_brought_to_its_caller_is_a_call_of_the_wrappers_file_too() -> None:
    result = scanned(
        {
            "wrapper.py": HEAD + "def emit(event):\n    client.track(event)\n",
            "app.py": "from wrapper import emit\nemit('begun')\n",
        }
    )

    assert result.tree.silent == ()


# Pieces of code that a call may stand in or go through; {} is the code inside, four blanks deeper.
AROUND = (
    "def f(event, *rest, **more):\n{}",
    "class A:\n    def g(self, event=None, **more):\n{}",
    "if x:\n{}\nelse:\n    pass",
    "for event in x:\n{}",
    "while x:\n{}",
    "try:\n{}\nexcept ValueError:\n    pass",
    "with x as event:\n{}",
    "async def h(event):\n{}",
    "def outer(event):\n    raise ValueError\n{}",
    "def again(event):\n    again(event)\n{}",
)
EVENTS = ("'begun'", "event", "x.event", "event()", "f'{event}'", "self.event", "x if y else 'begun'", "EVENTS[event]")
PROPERTIES = ("{}", "more", "more.copy()", "props(event)", "{**x}", "self.p", "make().copy()")
RECEIVERS = ("client", "get()", "self.client", "x.y", "Client('u')")


def wrapped(around: str, code: str) -> str:
    deep = 8 if "    def " in around else 4
    return around.format("\n".join(" " * deep + line for line in code.splitlines()))


@example(["def f(event, *rest, **more):\n{}"], "client", "event", "more.copy()", True)
@example(["class A:\n    def g(self, event=None, **more):\n{}"], "self.client", "self.event", "self.p", False)
@given(
    st.lists(st.sampled_from(AROUND), max_size=4),
    st.sampled_from(RECEIVERS),
    st.sampled_from(EVENTS),
    st.sampled_from(PROPERTIES),
    st.booleans(),
)
def test_no_call_is_lost_whatever_it_stands_in(
    around: list[str], receiver: str, event: str, properties: str, called: bool
) -> None:
    code = f"{receiver}.track({event}, {properties})"
    for piece in around:
        code = wrapped(piece, code)
    code += "\nf('begun')\nA().g(x)\n" if called else ""
    source = HEAD + "def props(extra):\n    return extra\n" + code
    ast.parse(source)

    result = scanned({"app.py": source})

    assert origins(result) == [line for line, text in enumerate(source.splitlines(), 1) if ".track(" in text]
    assert calls(result)


def origins(result: Scan) -> list[int]:
    return sorted({verdict.sent.origin.line for verdict in result.verdicts})


def standard_library() -> list[tuple[str, Path]]:
    folder = Path(sysconfig.get_path("stdlib"))
    return [(shown, path) for shown, path in find_python([folder], SystemDisk()) if path.stat().st_size < 60_000]


FILES = standard_library()


@settings(max_examples=60)
@given(st.sampled_from(FILES))
def test_any_file_of_the_standard_library_is_followed_without_an_exception(file: tuple[str, Path]) -> None:
    result = scan(PLAN, open_library([file], SystemDisk()), clients={"self": Naming(), "append": Naming()})

    assert result.tree.files == 1


def test_the_sample_of_the_standard_library_holds_the_hard_cases() -> None:
    text = b"".join(path.read_bytes() for _, path in FILES)

    assert all(
        word in text for word in (b"match ", b"global ", b"lambda", b":=", b"super()", b"import *", b"async for")
    )

"""What a release wrote is read by every later one: folders, bundles, and requests of clients. See data/released."""

from __future__ import annotations

import asyncio
import json
import lzma
import re
import tarfile
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.collector.wire_harness import Wire
from tests.data.released.answers import answers_of, judgements_of

from footfall.collector import Collector, create_app
from footfall.maintenance.upgrade import FolderUpgrade
from footfall.testing.clock import ManualClock
from footfall.testing.journal import MemoryJournal

RELEASED = Path(__file__).parent / "data" / "released"
RELEASES = sorted(path.parent for path in RELEASED.glob("*/bundle.json"))
pytestmark = pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name)


def read(path: Path) -> Any:
    return json.loads(lzma.decompress(path.read_bytes()))


def differences(expected: Any, actual: Any, where: str = "$") -> list[str]:
    """Where `actual` has another value than expected, or none. What is new in an object is no difference."""
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        lost = [f"{where}.{key} is gone" for key in expected.keys() - actual.keys()]
        pairs = [(expected[key], actual[key], f"{where}.{key}") for key in expected.keys() & actual.keys()]
        return lost + [line for pair in pairs for line in differences(*pair)]
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        items = enumerate(zip(expected, actual, strict=True))
        return [line for index, pair in items for line in differences(*pair, f"{where}[{index}]")]
    if where.endswith(".definition"):  # what a definition says besides is no difference
        return [f"{where} says no more {each!r}" for each in expected.split(". ") if each.rstrip(".") not in actual]
    equal = expected == actual or _number(expected) == _number(actual) is not None
    return [] if equal else [f"{where} is {actual!r:.200} instead of {expected!r:.200}"]


def _number(text: Any) -> Decimal | None:
    """A decimal as JSON has it: the zeros at its end say nothing."""
    return Decimal(text) if isinstance(text, str) and re.fullmatch(r"-?[0-9]+\.[0-9]+", text) else None


def test_a_folder_has_the_rows_books_figures_and_persons_that_it_had(release: Path, tmp_path: Path) -> None:
    expected = read(release / "answers.json.xz")
    with tarfile.open(release / "folder.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    FolderUpgrade(tmp_path).upgrade()

    answers = answers_of(tmp_path, now=expected["now"], ids=expected["ids"])

    assert differences(expected["answers"], answers) == []
    assert all(expected["answers"].values())


def test_a_bundle_judges_as_it_did(release: Path) -> None:
    expected = read(release / "judgements.json.xz")

    assert differences(expected["judgements"], judgements_of(release / "bundle.json", expected["events"])) == []


def test_a_client_gets_the_answer_that_it_got(release: Path, tmp_path: Path) -> None:
    now = datetime.fromisoformat(read(release / "answers.json.xz")["now"])
    expected = json.loads((release / "answer.http").read_bytes().partition(b"\r\n\r\n")[2])

    async def exchange(collector: Collector) -> bytes:
        app = create_app(collector, {"recorded-key": "shop_backend"})
        wire = Wire(handler=app)
        wire.protocol.data_received((release / "request.http").read_bytes())
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
        return bytes(wire.pipe.written)

    clock = ManualClock(now)
    with Collector(tmp_path, plan=release / "bundle.json", clock=clock, journal=MemoryJournal()) as collector:
        head, _, body = asyncio.run(exchange(collector)).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200 ")
    assert differences(expected, json.loads(body)) == []
    assert {"stored", "quarantined"} <= {name for name in expected if expected[name]}

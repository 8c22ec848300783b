"""A client that sends into a recorder, a collector beside it, and what a receipt says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from footfall import Client, ClientOptions
from footfall.collector import Collector
from footfall.testing import Recorder


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(Recorder(), options=ClientOptions(linger=60.0)) as client:
        yield client


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collector]:
    with Collector(tmp_path_factory.mktemp("data") / "data") as collector:
        yield collector


def codes(client: Client, **given: Any) -> list[tuple[str, str]]:
    receipt = client.track("a", **given)
    assert receipt
    return [(fault.path, fault.code) for fault in receipt.faults]

"""A switch that is on for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from footfall.testing.switch import Switch


@pytest.fixture
def switch() -> Iterator[Switch]:
    switch = Switch()
    switch.start()
    yield switch
    switch.stop()

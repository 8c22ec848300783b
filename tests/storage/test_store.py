"""A store is closed at the end of its block, also by an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from footfall import storage
from footfall.errors import DataFolderHeldError


def test_a_block_that_fails_closes_its_store(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), storage.open(tmp_path, "write"):
        1 / 0  # noqa: B018

    storage.open(tmp_path, "write").close()


def test_a_store_that_is_open_is_held(tmp_path: Path) -> None:
    with storage.open(tmp_path, "write"), pytest.raises(DataFolderHeldError):
        storage.open(tmp_path, "write")

"""What a plan is compared with is named, or the comparison does not take place."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from footfall.cli.plan.base_plan import read_base
from footfall.cli.plan.no_collection import no_collection
from footfall.errors import UsageError


@pytest.mark.parametrize("base", ["", " "])
def test_an_empty_base_is_refused_and_not_taken_for_this_folder(tmp_path: Path, base: str) -> None:
    with pytest.raises(UsageError, match="--base is empty"):
        read_base(tmp_path, base, "shop")


def test_garbage_is_collected_again_afterwards_also_after_an_error() -> None:
    def fail() -> None:
        with no_collection():
            assert not gc.isenabled()
            raise ValueError("oops")

    with pytest.raises(ValueError, match="oops"):
        fail()

    assert gc.isenabled()

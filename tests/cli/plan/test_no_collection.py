"""Garbage collection pauses inside, and is as it was afterwards."""

from __future__ import annotations

import gc

import pytest

from footfall.cli.plan.no_collection import no_collection


def test_nothing_is_collected_inside_and_collection_goes_on_afterwards() -> None:
    with no_collection():
        inside = gc.isenabled()

    assert (inside, gc.isenabled()) == (False, True)


def test_collection_goes_on_after_an_error() -> None:
    with pytest.raises(KeyError), no_collection():
        raise KeyError

    assert gc.isenabled()


def test_collection_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with no_collection():
            pass

        assert not gc.isenabled()
    finally:
        gc.enable()

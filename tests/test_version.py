"""The package says which version it is, as its metadata does."""

from __future__ import annotations

from importlib.metadata import version

import footfall


def test_the_version_is_that_of_the_package() -> None:
    assert footfall.__version__ == version("footfall")

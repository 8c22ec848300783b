"""A package loads the module behind a name at its first use, and says which extra a missing library belongs to."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from footfall.errors import MissingExtraError
from footfall.lazy_names import lazy_names


@pytest.fixture
def package() -> ModuleType:
    """A package with one module that is there and one that lacks a library."""
    parts = {"there": ModuleType("lazy.there"), "": ModuleType("lazy")}
    parts["there"].value = 1  # type: ignore[attr-defined]
    parts[""].__path__ = []
    names = {f"lazy.{name}".rstrip("."): module for name, module in parts.items()}
    sys.modules.update(names)
    return parts[""]


def test_a_name_is_loaded_at_its_first_use_and_kept(package: ModuleType) -> None:
    attribute = lazy_names("lazy", {"there": ("value",)})

    assert "value" not in vars(package)
    assert attribute("value") == 1
    assert vars(package)["value"] == 1


def test_any_other_name_is_an_attribute_error(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match="module 'lazy' has no attribute 'other'"):
        lazy_names("lazy", {"there": ("value",)})("other")


def test_a_library_that_is_missing_is_named_with_its_extra(package: ModuleType) -> None:
    sys.modules["duckdb.missing"] = None  # type: ignore[assignment]
    attribute = lazy_names("duckdb", {"missing": ("value",)}, "server")

    with pytest.raises(MissingExtraError, match="footfall\\[server\\]"):
        attribute("value")

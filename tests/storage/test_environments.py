"""A source in an environment has a name in the books, from which both are read back."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footfall.storage.environments import (
    ENVIRONMENTS,
    KEPT_AS,
    PRODUCTION,
    environment_of,
    is_of,
    line_source,
    named,
    source_of,
)


@given(st.text(), st.sampled_from(ENVIRONMENTS))
@example("shop (staging", "test")
@example("", "staging")
def test_a_line_gives_back_its_source_and_its_environment(source: str, environment: str) -> None:
    if source_of(source) != source:
        return  # such a source is refused
    line = line_source(source, KEPT_AS[environment])

    assert (source_of(line), environment_of(line)) == (source, environment)


def test_a_line_is_called_as_people_say_it() -> None:
    assert [line_source("shop", KEPT_AS[name]) for name in ENVIRONMENTS] == ["shop", "shop (staging)", "shop (test)"]


@pytest.mark.parametrize(("kept", "name"), [(None, PRODUCTION), ("staging", "staging"), ("test", "test")])
def test_a_row_is_of_one_environment_and_of_all(kept: str | None, name: str) -> None:
    assert named(kept) == name
    assert [wanted for wanted in ENVIRONMENTS if is_of(kept, wanted)] == [name]
    assert is_of(kept, None)

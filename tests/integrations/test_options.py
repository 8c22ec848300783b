"""The settings of an integration."""

from __future__ import annotations

import pytest

from footfall.errors import UsageError
from footfall.integrations.options import SiteOptions


def test_no_key_is_shown_where_the_options_are() -> None:
    assert "sixteen" not in repr(SiteOptions(cookie_keys=["sixteen bytes of key"]))


@pytest.mark.parametrize(
    ("option", "value"),
    [("prefix", ""), ("prefix", "/"), ("prefix", "stats"), ("prefix", "/a b"), ("prefix", "/a\n"),
     ("cookie_name", ""), ("cookie_name", "a b"), ("cookie_name", "a;b"), ("cookie_name", "ä")],
)  # fmt: skip
def test_a_prefix_or_a_name_that_cannot_be_one_is_refused(option: str, value: str) -> None:
    with pytest.raises(UsageError, match=option):
        SiteOptions(cookie_keys=["sixteen bytes of key"], **{option: value})  # type: ignore[arg-type]

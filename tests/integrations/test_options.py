"""The settings of an integration."""

from __future__ import annotations

from footfall.integrations.options import SiteOptions


def test_no_key_is_shown_where_the_options_are() -> None:
    assert "sixteen" not in repr(SiteOptions(cookie_keys=["sixteen bytes of key"]))

"""Settings are frozen and hold only what makes sense."""

from __future__ import annotations

import pytest

from footfall.collector import CollectorSettings
from footfall.errors import UsageError


def test_the_limits_are_those_that_are_documented() -> None:
    settings = CollectorSettings()

    assert (settings.max_body_bytes, settings.max_messages, settings.max_message_bytes) == (20_000_000, 5_000, 32_768)
    assert (settings.max_depth, settings.max_keys) == (64, 1_000)
    assert settings.header_timeout <= 30


def test_every_setting_that_is_not_above_zero_is_named() -> None:
    with pytest.raises(UsageError, match="more than 0: max_messages, header_timeout"):
        CollectorSettings(max_messages=0, header_timeout=-1)


def test_a_proxy_that_is_no_address_is_named_with_what_to_write() -> None:
    with pytest.raises(UsageError, match=r"trusted_proxies: .*10\.0\.0\.1/8.*; give addresses, or networks such as"):
        CollectorSettings(trusted_proxies=("192.0.2.1", "10.0.0.1/8"))

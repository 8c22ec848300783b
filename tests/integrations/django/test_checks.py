"""`manage.py check` names what is wrong with the settings, and says nothing where they are right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from footfall.testing import Recorder

django = pytest.importorskip("django", reason="Django is not installed")


def findings(**settings: Any) -> list[str]:
    """What `manage.py check` finds, as `id: text (hint)`."""
    from django.core.checks import run_checks
    from django.test import override_settings

    with override_settings(**settings):
        return [f"{found.id}: {found.msg} ({found.hint})" for found in run_checks() if str(found.id)[:8] == "footfall"]


def changed(**keys: Any) -> Mapping[str, Any]:
    from django.conf import settings

    return {**settings.FOOTFALL, "client": Recorder(), **keys}


def test_right_settings_are_silent() -> None:
    assert findings() == []


@pytest.mark.parametrize("setting", [None, [], "on"])
def test_a_setting_that_is_missing_or_no_dict_is_an_error(setting: object) -> None:
    [finding] = findings(FOOTFALL=setting)

    assert finding.startswith(("footfall.E001: The setting FOOTFALL is missing", "footfall.E002: FOOTFALL must be"))


def test_each_wrong_key_is_an_error_with_the_right_one() -> None:
    first, second = findings(FOOTFALL=changed(cookie_key=[], debug="yes"))

    assert "'cookie_key'" in first
    assert "did you mean 'cookie_keys'?" in first
    assert "FOOTFALL['debug'] must be True or False" in second


@pytest.mark.parametrize("keys", [[], ["short"]])
def test_a_missing_or_short_key_is_an_error_that_says_how_to_make_one(keys: list[str]) -> None:
    [finding] = findings(FOOTFALL=changed(cookie_keys=keys))

    assert finding.startswith("footfall.E003: ")
    assert "cookie_keys" in finding
    assert "16 bytes" in finding


def test_a_site_without_a_collector_is_warned_so_that_commands_of_a_build_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    setting = {key: value for key, value in changed().items() if key != "client"}

    monkeypatch.delenv("FOOTFALL_URL", raising=False)
    [finding] = findings(FOOTFALL=setting)
    monkeypatch.setenv("FOOTFALL_URL", "http://127.0.0.1:8190")
    monkeypatch.setenv("FOOTFALL_WRITE_KEY", "key")

    assert finding.startswith("footfall.W003: ")
    assert findings(FOOTFALL=setting) == []


def test_a_site_that_is_switched_off_needs_no_collector_and_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOOTFALL_URL", raising=False)
    monkeypatch.setenv("FOOTFALL_DISABLED", "1")

    assert findings(FOOTFALL={}) == []


def test_a_plan_that_is_not_there_is_an_error() -> None:
    [finding] = findings(FOOTFALL=changed(plan="nowhere"))

    assert "nowhere" in finding


def test_a_site_without_the_middleware_is_warned() -> None:
    from django.conf import settings

    [finding] = findings(MIDDLEWARE=settings.MIDDLEWARE[1:])

    assert finding.startswith("footfall.W001: ")


def test_a_cache_before_the_middleware_is_warned_of() -> None:
    from django.conf import settings

    cache = "django.middleware.cache.UpdateCacheMiddleware"
    [finding] = findings(MIDDLEWARE=[cache, *settings.MIDDLEWARE])

    assert finding.startswith(f"footfall.W002: {cache}")
    assert findings(MIDDLEWARE=[settings.MIDDLEWARE[0], cache, *settings.MIDDLEWARE[1:]]) == []

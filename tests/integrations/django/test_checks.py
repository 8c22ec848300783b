"""`manage.py check` names what is wrong with the settings, and says nothing where they are right."""

from __future__ import annotations

import io
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
    monkeypatch.setenv("FOOTFALL_WRITE_KEY", "key")
    [finding] = findings(FOOTFALL=setting)
    monkeypatch.setenv("FOOTFALL_URL", "http://127.0.0.1:8190")

    assert finding.startswith("footfall.W003: ")
    assert findings(FOOTFALL=setting) == []


@pytest.mark.parametrize("keys", [{}, {"write_key": None}, {"write_key": ""}])
def test_a_site_without_a_write_key_is_warned_and_what_else_is_wrong_is_an_error(
    keys: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    setting = {**changed(collector="http://127.0.0.1:8190"), "client": None, **keys}

    monkeypatch.delenv("FOOTFALL_WRITE_KEY", raising=False)
    [warning] = findings(FOOTFALL=setting)
    [error] = findings(FOOTFALL={**setting, "cookie_keys": ["short"]})

    assert warning.startswith("footfall.W004: There is no write key: commands run, but the site refuses to start")
    assert "FOOTFALL_WRITE_KEY" in warning
    assert "FOOTFALL_DISABLED=1" in warning
    assert error.startswith("footfall.E003: ")
    assert "16 bytes" in error


def test_a_command_goes_on_without_a_write_key(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.management import call_command
    from django.test import override_settings

    monkeypatch.delenv("FOOTFALL_WRITE_KEY", raising=False)
    written = io.StringIO()
    with override_settings(FOOTFALL={**changed(collector="http://127.0.0.1:8190"), "client": None}):
        call_command("migrate", skip_checks=False, verbosity=0, stderr=written)

    assert "footfall.W004" in written.getvalue()


def test_a_word_that_does_not_say_whether_the_site_is_switched_off_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTFALL_DISABLED", "perhaps")

    [finding] = findings(FOOTFALL={})

    assert finding.startswith("footfall.E003: FOOTFALL_DISABLED must be one of")


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


def test_a_middleware_that_is_not_the_first_is_warned_of_with_its_place() -> None:
    from django.conf import settings

    ours, *others = settings.MIDDLEWARE
    [finding] = findings(MIDDLEWARE=[*others, ours])

    assert finding.startswith("footfall.W005: The middleware of footfall comes after django.middleware.gzip.GZip")
    assert finding.endswith("(Put 'footfall.integrations.django.FootfallMiddleware' before all others.)")

"""The app brings the checks, under a label of its own, and nothing for a database."""

from __future__ import annotations

import pytest

from footfall.testing import Recorder

django = pytest.importorskip("django", reason="Django is not installed")


def test_the_app_has_a_label_of_its_own_and_no_models() -> None:
    from django.apps import apps

    config = apps.get_app_config("footfall")

    assert config.name == "footfall.integrations.django"
    assert list(config.get_models()) == []


def test_the_command_check_stops_at_wrong_settings_and_names_them(recorder: Recorder) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError
    from django.test import override_settings

    wrong = override_settings(FOOTFALL={**settings.FOOTFALL, "exclud": []})
    with wrong, pytest.raises(SystemCheckError, match=r"footfall\.E002.*'exclud'.*did you mean 'exclude'"):
        call_command("check")

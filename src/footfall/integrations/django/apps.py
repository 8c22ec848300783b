"""Apps: footfall in INSTALLED_APPS, for the checks and the template tags."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks

from footfall.integrations.django.checks import check_middleware, check_settings

__all__ = ["FootfallConfig"]


class FootfallConfig(AppConfig):  # type: ignore[misc]  # Django ships no types
    """The app has no models."""

    name = "footfall.integrations.django"
    label = "footfall"
    verbose_name = "footfall"

    def ready(self) -> None:
        checks.register(check_settings)
        checks.register(check_middleware)

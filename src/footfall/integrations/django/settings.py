"""Settings: the dict `FOOTFALL` of a Django project, and the site that it makes."""

from __future__ import annotations

import threading

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from footfall.errors import FootfallError
from footfall.integrations.settings import read_settings
from footfall.integrations.site import Site

__all__ = ["current_site", "make_site"]

_lock = threading.Lock()
_site: Site | None = None


def current_site() -> Site:
    """The site of the settings as they are now, made at its first use.

    Raises ImproperlyConfigured, with all that is wrong.
    """
    global _site  # noqa: PLW0603 - Django has one settings object in a process, and `override_settings` changes it
    site = _site
    if site is None:
        with _lock:
            site = _site = _site or make_site()
    return site


def make_site(setting: object = None) -> Site:
    """A new site of `FOOTFALL`, or of another dict. Raises ImproperlyConfigured, with all that is wrong."""
    defaults = {"debug": settings.DEBUG, "secure": not settings.DEBUG}
    setting = getattr(settings, "FOOTFALL", {}) if setting is None else setting
    try:
        return Site(*read_settings(setting, defaults, import_string))
    except FootfallError as error:
        raise ImproperlyConfigured(str(error)) from error


def _forget(*, setting: str, **_: object) -> None:
    global _site  # noqa: PLW0603 - as above
    if setting in ("DEBUG", "FOOTFALL"):
        _site = None


setting_changed.connect(_forget, dispatch_uid="footfall.settings")

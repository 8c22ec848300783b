"""The collector: takes messages in over HTTP or in process, checks them by the plan, and keeps them durably."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footfall.lazy_names import lazy_names

if TYPE_CHECKING:
    from footfall.collector.app import create_app
    from footfall.collector.collector import Collector
    from footfall.collector.settings import CollectorSettings

__all__ = ["Collector", "CollectorSettings", "create_app"]
__getattr__ = lazy_names(
    __name__, {"app": ("create_app",), "collector": ("Collector",), "settings": ("CollectorSettings",)}, "server"
)

"""The collector: takes messages in over HTTP or in process, judges them by the plan, and keeps them durably."""

from __future__ import annotations

from footfall.extras import needs

with needs("footfall.collector", "collector"):
    from footfall.collector.app import create_app
    from footfall.collector.collector import Collector
    from footfall.collector.settings import CollectorSettings

__all__ = ["Collector", "CollectorSettings", "create_app"]

"""The tracking plan: what a team wants to learn and what it sends, loaded, checked, bundled, compiled to validators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footfall.lazy_names import lazy_names

if TYPE_CHECKING:
    from footfall.plan.bundle import bundle_bytes, bundle_hash, from_bundle
    from footfall.plan.checking.validate import Validator
    from footfall.plan.loading import load
    from footfall.plan.model import Plan
    from footfall.plan.reading.load import check, read_plan, read_plan_with_places
    from footfall.plan.reading.places import Places

__all__ = [
    "Places",
    "Plan",
    "Validator",
    "bundle_bytes",
    "bundle_hash",
    "check",
    "from_bundle",
    "load",
    "read_plan",
    "read_plan_with_places",
]
__getattr__ = lazy_names(
    __name__,
    {
        "bundle": ("bundle_bytes", "bundle_hash", "from_bundle"),
        "checking.validate": ("Validator",),
        "model": ("Plan",),
        "loading": ("load",),
        "reading.load": ("check", "read_plan", "read_plan_with_places"),
        "reading.places": ("Places",),
    },
)

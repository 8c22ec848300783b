"""The tracking plan: what a team wants to learn and what it sends, read, checked, bundled, compiled to validators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from footfall.lazy_names import lazy_names

if TYPE_CHECKING:
    from footfall.plan.bundle import bundle_bytes, bundle_hash, from_bundle
    from footfall.plan.checking.validate import Validator
    from footfall.plan.loading import Reading, read
    from footfall.plan.model import Plan
    from footfall.plan.reading.source_map import SourceMap

__all__ = ["Plan", "Reading", "SourceMap", "Validator", "bundle_bytes", "bundle_hash", "from_bundle", "read"]
__getattr__ = lazy_names(
    __name__,
    {
        "bundle": ("bundle_bytes", "bundle_hash", "from_bundle"),
        "checking.validate": ("Validator",),
        "model": ("Plan",),
        "loading": ("Reading", "read"),
        "reading.source_map": ("SourceMap",),
    },
)

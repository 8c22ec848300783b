"""The tracking plan: what a team wants to learn and what it sends, loaded, checked, bundled, compiled to validators."""

from __future__ import annotations

from footfall.errors import Problem
from footfall.plan.bundle import bundle_bytes, bundle_hash, from_bundle
from footfall.plan.load import check, load, read_plan, read_plan_with_places
from footfall.plan.model import Plan
from footfall.plan.places import Places
from footfall.plan.validate import Validator

__all__ = [
    "Places",
    "Plan",
    "Problem",
    "Validator",
    "bundle_bytes",
    "bundle_hash",
    "check",
    "from_bundle",
    "load",
    "read_plan",
    "read_plan_with_places",
]

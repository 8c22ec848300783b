"""What every part of a plan is."""

from __future__ import annotations

import msgspec

__all__ = ["PlanPart"]


class PlanPart(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a plan. `x` has its `x_*` keys, as written."""

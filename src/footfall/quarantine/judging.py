"""Judges quarantined messages by a plan: which pass now, which would with a changed plan, which never can."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from footfall.collector.bundle_registry import BundleRegistry
from footfall.collector.revalidation import TOO_LARGE, Revalidated, faults_of, revalidate
from footfall.plan.model import Plan
from footfall.storage.control import Bundles
from footfall.storage.journal import Row

__all__ = ["Judging", "Prospect"]

Prospect = Literal["now", "plan", "never"]
"""`now`: it passes. `plan`: only the plan refuses it, so a changed one can free it. `never`: the message is broken."""


class Judging:
    """Judges quarantined rows by `plan` (None: the folder has none, and everything that is whole passes).

    A message passes if a collector with this plan would store it, which goes by the bundle of its sender where that is
    known, or if this plan itself takes it: it was quarantined by a plan that has been mended since. What the plan
    hashes is hashed with `transform_key`; without one a message that came in clear stays. Nothing is written.
    """

    def __init__(self, plan: Plan | None, control: Bundles, *, transform_key: bytes | None = None) -> None:
        self._judges = (
            None if plan is None else BundleRegistry(plan, _Unwritten(control.bundles()), transform_key=transform_key)
        )

    def judge(self, row: Row) -> Revalidated:
        """What becomes of a row now."""
        judges = self._judges
        if judges is None:
            return revalidate(row, lambda _: None)
        judged = revalidate(row, judges.rules_for)
        return judged if judged.is_stored else revalidate(row, lambda _: judges.rules_for(None))

    def prospect(self, row: Row) -> Prospect:
        """What can free a row."""
        if self.judge(row).is_stored:
            return "now"
        if any(fault.code == TOO_LARGE for fault in faults_of(row)):
            return "never"
        codes = {fault.code for fault in revalidate(row, lambda _: None).faults}
        if row.device_id is not None:
            codes.discard("no_usable_id")  # without a plan nobody knows which property is the device's id
        return "never" if codes else "plan"


class _Unwritten(Bundles):
    """A store that forgets what is put into it: to judge by a plan that is not in force."""

    def __init__(self, bundles: Mapping[str, bytes]) -> None:
        self._bundles = dict(bundles)

    def put_bundle(self, digest: str, bundle: bytes, *, seq: int = 0) -> None:  # noqa: ARG002 - of the Protocol
        self._bundles[digest] = self._bundles.pop(digest, bundle)

    def bundles(self) -> Mapping[str, bytes]:
        return self._bundles

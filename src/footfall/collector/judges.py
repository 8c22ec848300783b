"""The judges of a collector: one for its own plan, one for each bundle that it ever loaded, made when asked for."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from footfall.collector.judge import Judge
from footfall.plan import bundle_bytes, bundle_hash, from_bundle
from footfall.plan.model import Plan
from footfall.plan.validate import Validator
from footfall.storage.control import Control

__all__ = ["Judges"]

_log = logging.getLogger("footfall")


class Judges:
    """Finds the judge for a bundle's hash; a hash that is not known is judged by the current plan."""

    def __init__(self, plan: Plan, control: Control) -> None:
        digest = bundle_hash(plan)
        control.put_bundle(digest, bundle_bytes(plan))
        self._bundles: Mapping[str, bytes] = control.bundles()
        self._warn_of_another_plan(plan)
        self._current = Judge(plan, digest, Validator(plan, place="collector"))
        self._judges = {digest: self._current}

    def _warn_of_another_plan(self, plan: Plan) -> None:
        """The bundles come in the order of their loading: before the last, which is ours, stands the one before us."""
        for digest, bundle in list(self._bundles.items())[-2:-1]:
            before = from_bundle(bundle, name=digest).id
            if before != plan.id:
                _log.warning(
                    "this data folder was used with the plan %r, and now with %r: person ids follow the plan's id,"
                    " so everybody gets another one; keep one `plan:` for a folder",
                    before,
                    plan.id,
                )

    def judge_for(self, digest: object) -> Judge:
        """The judge for what a message says of its bundle."""
        if type(digest) is not str:
            return self._current
        judge = self._judges.get(digest)
        if judge is not None:
            return judge
        bundle = self._bundles.get(digest)
        if bundle is None:
            return self._current
        earlier = from_bundle(bundle, name=digest)
        judge = self._judges[digest] = Judge(earlier, digest, Validator(earlier, place="collector"))
        return judge

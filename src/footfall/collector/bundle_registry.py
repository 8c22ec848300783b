"""The rules of every bundle that a collector ever loaded, its own plan among them, made when asked for."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping

from footfall.collector.bundle_consent import BundleConsent
from footfall.collector.bundle_rules import BundleRules
from footfall.collector.door import Door, PlanParts
from footfall.plan import bundle_bytes, from_bundle
from footfall.plan.bundle import bundle_name, may_transform
from footfall.plan.checking.transform import Changer
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Plan
from footfall.storage.control import Bundles

__all__ = ["BundleRegistry"]

_log = logging.getLogger("footfall")


class BundleRegistry:
    """Finds the rules for a bundle's hash; an unknown hash gets the rules of the current plan.

    `transform_key` is what values are hashed with that come in clear; without one they are left out. `seq` is the
    number of the journal's last message, after which `plan` is in force.
    """

    def __init__(self, plan: Plan, control: Bundles, *, transform_key: bytes | None = None, seq: int = 0) -> None:
        bundle = bundle_bytes(plan)
        self._plan = plan
        self._newest = bundle_name(bundle)
        control.put_bundle(self._newest, bundle, seq=seq)
        self._bundles: Mapping[str, bytes] = control.bundles()
        self._warn_of_another_plan(plan)
        self._changer = Changer(transform_key)
        self._consent_key = secrets.token_bytes(32)
        self._parts: dict[str, PlanParts] = {}
        self._rules: dict[str, BundleRules] = {}
        self._current = self._rules[self._newest] = self._made(plan, self._newest)

    def _warn_of_another_plan(self, plan: Plan) -> None:
        """Bundles come in the order of loading: the last is ours, the one before it was in force before us."""
        for digest, bundle in list(self._bundles.items())[-2:-1]:
            before = from_bundle(bundle, name=digest).id
            if before != plan.id:
                _log.warning(
                    "this data folder was used with the plan %r, and now with %r: person ids follow the plan's id,"
                    " so everybody gets another one; keep one `plan:` for a folder",
                    before,
                    plan.id,
                )

    def rules_for(self, digest: object) -> BundleRules:
        """The rules for what a message says of its bundle."""
        if type(digest) is not str:
            return self._current
        rules = self._rules.get(digest) or self._known(digest)
        return self._current if rules is None else rules

    def _known(self, digest: object) -> BundleRules | None:
        if type(digest) is not str:
            return None
        rules = self._rules.get(digest)
        if rules is not None:
            return rules
        bundle = self._bundles.get(digest)
        if bundle is None:
            return None
        rules = self._rules[digest] = self._made(from_bundle(bundle, name=digest), digest)
        return rules

    def _made(self, plan: Plan, digest: str) -> BundleRules:
        validator = Validator(plan, stage="collector")
        parts = self._parts[digest] = PlanParts(plan, validator)
        is_newest = digest == self._newest
        if not (may_transform(self._bundles[digest]) or may_transform(self._bundles[self._newest])):
            return BundleRules(plan, digest, validator, consent=self._consent(plan, validator), is_newest=is_newest)
        return BundleRules(
            plan,
            digest,
            validator,
            clear=Validator(plan, stage="collector", received=False),
            door=Door(parts, self._parts[self._newest], self._parts_of, self._changer),
            consent=self._consent(plan, validator),
            is_newest=is_newest,
        )

    def _consent(self, plan: Plan, validator: Validator) -> BundleConsent | None:
        """What senders with this plan may have kept, by it and by the newest; None where neither says."""
        if plan.consent is None and self._plan.consent is None:
            return None
        newest = () if plan is self._plan else ((self._plan, self._current.validator),)
        return BundleConsent([(plan, validator), *newest], self._consent_key)

    def _parts_of(self, digest: object) -> PlanParts | None:
        rules = self._known(digest)
        return None if rules is None else self._parts[rules.digest]

"""Bundle consent: what senders with one bundle may have kept, by that bundle and by the newest plan.

The stricter of the two counts: the lesser level, and only properties that are public in both. Pure: what it knows of
plans, and its key, it is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from footfall.plan.checking.counted import CountedForm
from footfall.plan.consent import ConsentRules, Statement, least
from footfall.plan.model import ConsentLevel, Event, Plan

if TYPE_CHECKING:
    from footfall.plan.checking.validate import Validator

__all__ = ["BundleConsent"]


class _Part(NamedTuple):
    rules: ConsentRules | None
    form: CountedForm
    validator: Validator

    def event(self, type_: object, name: object) -> Event | None:
        return self.validator.resolve(name) if type_ == "track" and type(name) is str else None


class BundleConsent:
    """The consent of some plans together, of which at least one has a `consent:`.

    `key` is what ids are derived with for messages that are only counted and name none, so that such an id does not
    confirm a guess at what was left out.
    """

    def __init__(self, plans: Sequence[tuple[Plan, Validator]], key: bytes) -> None:
        self._parts = [_Part(ConsentRules.of(plan), CountedForm(plan), validator) for plan, validator in plans]
        self.key = key

    def knows(self, event: str | None) -> bool:
        """Whether this is the name of an event of one of the plans."""
        return any(part.event("track", event) is not None for part in self._parts)

    def level(self, type_: object, name: object, statement: Statement | None) -> ConsentLevel:
        """What may be kept of a message of this type about this event or page, where this was stated."""
        level: ConsentLevel = "full"
        for part in self._parts:
            if part.rules is not None:
                of_part = part.rules.level(part.event(type_, name), type_, name, statement)
                level = of_part if level == "full" else least(level, of_part)
        return level

    def counted(self, type_: object, name: object) -> ConsentLevel:
        """What may be kept of a message that its sender has made `count_only`."""
        levels = (
            part.rules.counted(part.event(type_, name), type_, name) for part in self._parts if part.rules is not None
        )
        return least(*levels)

    def form(self, text: bytes, data: Mapping[str, object], type_: object, name: object, timestamp: object) -> bytes:
        """The JSON of a message, which decodes to `data`, as it is kept where it is only counted."""
        for part in self._parts:
            text = part.form.of(text, part.event(type_, name), type_=type_, timestamp=timestamp, data=data)
        return text

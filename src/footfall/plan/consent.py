"""Consent: what may be kept of a message, by the plan and by what its person agreed to.

| level        | what is kept                                                                                  |
|--------------|-----------------------------------------------------------------------------------------------|
| `full`       | the message as it is                                                                          |
| `count_only` | that it was sent: its type, message_id, event or page, and properties of sensitivity `public` |
| `none`       | nothing                                                                                       |

An event, or a page, needs the consent to its purposes, the plan's first where it names none. Of each purpose that is
refused, or that a statement leaves out, its `refused` counts; the least of these is the level. Where nothing is stated
it is the plan's `default`. A level that the event itself names counts whatever is stated. Messages that say who
somebody is are kept in full or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from footfall.plan.calls import Call, keys_of
from footfall.plan.model import Consent, ConsentLevel, ConsentRule, Event, Plan

__all__ = ["COUNTED", "LEVELS", "RULES", "ConsentRules", "Statement", "least", "statement_of"]

Statement = Mapping[str, bool | None]
"""What somebody agreed to, by purpose; None is not asked."""

LEVELS: Final[tuple[ConsentLevel, ...]] = ("none", "count_only", "full")
"""From the least to the most."""

RULES: Final[Mapping[ConsentRule, str]] = {
    "opt_in": "nothing is stored on a device before its user agrees; pages are counted without a visitor",
    "statistics_exempt": "a first-party cookie of at most 13 months for statistics alone, with a way to opt out",
    "own_rule": "a function of yours says of each request what its user agreed to",
}
"""The ways to ask people, with what each means."""

COUNTED: Final = frozenset({"page", "screen", "track"})
"""The types of messages that can be counted only."""


def least(*levels: ConsentLevel) -> ConsentLevel:
    """The least of some levels; `full` of none."""
    return min(levels, key=LEVELS.index, default="full")


class ConsentRules:
    """The consent of one plan that has a `consent:`. `consent` is that part of it."""

    def __init__(self, plan: Plan, consent: Consent) -> None:
        self.consent = consent
        self._pages = plan.pages
        self._first = (next(iter(consent.purposes)),)

    @classmethod
    def of(cls, plan: Plan) -> ConsentRules | None:
        """The rules of a plan; None for one without `consent:`."""
        return None if plan.consent is None else cls(plan, plan.consent)

    def level(self, event: Event | None, type_: object, name: object, statement: Statement | None) -> ConsentLevel:
        """What may be kept of a message of this type: of `event` where it is a track of the plan's, else by its name.

        `statement` is what its person agreed to, None where nothing is said.
        """
        level = self._level(event.consent if event is not None else self._of_page(type_, name), statement)
        return level if type_ in COUNTED or level == "full" else "none"

    def counted(self, event: Event | None, type_: object, name: object) -> ConsentLevel:
        """What may be kept of a message that its sender has made `count_only`: what it stated is not known any more."""
        names = event.consent if event is not None else self._of_page(type_, name)
        return "none" if "none" in names or type_ not in COUNTED else "count_only"

    def _level(self, names: Sequence[str], statement: Statement | None) -> ConsentLevel:
        if len(names) == 1 and names[0] in LEVELS:
            return names[0]
        if statement is None:
            return self.consent.default
        level: ConsentLevel = "full"
        for name in names or self._first:
            if statement.get(name) is not True:
                level = least(level, self.consent.purposes[name].refused)
        return level

    def _of_page(self, type_: object, name: object) -> tuple[str, ...]:
        """The purposes of a page or screen, or of every call of a type, the narrowest that the plan has."""
        if type(type_) is not str or not self._pages or type_ == "track":
            return ()
        call = Call(type_, name if type(name) is str and name and type_ in COUNTED else None)
        pages = (self._pages[key] for key in keys_of(call) if key in self._pages)
        return next((page.consent for page in pages if page.consent), ())


def statement_of(context: object) -> Statement | None:
    """What the context of a message states of its person's consent, as our client, Segment and RudderStack write it.

    `consent.categoryPreferences` is an object of true and false by purpose, `consentManagement` has the lists
    `allowedConsentIds` and `deniedConsentIds`. None where there is neither. Another form agrees to nothing.
    """
    if not isinstance(context, dict):
        return None
    statement: dict[str, bool | None] | None = None
    consent, managed = context.get("consent"), context.get("consentManagement")
    if consent is not None:
        preferences = consent.get("categoryPreferences") if isinstance(consent, dict) else ()
        if isinstance(preferences, dict):
            statement = {name: value is True for name, value in preferences.items()}
        elif preferences is not None:
            statement = {}
    if managed is not None:
        lists = managed if isinstance(managed, dict) else {}
        allowed = dict.fromkeys(_ids(lists.get("allowedConsentIds")), True)
        denied = dict.fromkeys(_ids(lists.get("deniedConsentIds")), False)
        statement = {**allowed, **(statement or {}), **denied}
    return statement


def _ids(value: Any) -> list[str]:
    """The ids of a list, or of an object from ids to names."""
    return [each for each in value if type(each) is str] if isinstance(value, list | dict) else []

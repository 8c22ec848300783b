"""What a lint rule is: a row with a name, a level, a reason, a fix, and a pure function from a plan to its findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Literal, NamedTuple

import msgspec

from footfall.plan.model import Event, LintLevel, Plan, Property
from footfall.plan.problems import Path
from footfall.plan.reading.source_map import SourceMap

__all__ = ["Finding", "LintRule", "PlacedProperty", "View"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule has found: the path of a part (`("order_completed", "total")`), and what is wrong with it.

    `key` is the key of that part that it is about, for the place; `remedy` takes the place of the rule's own fix, and
    `level` of its level, where the plan itself states one (`naming`).
    """

    path: Path
    message: str
    key: str = ""
    remedy: str = ""
    level: LintLevel | None = None


class PlacedProperty(NamedTuple):
    """A property with its path.

    `event` is None for a trait and for a property of a page; `depth` is 0 for a direct property of any of these.
    """

    path: Path
    prop: Property
    event: Event | None
    depth: int

    @property
    def types(self) -> tuple[str, ...]:
        """The types that its values may have: one, or several where they are a union."""
        return self.prop.types or (self.prop.type,)

    @property
    def name(self) -> str:
        """Its name; for an item of an array or a value of a map that of the property around it."""
        return next((part for part in reversed(self.path) if part not in ("[]", "{}")), "")


class View:
    """The plan as the rules see it, with what many of them need made once.

    `today` is the day that counts as now, in the plan's timezone. `source_map` may know nothing (a bundle).
    """

    def __init__(self, plan: Plan, source_map: SourceMap, today: date) -> None:
        self.plan = plan
        self.source_map = source_map
        self.today = today
        self.properties = tuple(_all_properties(plan))

    def events(self, *statuses: Literal["draft", "active", "deprecated"]) -> Iterator[Event]:
        """The events of these statuses, or of all."""
        return (event for event in self.plan.events.values() if not statuses or event.status in statuses)


class LintRule(msgspec.Struct, frozen=True, kw_only=True):
    """One lint rule.

    `name` is the stable code of its findings, and the word for `lint:` and `no_lint`: lower-case words joined by `_`.
    `reason` says in a sentence why it is worth a finding, `fix` what to do. `judge` is pure: it reads the view, and
    yields its findings in the plan's order.
    """

    name: str
    level: Literal["error", "warning"]
    reason: str
    fix: str
    judge: Callable[[View], Iterable[Finding]]


def _all_properties(plan: Plan) -> Iterator[PlacedProperty]:
    for event in plan.events.values():
        for prop in event.properties:
            yield from _with_inner((event.name, prop.name), prop, event, 0)
    for page in plan.pages.values():
        for prop in page.properties:
            yield from _with_inner(("pages", page.name, prop.name), prop, None, 0)
    for kind, traits in plan.traits.items():
        for prop in traits:
            yield from _with_inner(("traits", kind, prop.name), prop, None, 0)


def _with_inner(path: Path, prop: Property, event: Event | None, depth: int) -> Iterator[PlacedProperty]:
    yield PlacedProperty(path, prop, event, depth)
    for part, content in (("[]", prop.items), ("{}", prop.values)):
        if content is not None:
            yield from _with_inner((*path, part), content, event, depth + 1)
    for content in prop.properties:
        yield from _with_inner((*path, content.name), content, event, depth + 1)

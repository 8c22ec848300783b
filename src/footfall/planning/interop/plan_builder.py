"""A plan in the making: what an import gathers, and the documents that a plan folder is written from."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal

import msgspec

from footfall.errors import PlanError, Problem
from footfall.plan import read
from footfall.plan.model import Plan
from footfall.plan.reading.yaml_source import is_writable
from footfall.planning.interop.losses import Loss, LossReport, shown
from footfall.planning.interop.names import plan_id, snake_case
from footfall.planning.words import first_free

__all__ = ["Imported", "PlanBuilder"]

# How many maps and lists may be inside one another: those of a plan's YAML, less what is around a property.
_DEEPEST = 60

# What a reader may raise on a file that is not as any file of its format should be.
_READER_ERRORS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What an import gives: the plan, the sections of its files (plain values for YAML), and what was lost."""

    plan: Plan
    document: Mapping[str, Any]
    losses: tuple[Loss, ...]


class PlanBuilder:
    """Gathers the parts of a plan by name. `losses` is where a format's reader notes what the plan cannot say."""

    def __init__(self) -> None:
        self.losses = LossReport()
        self.header: dict[str, Any] = {}
        self.events: dict[str, dict[str, Any]] = {}
        self._sections: dict[str, dict[str, Any]] = {name: {} for name in ("teams", "sources", "types")}
        self._traits: dict[str, dict[str, Any]] = {}
        self._names: set[str] = set()
        self._reserved: set[str] = set()

    def reserve(self, wire_names: Iterable[str]) -> None:
        """Keep names on the wire free for the events that are sent under them, whatever others would be called."""
        self._reserved.update(wire_names)

    def event(self, name: str, body: Mapping[str, Any], *, wire_name: str = "") -> str:
        """Add an event under its name in snake_case, with a number if that is taken; return the name.

        `wire_name` is what is sent. If it is already taken, the event keeps none and a loss is noted.
        """
        own = first_free(snake_case(name), self._names | (self._reserved - {wire_name}))
        event: dict[str, Any] = {}
        if wire_name and wire_name != own:
            if wire_name in self._names:
                self.losses.add("loss_left_out", own, f"the name {wire_name!r} on the wire", "another event has it")
            else:
                event["wire_name"] = wire_name
                self._names.add(wire_name)
        self._names.add(own)
        self.events[own] = self._cut({**event, **body}, (own,))
        return own

    def trait(self, kind: Literal["user", "account"], name: str, body: Mapping[str, Any]) -> None:
        """Add a trait. The first of a name wins; a different second one is noted as a loss."""
        traits = self._traits.setdefault(kind, {})
        cut = self._cut(body, ("traits", kind, name))
        if traits.setdefault(name, cut) != cut:
            self.losses.add("loss_left_out", f"traits.{kind}.{name}", "a second, other definition", "the first one")

    def define(self, section: Literal["teams", "sources", "types"], name: str, body: Mapping[str, Any]) -> str:
        """Add a team, a source or a named type, with a number if its name is taken; return the name."""
        entries = self._sections[section]
        own = first_free(snake_case(name) if section == "types" else plan_id(name), entries)
        entries[own] = self._cut(body, (section, own))
        return own

    @contextlib.contextmanager
    def reading(self, where: str) -> Iterator[None]:
        """Skip whatever fails inside, and note it as a loss; `where` is a file and a pointer into it."""
        try:
            yield
        except _READER_ERRORS as error:
            why = "nested too deeply" if isinstance(error, RecursionError) else f"{type(error).__name__}: {error}"
            self.losses.add("loss_skipped", where, f"what cannot be read ({why})", "nothing")

    def finish(self, *, name: str) -> Imported:
        """The plan that was gathered, with the id `name` unless its header gives one.

        Parts that `plan check` would refuse are left out one by one, and noted as losses. Raises PlanError when nothing
        helps.
        """
        sections = {section: entries for section, entries in self._sections.items() if entries}
        document: dict[str, Any] = {
            "plan": plan_id(self.header.get("plan", name)),
            **{key: self._cut(value, (key,)) for key, value in self.header.items() if key != "plan"},
            **sections,
        }
        traits = {kind: entries for kind, entries in self._traits.items() if entries}
        if traits:
            document["traits"] = traits
        document["events"] = self.events
        while problems := (reading := read(document)).problems:
            helped = [self._leave_out(problem) for problem in problems]
            if not any(helped):
                raise PlanError(problems)
        return Imported(plan=reading.require(), document=document, losses=self.losses.all())

    def _leave_out(self, problem: Problem) -> bool:
        """Take out what a problem is about: the inside of a property, or else the whole part."""
        section, *names = problem.where.replace("[]", "").replace("{}", "").split(".")
        holder, name = self._holder(section, names)
        part = holder.get(name)
        if part is None:
            return False
        if holder is self.events or part.get("type") == "any":
            del holder[name]
            self.losses.add("loss_skipped", problem.where, problem.message, "nothing")
            return True
        head = {key: part[key] for key in ("wire_name", "required") if key in part}
        holder[name] = {"type": "any", "nullable": True, **head, "x_not_read": part}
        self.losses.add("loss_skipped", problem.where, problem.message, "any value; kept under x_not_read")
        return True

    def _holder(self, section: str, names: list[str]) -> tuple[dict[str, Any], str]:
        if section in self.events:
            properties: dict[str, Any] = self.events[section].get("properties") or {}
            return (properties, names[0]) if names and names[0] in properties else (self.events, section)
        if section == "traits" and len(names) > 1:
            return self._traits.get(names[0], {}), names[1]
        return self._sections.get(section, {}), names[0] if names else ""

    def _cut(self, value: Any, path: tuple[str, ...]) -> Any:
        """A copy that can be written: null for what is nested too deep, a text for what YAML has no words for."""
        if not isinstance(value, Mapping | list):
            return self._writable(value, path)
        if len(path) >= _DEEPEST:
            self.losses.add("loss_skipped", ".".join(path[:3]), f"what is nested more than {_DEEPEST} deep", "nothing")
            return None
        if isinstance(value, list):
            return [self._cut(inner, (*path, f"[{index}]")) for index, inner in enumerate(value)]
        return {self._writable(key, path): self._cut(inner, (*path, _whole(str(key)))) for key, inner in value.items()}

    def _writable(self, value: Any, path: tuple[str, ...]) -> Any:
        instead: Any = value
        if isinstance(value, str):
            instead = _whole(value)
        elif isinstance(value, int | Decimal) and not is_writable(value):
            instead = str(value)
        if instead is not value and instead != value:
            shown_here = f"what a plan cannot write: {shown(value)}"
            self.losses.add("loss_read_as", ".".join(path[:3]), shown_here, f"the text {shown(instead)}")
        return instead


def _whole(text: str) -> str:
    """The text with a sign for each half of a character, which JSON may have and no other text can."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

"""A plan in the making: what an import gathers, and the documents that a plan folder is written from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from footfall.errors import PlanError
from footfall.plan.exchange.losses import Loss, Losses
from footfall.plan.exchange.names import plan_id, snake_case, unique
from footfall.plan.load import read_document
from footfall.plan.model import Plan

__all__ = ["Draft", "Imported"]


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What an import gives: the plan, the sections of its files (plain values for YAML), and what was lost."""

    plan: Plan
    document: Mapping[str, Any]
    losses: tuple[Loss, ...]


class Draft:
    """Gathers the parts of a plan by name. `losses` is where a format's reader notes what the plan cannot say."""

    def __init__(self) -> None:
        self.losses = Losses()
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
        """Add an event under the name that `name` gives, made new where it is taken; answer that name.

        `wire_name` is what is sent; an event that arrives under a name that is taken could not be told apart, so it
        then gets none of its own, and that is told.
        """
        own = unique(snake_case(name), self._names | (self._reserved - {wire_name}))
        event: dict[str, Any] = {}
        if wire_name and wire_name != own:
            if wire_name in self._names:
                self.losses.add("loss_left_out", own, f"the name {wire_name!r} on the wire", "another event has it")
            else:
                event["wire_name"] = wire_name
                self._names.add(wire_name)
        self._names.add(own)
        self.events[own] = {**event, **body}
        return own

    def trait(self, kind: Literal["user", "account"], name: str, body: Mapping[str, Any]) -> None:
        """Add a trait; the first of a name stays, and a different second one is told."""
        known = self._traits.setdefault(kind, {})
        if known.setdefault(name, dict(body)) != body:
            self.losses.add("loss_left_out", f"traits.{kind}.{name}", "a second, other definition", "the first one")

    def define(self, section: Literal["teams", "sources", "types"], name: str, body: Mapping[str, Any]) -> str:
        """Add a team, a source or a named type, under a new name where its own is taken; answer that name."""
        entries = self._sections[section]
        own = unique(snake_case(name) if section == "types" else plan_id(name), entries)
        entries[own] = dict(body)
        return own

    def finish(self, *, name: str) -> Imported:
        """The plan that was gathered. `name` is what it is called where nothing else is known.

        Raises PlanError when what was gathered is no plan, which a reader should have told as a loss.
        """
        sections = {section: entries for section, entries in self._sections.items() if entries}
        document: dict[str, Any] = {
            "plan": plan_id(self.header.get("plan", name)),
            **{key: value for key, value in self.header.items() if key != "plan"},
            **sections,
        }
        traits = {kind: entries for kind, entries in self._traits.items() if entries}
        if traits:
            document["traits"] = traits
        document["events"] = self.events
        plan, problems = read_document(document)
        if plan is None:
            raise PlanError(problems)
        return Imported(plan=plan, document=document, losses=self.losses.all())

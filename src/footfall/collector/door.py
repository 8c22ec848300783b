"""The plan's transforms at the collector's door, for senders that did not apply them.

A message whose `context.client.transformed` names a bundle that the collector knows had that bundle's transforms; what
the newest plan wants besides is done here. Any other message is changed as its sender's bundle and the newest plan say;
where the two differ the stricter wins. Pure: what it knows of plans it is given.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from footfall.collector.dialects import STORED
from footfall.collector.json_split import members
from footfall.collector.splice import Spliced, splice, splice_names
from footfall.events import MESSAGE_TYPES
from footfall.plan.checking.transform import Changer
from footfall.plan.checking.transform_parts import Edit, PageParts, part_of, parts_in, remaining, stricter
from footfall.plan.model import Plan

if TYPE_CHECKING:
    from footfall.plan.checking.validate import Validator

__all__ = ["Door", "PlanParts", "Task"]

_TYPES = frozenset(MESSAGE_TYPES)
_PAGES = ("page", "screen")
_NO_TYPE = ""
_UNMADE: Final = object()


class Task(NamedTuple):
    """What is to be done to a message. `is_clear` says that its values came as they are, with no transform applied."""

    part: Edit
    is_clear: bool


class PlanParts:
    """What one plan changes, event by event, each looked up once."""

    def __init__(self, plan: Plan, validator: Validator) -> None:
        self._plan = plan
        self._validator = validator
        self._events: dict[str, Edit | None] = {}
        self._pages = PageParts(plan.pages)
        user = stricter(part_of(plan.traits.get("user", ())), self._pages.of("identify"))
        account = stricter(part_of(plan.traits.get("account", ())), self._pages.of("group"))
        both = stricter(user, account)
        # By type: what to change in `traits`, and wherever else a dialect's messages carry a user's traits, whatever
        # their type.
        self._traits = dict.fromkeys(MESSAGE_TYPES, (both, user)) | {
            "identify": (user, user),
            "group": (account, both),
            _NO_TYPE: (both, both),
        }

    def name_of(self, name: object, type_: object) -> str | None:
        """The plan's name of what a message is about: an event, on whatever day, or one page or screen."""
        if type_ in _PAGES:
            return name if type(name) is str and self._pages.named(name) else None
        event = self._validator.resolve(name) if type(name) is str else None
        return None if event is None else event.name

    def message(self, name: str | None, type_: str) -> Edit | None:
        """What to change in a message of this type about this event or page (the plan's name)."""
        traits, more_traits = self._traits[type_]
        return stricter(_ours(properties=self._properties(name, type_), traits=traits), _user_traits(more_traits))

    def _properties(self, name: str | None, type_: str) -> Edit | None:
        if type_ in _PAGES:
            return self._pages.of(type_, name)
        if name is not None and name not in self._events:
            self._events[name] = part_of(self._plan.events[name].properties)
        part = None if name is None else self._events[name]
        return stricter(part, self._pages.of_any()) if type_ == _NO_TYPE else part

    def envelope(self) -> Edit | None:
        """What to change in what a batch says for all of its messages."""
        return _user_traits(self._traits[_NO_TYPE][1])

    def names(self) -> Mapping[str, Edit]:
        """Every key that leads to a changed value anywhere in the plan, with all that is to be done to its values."""
        parts: dict[str, Edit] = {}
        for event in (*self._plan.events, None):
            for key, part in parts_in(self.message(event, _NO_TYPE)):
                both = stricter(parts.get(key), part)
                if both is not None:
                    parts[key] = both
        return parts


def _user_traits(part: Edit | None) -> Edit | None:
    """What to change in a message, or in its envelope, where a user's traits may be besides `traits`."""
    whole: Edit | None = None
    for path in STORED.user_traits:
        nested = part
        for key in reversed(path):
            nested = _ours(**{key: nested})
        whole = stricter(whole, nested)
    return whole


def _ours(**keys: Edit | None) -> Edit | None:
    kept = {key: part for key, part in keys.items() if part is not None}
    return Edit(None, kept, is_ours=True) if kept else None


class Door:
    """What is to be done to the messages of senders with one bundle (`sender`), where `newest` is the plan in force.

    `parts_of` finds the parts of a bundle by its hash, None for one that was never loaded here.
    """

    def __init__(
        self,
        sender: PlanParts,
        newest: PlanParts,
        parts_of: Callable[[object], PlanParts | None],
        changer: Changer,
    ) -> None:
        self._sender = sender
        self._newest = newest
        self._parts_of = parts_of
        self._changer = changer
        self._tasks: dict[tuple[object, ...], Task | None] = {}
        self._unclaimed: dict[tuple[str | None, object], Task | None] = {}
        self._names: Mapping[str, Edit] | None = None

    def task(self, claim: object, subject: object, type_: object) -> Task | None:
        """What is to be done to a message, None for nothing.

        `claim` names the bundle whose transforms it had, `subject` the event that it is about, or `page:Home`.
        """
        if claim is None and type(type_) is str and (subject is None or type(subject) is str):
            task = self._unclaimed.get((subject, type_), _UNMADE)
            if task is not _UNMADE:
                return task  # type: ignore[return-value]  # it is no _UNMADE
        done = None if claim is None else self._parts_of(claim)
        if done is self._newest:
            return None
        name = self._newest.name_of(subject, type_)
        # Bounded: it has names of the plans, and none of a sender.
        key = (
            claim if done is not None else None,
            name,
            (self._sender if done is None else done).name_of(subject, type_),
            type_ if type(type_) is str and type_ in _TYPES else _NO_TYPE,
        )
        if key not in self._tasks:
            self._tasks[key] = self._made(done, *key[1:])
        if claim is None and key[-1] == type_ and (name is not None or subject is None):
            self._unclaimed[subject, type_] = self._tasks[key]  # type: ignore[index]  # a name of the plan, or none
        return self._tasks[key]

    def _made(self, done: PlanParts | None, newest_name: str | None, other_name: str | None, type_: str) -> Task | None:
        wanted = self._newest.message(newest_name, type_)
        if done is None:
            wanted = stricter(wanted, self._sender.message(other_name, type_))
            return None if wanted is None else Task(wanted, True)
        before = done.message(other_name, type_)
        part = remaining(wanted, before)
        # Nothing was done to an event that the bundle did not know.
        is_clear = before is None if newest_name is None else other_name is None
        return None if part is None else Task(part, is_clear)

    def apply(self, text: bytes, task: Task, *, is_kept: bool = False) -> Spliced:
        """A message as it may be kept. `is_kept` says that it was kept before, and may have been changed then."""
        try:
            return splice(text, task.part, self._changer, spares_hashes=is_kept)
        except (ValueError, RecursionError):
            return self._by_name(text)

    def unread(self, text: bytes) -> Spliced:
        """The same for an object that is no JSON, or names a key twice: all that it may be about is changed."""
        try:
            events = [json.loads(text[member.value : member.end]) for member in members(text) if member.key == "event"]
            part: Edit | None = None
            for event in events or [None]:
                task = self.task(None, event, None)
                part = stricter(part, task.part if task is not None else None)
            return Spliced(text, ()) if part is None else splice(text, part, self._changer)
        except (ValueError, RecursionError):
            return self._by_name(text)

    def head(self, text: bytes) -> bytes:
        """The beginning of a message, as it may be kept: what follows a name that the plan changes is changed."""
        return self._by_name(text).text

    def _by_name(self, text: bytes) -> Spliced:
        if self._names is None:
            self._names = self._newest.names()
        return splice_names(text, self._names, self._changer)

    def envelope(self, text: bytes, context: Mapping[str, Any]) -> bytes:
        """What a batch says for all of its messages, as it may be kept."""
        client = context.get("client")
        if type(client) is dict and self._parts_of(client.get("transformed")) is not None:
            return text
        part = stricter(self._newest.envelope(), self._sender.envelope())
        return text if part is None else splice(text, part, self._changer).text

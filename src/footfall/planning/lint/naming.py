"""Rules about names: style, order, tense and length as the plan wants them, reserved names, and near-equal ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from footfall.plan.model import LintLevel, Plan
from footfall.plan.problems import Path, dotted
from footfall.plan.regex_dialect import compile_pattern
from footfall.planning.lint.rule import Finding, LintRule, View
from footfall.planning.lint.verbs import is_action, is_past, last_action, past_of
from footfall.planning.words import STYLES, singular, spell, stem, words_of

__all__ = ["ROWS"]


class _Named(NamedTuple):
    """Something with a name: its section in `naming`, its path, its own name, its name on the wire, its type."""

    section: str
    path: Path
    name: str
    wire_name: str
    type: str = ""


def _named(view: View) -> Iterator[_Named]:
    plan: Plan = view.plan
    for event in plan.events.values():
        yield _Named("events", (event.name,), event.name, event.wire_name)
    for each in view.properties:
        if each.prop.name:
            section = "traits" if each.event is None else "properties"
            yield _Named(section, each.path, each.prop.name, each.prop.wire_name, each.prop.type)
    parts: tuple[tuple[str, Iterable[str]], ...] = (
        ("kpis", plan.kpis), ("goals", plan.goals), ("journeys", plan.journeys),
        ("segments", plan.segments), ("cohorts", plan.cohorts),
    )  # fmt: skip
    for section, names in parts:
        yield from (_Named(section, (section, name), name, name) for name in names)


_Test = Callable[[_Named, Mapping[str, Any]], str | tuple[str, str] | None]


def _by_naming(key: str, test: _Test) -> Callable[[View], Iterator[Finding]]:
    """A rule that applies where the plan's `naming` has a key: `test` gives the message, or message and remedy."""

    def judge(view: View) -> Iterator[Finding]:
        for named in _named(view):
            convention = view.plan.naming.get(named.section, {})
            if key in convention:
                answer = test(named, convention)
                if answer is not None:
                    message, remedy = (answer, "") if isinstance(answer, str) else answer
                    level: LintLevel | None = convention.get("level")
                    yield Finding(path=named.path, message=message, remedy=remedy, level=level)

    return judge


def _name_for_style(named: _Named, convention: Mapping[str, Any]) -> str:
    """The name that a style is about: Title Case and kebab-case can only be names on the wire."""
    style = STYLES.get(convention.get("style", ""))
    return named.wire_name if style is not None and style.on_wire else named.name


def _style(named: _Named, convention: Mapping[str, Any]) -> tuple[str, str] | None:
    style, name = STYLES[convention["style"]], _name_for_style(named, convention)
    if style.fits(name):
        return None
    key = "wire_name: " if style.on_wire else ""
    better = spell(words_of(name), convention["style"])
    return f"{name!r} is not {convention['style']}", f"write {key}{better}" if better else ""


def _pattern(named: _Named, convention: Mapping[str, Any]) -> str | None:
    matches = compile_pattern(convention["pattern"]).search(named.name) is not None
    return None if matches else f"{named.name!r} does not match {convention['pattern']}"


def _length(named: _Named, convention: Mapping[str, Any]) -> str | None:
    name, most = _name_for_style(named, convention), convention["max_length"]
    return f"{name!r} has {len(name)} characters, and at most {most} are wanted" if len(name) > most else None


def _ends(named: _Named, convention: Mapping[str, Any]) -> tuple[str, str]:
    """The word where the plan wants the action, and the word at the other end."""
    words = words_of(named.name)
    ends = (last_action(words), words[0])
    return ends if convention.get("order", "object_action") == "object_action" else (ends[1], ends[0])


def _is_turned(right: str, other: str, exceptions: Collection[str]) -> bool:
    """Whether the action is at the wrong end.

    `completed_order` ends in a noun that is also a verb: the word in the past is the action.
    """
    if is_action(right, exceptions):
        return is_past(other, exceptions) and not is_past(right, exceptions)
    return is_action(other, exceptions)


def _order(named: _Named, convention: Mapping[str, Any]) -> tuple[str, str] | None:
    exceptions = convention.get("exceptions", ())
    if not words_of(named.name):
        return None
    right, other = _ends(named, convention)
    if _is_turned(right, other, exceptions):
        return f"{named.name!r} puts the action in the wrong place", f"write {_better(named, convention)}"
    if is_action(right, exceptions):
        return None
    position = "last" if convention["order"] == "object_action" else "first"
    return f"{named.name!r} says no action: {right!r} is no verb that footfall knows", (
        f"let the {position} word be what was done; if it is, add {right} to naming.{named.section}.exceptions"
    )


def _tense(named: _Named, convention: Mapping[str, Any]) -> tuple[str, str] | None:
    exceptions = convention.get("exceptions", ())
    if not words_of(named.name):
        return None
    ends = _ends(named, convention)
    # What has no action at all is the business of name_order, where the plan wants an order.
    if "order" in convention and not any(is_action(word, exceptions) for word in ends):
        return None
    past = [word for word in ends if is_past(word, exceptions)]
    if convention["tense"] == "present":
        return (f"{named.name!r} is in the past: {past[0]!r}", "name it as what is being done") if past else None
    if past:
        return None
    action = ends[1] if _is_turned(*ends, exceptions) else ends[0]
    return (
        f"{named.name!r} is not in the past tense",
        f"write {_better(named, convention)}; if {action} is past, add it to naming.{named.section}.exceptions",
    )


def _better(named: _Named, convention: Mapping[str, Any]) -> str:
    """The name in the order and the tense that the plan wants, in its style."""
    words, exceptions = list(words_of(named.name)), convention.get("exceptions", ())
    right, other = _ends(named, convention)
    action = other if _is_turned(right, other, exceptions) else right
    if action == other and right != other and "order" in convention:
        words.remove(action)
        words = [*words, action] if convention["order"] == "object_action" else [action, *words]
    if convention.get("tense") == "past" and not is_past(action, exceptions):
        words = [part for word in words for part in (past_of(word).split("_") if word == action else [word])]
    style = convention.get("style", "snake_case")
    return spell(words, "snake_case" if STYLES[style].on_wire else style)


# The words of the message itself, and of what every message has beside its properties. Segment's common fields
# (https://segment.com/docs/connections/spec/common/), which footfall's wire shares, and the columns of an export.
_MESSAGE_WORDS: Final = frozenset(["alias", "group", "identify", "page", "reset", "screen", "track"])
_FIELD_WORDS: Final = frozenset(
    ["anonymous_id", "message_id", "original_timestamp", "person_id", "received_at", "sent_at", "write_key"]
)


def _reserved(view: View) -> Iterator[Finding]:
    own = frozenset(view.plan.naming.get("reserved", ()))
    for named in _named(view):
        names = dict.fromkeys((named.name, named.wire_name))
        for name in names:
            if name in own:
                yield Finding(path=named.path, message=f"{name!r} is reserved by the plan's naming.reserved")
            elif named.section == "events" and name in _MESSAGE_WORDS:
                yield Finding(path=named.path, message=f"{name!r} is the name of a kind of message")
            elif named.section == "properties" and "_".join(words_of(name)) in _FIELD_WORDS:
                yield Finding(path=named.path, message=f"{name!r} is a field that every message has by itself")
            elif named.section in ("events", "properties", "traits") and name.startswith("$"):
                yield Finding(path=named.path, message=f"{name!r} starts with $, which other tools keep for themselves")


def _near(view: View) -> Iterator[Finding]:
    """Two names of a section with the same words in another form or order, or one letter of a long word apart."""
    by_group: dict[str, dict[tuple[str, ...], _Named]] = {}
    typing_errors: dict[str, _TypingErrors] = {}
    names: set[tuple[str, str]] = set()
    for named in _named(view):
        group = f"{named.section} {named.path[1] if named.section == 'traits' else ''} {named.type}"
        if (group, named.name) in names:
            continue
        names.add((group, named.name))
        words = words_of(named.name)
        form = tuple(sorted(_plain(word, named.section) for word in words))
        first = by_group.setdefault(group, {}).setdefault(form, named)
        typed = typing_errors.setdefault(group, _TypingErrors()).find(words, named)
        first = typed or first if first is named else first
        if first is not named:
            yield Finding(path=named.path, message=f"{named.name!r} is nearly the same name as {dotted(first.path)}")


def _plain(word: str, section: str) -> str:
    american = re.sub(r"our$", "or", re.sub(r"is(e|ed|ing|ation)$", r"iz\1", word))
    return stem(american) if section == "events" else singular(american)


_LONG = 6


class _TypingErrors:
    """Finds names of which a long word has one letter more, one fewer, or two swapped."""

    def __init__(self) -> None:
        self._whole: dict[tuple[str, ...], _Named] = {}
        self._shorter: dict[tuple[str, ...], _Named] = {}

    def find(self, words: tuple[str, ...], named: _Named) -> _Named | None:
        """An earlier name that is so near to this one, which is then known to the later ones."""
        shorter = list(_variants(words, lambda word, cut: word[:cut] + word[cut + 1 :]))
        swapped = _variants(words, lambda word, cut: word[:cut] + word[cut + 1 : cut + 2] + word[cut] + word[cut + 2 :])
        candidates = (self._whole.get(form) for form in (*shorter, *swapped) if form != words)
        near = next((other for other in candidates if other is not None), None) or self._shorter.get(words)
        self._whole.setdefault(words, named)
        for form in shorter:
            self._shorter.setdefault(form, named)
        return near


def _variants(words: tuple[str, ...], change: Callable[[str, int], str]) -> Iterator[tuple[str, ...]]:
    for index, word in enumerate(words):
        if len(word) >= _LONG and word.isalpha():
            for cut in range(1, len(word)):  # nobody mistypes the first letter, and `altitude` is no `latitude`
                yield (*words[:index], change(word, cut), *words[index + 1 :])


ROWS: Final = (
    LintRule(
        name="name_style", level="error", judge=_by_naming("style", _style),
        reason="With one way of writing names, people can guess a name, and query it without quotes.",
        fix="write it in the style that naming asks for; keep the old name as wire_name or alias",
    ),
    LintRule(
        name="name_pattern", level="error", judge=_by_naming("pattern", _pattern),
        reason="The plan's naming asks that such names match a pattern.",
        fix="rename it, and keep the old name as wire_name or alias",
    ),
    LintRule(
        name="name_length", level="error", judge=_by_naming("max_length", _length),
        reason="Long names are cut off by reports, and by tools that limit column names.",
        fix="shorten it",
    ),
    LintRule(
        name="name_order", level="error", judge=_by_naming("order", _order),
        reason="Events that all say first what, and then what happened to it, are sorted by subject.",
        fix="put object and action in the order that naming asks for",
    ),
    LintRule(
        name="name_tense", level="error", judge=_by_naming("tense", _tense),
        reason="An event is sent once something has happened; order_complete leaves open whether it has.",
        fix="write the action in the tense that naming asks for",
    ),
    LintRule(
        name="reserved_name", level="error", judge=_reserved,
        reason="A name that messages, reports or other tools use for something else is mistaken for it.",
        fix="choose another name",
    ),
    LintRule(
        name="near_duplicate_name", level="warning", judge=_near,
        reason="Names a letter, a plural or an order of words apart are mixed up, and each gets half of the data.",
        fix="keep one of them, and make the other an alias or remove it",
    ),
)  # fmt: skip

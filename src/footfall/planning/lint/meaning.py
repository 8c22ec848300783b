"""Rules about what a plan says: owners, descriptions, purposes, and names that mean different things in places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from footfall.plan.model import Property
from footfall.plan.problems import Path, dotted
from footfall.planning.lint.rule import Finding, LintRule, PlacedProperty, View
from footfall.planning.words import GENERIC, STOP_WORDS, singular, stem, words_of

__all__ = ["ROWS"]


def _owned(view: View) -> Iterator[tuple[Path, str]]:
    plan = view.plan
    yield from (((event.name,), event.owner) for event in plan.events.values())
    yield from ((("goals", goal.name), goal.owner) for goal in plan.goals.values())
    yield from ((("kpis", kpi.name), kpi.owner) for kpi in plan.kpis.values())
    yield from ((("journeys", journey.name), journey.owner) for journey in plan.journeys.values())
    yield from ((("campaigns", campaign.name), campaign.owner) for campaign in plan.campaigns.values())
    yield from ((("segments", segment.name), segment.owner) for segment in plan.segments.values())
    yield from ((("cohorts", cohort.name), cohort.owner) for cohort in plan.cohorts.values())
    yield from ((("boards", board.name), board.owner) for board in plan.boards.values())
    yield from ((("signals", signal.name), signal.owner) for signal in plan.signals.values())
    yield from ((("experiments", each.name), each.owner) for each in plan.experiments.values())


def _missing_owner(view: View) -> Iterator[Finding]:
    for path, owner in _owned(view):
        if not owner.strip():
            yield Finding(path=path, message="nobody owns it")


def _described(view: View) -> Iterator[tuple[Path, str]]:
    plan = view.plan
    yield from (((event.name,), event.description) for event in plan.events.values())
    yield from ((("pages", page.name), page.description) for page in plan.pages.values())
    yield from ((each.path, each.prop.description) for each in view.properties if each.prop.name)
    yield from ((("goals", goal.name), goal.description) for goal in plan.goals.values())
    yield from ((("journeys", journey.name), journey.description) for journey in plan.journeys.values())
    yield from ((("campaigns", campaign.name), campaign.description) for campaign in plan.campaigns.values())
    yield from ((("segments", segment.name), segment.description) for segment in plan.segments.values())
    yield from ((("cohorts", cohort.name), cohort.description) for cohort in plan.cohorts.values())


def _missing_description(view: View) -> Iterator[Finding]:
    for path, text in _described(view):
        if not text.strip():
            yield Finding(path=path, message="it has no description")


def _missing_question(view: View) -> Iterator[Finding]:
    for kpi in view.plan.kpis.values():
        if not kpi.question.strip():
            yield Finding(path=("kpis", kpi.name), message="the KPI answers no question")


_PLACEHOLDERS: Final = frozenset(
    "todo tbd tba fixme xxx description placeholder lorem wip unknown test asdf none".split()  # noqa: SIM905 - a list of words is read as one
)


def _placeholder(view: View) -> Iterator[Finding]:
    for path, text in _described(view):
        words = words_of(text)
        if text.strip() and (
            not words
            or words[0] in _PLACEHOLDERS - {"none", "unknown", "test", "description"}
            or (len(words) == 1 and words[0] in _PLACEHOLDERS)
        ):
            yield Finding(path=path, message=f"{text.strip()[:40]!r} stands in for a description", key="description")


def _repeated(view: View) -> Iterator[Finding]:
    for path, text in _described(view):
        words = [word for word in words_of(text) if word not in STOP_WORDS and word not in GENERIC]
        if not words_of(text):
            continue
        # A word of the event around a property, or of an object around an inner one, does say something of it.
        own = path if path[0] in ("goals", "journeys", "segments", "cohorts") else path[-1:]
        around = {stem(singular(word)) for part in own for word in words_of(part)}
        if all(stem(singular(word)) in around for word in words) and words_of(text)[0] not in _PLACEHOLDERS:
            message = f"the description {text.strip()[:60]!r} only repeats the name"
            yield Finding(path=path, message=message, key="description")


def _by_column(view: View) -> dict[str, list[PlacedProperty]]:
    """The properties of all events by their path inside the event, which is where they are stored.

    What is inside different properties may have one name and differ: `stage.height` and `element.height`. One that many
    events share from one definition is counted for each of them.
    """
    columns: dict[str, list[PlacedProperty]] = {}
    for each in view.properties:
        if each.event is not None and each.prop.name:
            columns.setdefault(dotted(each.path[1:]), []).append(each)
    return columns


def _differing(say: Callable[[Property], str | None]) -> Callable[[View], Iterator[Finding]]:
    """Properties of one name of which a few differ from the most: those few, each with what the most are."""

    def judge(view: View) -> Iterator[Finding]:
        for name, column in _by_column(view).items():
            stated = [(each, text) for each in column if (text := say(each.prop)) is not None]
            counts = Counter(text for _, text in stated)
            if len(counts) < 2:
                continue
            usual, number = counts.most_common(1)[0]
            example = next(each for each, text in stated if text == usual)
            others = f"in {number} other places, such as" if number > 1 else "in"
            for each, text in stated:
                if text != usual:
                    message = f"{name!r} {text} here, but {usual} {others} {dotted(example.path)}"
                    yield Finding(path=each.path, message=message)

    return judge


def _say(key: str, words: str) -> Callable[[Property], str | None]:
    """What a property says under a key, in words; None where it says nothing."""
    return lambda prop: None if getattr(prop, key) is None else f"{words} {getattr(prop, key)}"


def _say_type(prop: Property) -> str:
    content = prop.items or prop.values
    kinds = " or ".join(sorted(prop.types)) or prop.type
    return f"is {kinds} of {content.type}" if content is not None else f"is {kinds}"


def _topics(prop: Property) -> frozenset[str]:
    return frozenset(stem(singular(word)) for word in words_of(prop.description) if word not in STOP_WORDS | GENERIC)


def _conflicting_meanings(view: View) -> Iterator[Finding]:
    """Descriptions of one name that share no word, also not with the name; and closed enums that share no value."""
    for name, column in _by_column(view).items():
        own = {stem(singular(word)) for word in words_of(column[0].prop.name)}
        first: list[PlacedProperty] = []
        for each in column:
            if each.prop.type == "object" and not each.prop.description:
                continue
            other = next((before for before in first if _differ(before.prop, each.prop, own)), None)
            if other is not None:
                contrast = _contrast(other.prop, each.prop)
                message = f"{name!r} means something else here than in {dotted(other.path)}: {contrast}"
                yield Finding(path=each.path, message=message)
            elif not any(before.prop.description == each.prop.description for before in first):
                first.append(each)


def _differ(first: Property, second: Property, own: set[str]) -> bool:
    if first.enum and second.enum and not (first.open or second.open) and not set(first.enum) & set(second.enum):
        return True
    if first.description == second.description or first.type != second.type:
        return False
    mine, theirs = _topics(first), _topics(second)
    if not mine or not theirs or mine & theirs:
        return False
    return not (mine & own or theirs & own)


def _contrast(first: Property, second: Property) -> str:
    if first.enum and second.enum and not set(first.enum) & set(second.enum):
        return f"[{_say_few(second.enum)}], there [{_say_few(first.enum)}]"
    return f"{second.description[:60]!r}, there {first.description[:60]!r}"


def _say_few(values: Sequence[object]) -> str:
    return ", ".join(map(str, values[:3])) + (", …" if len(values) > 3 else "")


ROWS: Final = (
    LintRule(
        name="missing_owner", level="warning", judge=_missing_owner,
        reason="When a number looks wrong, somebody must be there to ask.",
        fix="add owner: TEAM, here or in the file's defaults",
    ),
    LintRule(
        name="missing_description", level="warning", judge=_missing_description,
        reason="Without a description, the next reader guesses when it is sent and what it holds.",
        fix="say when it happens, or what the value is, in a sentence",
    ),
    LintRule(
        name="missing_question", level="warning", judge=_missing_question,
        reason="A KPI that answers no question is a number that nobody acts on.",
        fix="add question: the one that the team wants answered",
    ),
    LintRule(
        name="placeholder_description", level="warning", judge=_placeholder,
        reason="A text that was to be replaced later hides that the description is missing.",
        fix="say when it happens, or what the value is, in a sentence",
    ),
    LintRule(
        name="repeated_description", level="warning", judge=_repeated,
        reason="A description that only repeats the name tells nobody anything, and looks as if it did.",
        fix="say what the name does not: when exactly it is sent, in which unit, what null means",
    ),
    LintRule(
        name="conflicting_types", level="error", judge=_differing(_say_type),
        reason="A property of one name and two types ends in one column that holds neither.",
        fix="make it one type, or give one of them another name",
    ),
    LintRule(
        name="conflicting_units", level="error", judge=_differing(_say("unit", "is in")),
        reason="Seconds added to milliseconds give a number that is wrong and looks right.",
        fix="use one unit, or put the unit into the names",
    ),
    LintRule(
        name="conflicting_formats", level="warning", judge=_differing(_say("format", "has the format")),
        reason="Values of one name that are written in two ways cannot be joined or compared.",
        fix="use one format, best as a named type",
    ),
    LintRule(
        name="conflicting_sensitivity", level="warning", judge=_differing(_say("sensitivity", "is")),
        reason="What is personal in one event is personal in all; the mildest mark decides what leaks.",
        fix="use one sensitivity, best as a named type",
    ),
    LintRule(
        name="conflicting_meanings", level="warning", judge=_conflicting_meanings,
        reason="One name for two things is read as one thing by whoever did not write it.",
        fix="use one named type for one thing, or give one of them another name",
    ),
)  # fmt: skip

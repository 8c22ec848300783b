"""The definition of a funnel in words: a sentence for each option, so that nobody has to guess what was counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from footfall.analytics.definitions import DEVICES, PERSONS, filter_text, window_text
from footfall.analytics.intervals import CONFIDENCE
from footfall.analytics.questions.funnel.options import FunnelBreakdown, FunnelExclusion, FunnelOptions
from footfall.analytics.window import Window
from footfall.journeys.attempts import FunnelEntry, FunnelOrder
from footfall.plan.durations import format_duration

__all__ = ["funnel_definition"]

_ENTRIES: Final[Mapping[FunnelEntry, str]] = {
    "first": "Entry: the first {event} of a {actor} in the window; each {actor} counts once.",
    "any": (
        "Entry: any {event} of a {actor} in the window; each {actor} counts once, by the entry that gets furthest, and "
        "of these by the earliest."
    ),
    "each": (
        "Entry: each {event} in the window by itself, so that a {actor} may enter many times, and a later message may "
        "be a step of several entries."
    ),
}
_ORDERS: Final[Mapping[FunnelOrder, str]] = {
    "ordered": (
        "A later step is reached by any chain of messages, each at or after the one before; other messages between "
        "them do not matter."
    ),
    "strict": (
        "A later step is reached by any chain of messages between which the {actor} did nothing else: no other event, "
        "page or screen has a time between theirs."
    ),
    "any": (
        "The steps may come in any order: n steps are reached when n messages, from the entry on, are of n different "
        "steps; the entry is one of them."
    ),
}
_TIES = {
    True: "Messages with equal times count as in order, and one message fills one step.",
    False: "Each step is later than the one before, equal times are not enough.",
}
_SESSION = (
    "All steps are in the session of the entry; a session is of one device, and ends after 30 minutes without a "
    "message or with a reset."
)
_MESSAGE = (
    "of the message that reached the step first, of those with equal times of the first received one with a value"
)


def funnel_definition(options: FunnelOptions, window: Window) -> str:
    """All of it."""
    return " ".join(_sentences(options, window))


def _sentences(options: FunnelOptions, window: Window) -> Iterator[str]:
    actor, rule = ("person", PERSONS) if options.by == "user" else ("device", DEVICES)
    first = "message of any step" if options.order == "any" else filter_text(options.steps[0].filter)
    first = first.removeprefix("any ")  # the first message, each message
    yield _ENTRIES[options.entry].format(event=first, actor=actor)
    if options.journey is not None:
        yield f"Steps: those of the journey {options.journey}, without its branches."
    yield _ORDERS[options.order].format(actor=actor)
    yield _TIES[options.has_ties]
    yield from _times(options)
    for name in [step.id for step in options.steps if step.is_optional]:
        yield f"{name} is optional: later steps are reached without it too, and are compared with the step before it."
    if options.hold:
        names = " and ".join(options.hold)
        yield f"Each step has the {names} of its entry; an entry without a value of it goes no further."
    for exclusion in options.exclusions:
        yield _exclusion(options, exclusion)
    units = "entries" if options.entry == "each" else f"{actor}s"
    yield f"Later steps may come after the window has ended. Open are {units} that may still reach a further step."
    if options.entry != "each":
        yield f"Intervals are Wilson's, of {CONFIDENCE}."
    if options.breakdown is not None:
        yield _breakdown(options, options.breakdown, actor)
    yield (
        "Times to convert are from the first reach of the step before to that of the step; the median of an even "
        "number is halfway between two, and nine in ten took at most the p90."
    )
    yield from _curve(options, actor)
    yield f"Entries by corrected time: {window_text(window)}. {rule}"


def _times(options: FunnelOptions) -> Iterator[str]:
    if options.is_session:
        yield _SESSION
    elif options.within is not None:
        yield f"Each step comes within {format_duration(options.within)} of the entry, inclusive."
    elif all(step.within is None for step in options.steps):
        yield "There is no limit of time."
    for step in options.steps:
        if step.within is not None:
            yield f"{step.id} comes within {format_duration(step.within)} of the step before."


def _exclusion(options: FunnelOptions, exclusion: FunnelExclusion) -> str:
    first, last = (options.steps[number - 1].id for number in (exclusion.first, exclusion.last))
    if options.order == "any":
        first, last = f"{exclusion.first} reached", f"{exclusion.last} steps"
    effect = (
        "takes the person out of all figures"
        if exclusion.drops_person and options.by == "user"
        else "takes the device out of all figures"
        if exclusion.drops_person
        else "ends the entry there: no later step counts for it"
    )
    return (
        f"{filter_text(exclusion.filter)} after the first reach of {first} and before that of {last} {effect}; one "
        "with the time of either does not."
    )


def _breakdown(options: FunnelOptions, breakdown: FunnelBreakdown, actor: str) -> str:
    name = breakdown.name
    unit = "Each entry" if options.entry == "each" else f"Each {actor}"
    if breakdown.segments:
        rule = f"the first of {', '.join(breakdown.segments)} that the person is in at the end of the window"
        return f"{unit} is in one row, so that rows add up: by {rule}, or in none."
    if isinstance(breakdown.attribution, int):
        number = breakdown.attribution
        step = f"step {number}" if options.order == "any" else options.steps[number - 1].id
        return (
            f"{unit} is in one row, so that rows add up: by {name} of {step}, {_MESSAGE}; who did not reach it is "
            "among those without a value."
        )
    which = f"the {breakdown.attribution} reached step with a value"
    return f"{unit} is in one row, so that rows add up: by {name} of {which}, {_MESSAGE}."


def _curve(options: FunnelOptions, actor: str) -> Iterator[str]:
    entries = "the first entry" if options.entry != "first" else "the entry"
    if options.exclusions:
        yield (
            f"Conversion over time is the cumulative incidence by Aalen and Johansen, of {entries} of each {actor}: an "
            "exclusion is an end of its own kind, also where it takes the person out."
        )
    else:
        yield f"Conversion over time is one minus the estimate of Kaplan and Meier, of {entries} of each {actor}."
    yield "An entry is censored only where it is still open now, or at the end of its time."

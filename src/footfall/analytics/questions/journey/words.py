"""What the answer about one journey means in words, and how it is laid out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from footfall.analytics.definitions import chain_text, window_text
from footfall.analytics.figures import quotient
from footfall.analytics.questions.journey.options import JourneyOptions
from footfall.analytics.questions.journey.results import Conformance, JourneyNow, Leavers, PersonStage
from footfall.analytics.sections import (
    Amount,
    Bar,
    Cell,
    Command,
    FigureDefinition,
    Rest,
    Section,
    Table,
    TableRow,
    alarm,
    plain,
    quiet,
    strong,
)
from footfall.analytics.window import Window
from footfall.printable import counted

__all__ = ["definition", "sections"]

_SHOWN: Final = 50  # persons on a page; the other forms have all
_MINUTE = "%Y-%m-%d %H:%M"
_STAGE = (
    "Everybody is at the furthest step that they reached on any path, since they first reached it; by a branch where "
    "the main path does not lead there. Reached counts the main path alone, as the report does. Done is who is at the "
    "end of a path. Late is whose last moment for a further step, on any path, has passed: the limit of a step counts "
    "from the last message that can fill the step before it, that of the journey from the entry. All others are open."
)
_CONFORMANCE = (
    "A way is decided when it is done or late. Its deviations are the steps that it lacks to the end of its path, and "
    "the guards that it broke; one without any kept to the plan. The interval is Wilson's, of 95 %. Off the plan is "
    "who had the event of a step later than the entry and did not reach the step: without a step before it, or too "
    "late after that."
)
_LEAVERS = (
    "Went on: reached {end} on a path through both steps. Gave up: can no more get further on any path. Another way: "
    "got to {end} or past it, or to an end, by another path. {time} First is what they did first after {start}, but "
    "for {event} again, and before they were decided; a page is its route."
)
_LIMITED = "The time is that of the plan's limits."
_SESSION = (
    "The plan has no limit here, so the time ends with the first pause of over 30 minutes: who went on after that is "
    "counted as later."
)
_OBSTACLES = (
    "An obstacle is an event, a page, a status of a page (400 and over) or a fault of a message in quarantine that a "
    "person had after {start}: each time that somebody goes on, those who had it by then are compared with those who "
    "had not, of all who are still undecided (log-rank test with a state that changes, Mantel and Byar 1974; times to "
    "the second up to a minute, then to 1.5 %). The lift says how many times less often who had it goes on, with its "
    "95 % interval (Peto's estimate). p is adjusted for all that was tested by Benjamini and Hochberg (1995); above "
    "0.05 it is not shown, nor what fewer than {floor} had or where fewer than 5 were expected to go on. It goes along "
    "with giving up; whether it is the cause, only an experiment can say."
)


def definition(options: JourneyOptions, window: Window, *, is_limited: bool) -> str:
    """What each figure means. `is_limited`: the plan limits the time between the steps."""
    parts = [chain_text(options.journey), _STAGE, _CONFORMANCE]
    if options.between:
        start, end = options.between
        event = next(step.event for step in options.journey.steps if step.id == start)
        time = _LIMITED if is_limited else _SESSION
        parts.append(_LEAVERS.format(start=start, end=end, event=event, time=time))
        parts.append(_OBSTACLES.format(start=start, floor=options.floor))
    return " ".join([*parts, f"Entries by corrected time: {window_text(window)}."])


def sections(result: JourneyNow) -> Iterator[Section]:
    """The answer as sections."""
    actors = "persons" if result.by == "user" else "devices"
    stages = [
        TableRow([
            [strong(stage.id)], [plain(Bar(stage.here, result.entered))], [strong(stage.here)], [plain(stage.done)],
            [plain(stage.open)], [(alarm if stage.late else plain)(stage.late)], [plain(stage.by_branch)],
            [plain(stage.reached)],
        ])
        for stage in result.stages
    ]  # fmt: skip
    yield Section(
        f"Journey {result.name}: where everybody is",
        beside=[quiet(f"{result.entered:,} {actors} entered "), quiet(_window(result.window))],
        about=result.description,
        table=Table(("step", "", actors, "done", "open", "late", "by a branch", "reached"), stages),
        remarks=[*_hint(result)],
        definition=FigureDefinition(result.name, result.definition),
    )
    yield _conformance(result.conformance)
    if result.leavers is not None:
        yield from _leavers(result.leavers)
    if result.persons is not None:
        yield _persons(result.persons, actors)


def _window(window: Window) -> str:
    since, until = (None if time is None else f"{time:{_MINUTE}}" for time in (window.since, window.until))
    return f"from {since or 'the first message'} to {until or 'the last'}"


def _hint(result: JourneyNow) -> Iterator[Cell]:
    """Which question to ask next: between the steps where most give up."""
    late = [stage.late for stage in result.stages[:-1]]
    if result.leavers is None and any(late):
        place = late.index(max(late))
        first, second = result.stages[place : place + 2]
        since, until = result.window.since, result.window.until
        window = "" if since is None else f" --since {since.isoformat()}"
        if since is not None and until is not None:
            window += f" --until {until.isoformat()}"
        command = f"footfall journey {result.name} --between {first.id} {second.id}{window} --data {{data}}"
        yield [quiet(f"what those {first.late:,} did instead:   "), plain(Command(command))]


def _conformance(answer: Conformance) -> Section:
    rows = [
        TableRow([
            [strong(way.path)], [plain(" → ".join(way.steps))], [plain(way.done)], [strong(way.kept)],
            [plain(way.open)], [plain(way.late)],
        ])
        for way in answer.ways
    ]  # fmt: skip
    remarks: list[Cell] = [
        [quiet("ways by deviations: "), plain(", ".join(f"{n}: {count:,}" for n, count in answer.deviations))]
    ] if answer.deviations else []  # fmt: skip
    remarks += [[quiet(f"broke {guard.name}: "), plain(guard.actors)] for guard in answer.guards]
    remarks += [
        [quiet(f"{step.id} off the plan: "), plain(f"{step.without_step_before:,} without a step before it, "),
         plain(f"{step.too_late:,} too late")]
        for step in answer.off_plan if step.without_step_before or step.too_late
    ]  # fmt: skip
    beside: Cell = [quiet("no way is decided")]
    if answer.share is not None:
        interval = (plain(Amount(value, is_share=True)) for value in (answer.low, answer.high))
        low, high = interval
        beside = [
            strong(Amount(answer.share, is_share=True)), quiet(" of "), quiet(f"{answer.decided:,} decided ways ("),
            low, quiet(" to "), high, quiet(")"),
        ]  # fmt: skip
    return Section(
        "Kept to the plan", beside=beside, remarks=remarks,
        table=Table(("path", "steps", "done", "of these kept", "open", "late"), rows),
    )  # fmt: skip


def _leavers(answer: Leavers) -> Iterator[Section]:
    rest = [
        f"{count:,} {words}"
        for count, words in ((answer.open, "open"), (answer.other_way, "another way"), (answer.later, "later"))
        if count
    ]
    rows = [
        TableRow([
            [strong(each.name)], [strong(each.gave_up)], [_share(each.gave_up, answer.gave_up)], [plain(each.went_on)],
            [_share(each.went_on, answer.went_on)],
        ])
        for each in answer.nexts
    ]  # fmt: skip
    yield Section(
        f"Between {answer.start} and {answer.end}: what they did first",
        beside=[quiet(", ".join([f"{answer.gave_up:,} gave up, {answer.went_on:,} went on", *rest]))],
        table=Table(("first", "gave up", "share", "went on", "share"), rows) if rows else None,
        remarks=[] if rows else [[quiet("nobody gave up or went on")]],
    )
    obstacles = [
        TableRow([
            [strong(each.name)], [alarm(Amount(each.lift))], [plain(Amount(each.low)), quiet(" to "),
            plain(Amount(each.high))], [plain(each.gave_up)], [plain(each.went_on)], [plain(Amount(each.p_value))],
        ])
        for each in answer.obstacles
    ]  # fmt: skip
    remarks: list[Cell] = [] if obstacles else [[quiet("nothing comes before giving up more often than by chance")]]
    if answer.unattributed:
        number = counted(answer.unattributed, "message")
        text = f"{number} in quarantine of nobody who is known; their faults are not in it"
        remarks.append([quiet(text)])
    yield Section(
        f"Obstacles between {answer.start} and {answer.end}",
        beside=[quiet(f"{answer.tested:,} things tested")],
        table=Table(("what", "lift", "95 % interval", "gave up", "went on", "p"), obstacles) if obstacles else None,
        remarks=remarks,
    )


def _share(count: int, of: int) -> Any:
    return plain(Amount(quotient(count, of).value, is_share=True)) if of else plain("")


def _persons(persons: tuple[PersonStage, ...], actors: str) -> Section:
    rows = [
        TableRow([
            [strong(each.person_id)], [plain(each.stage)], [(alarm if each.state == "late" else plain)(each.state)],
            [plain(f"{each.since:{_MINUTE}}")], [plain(each.next or "")],
            [plain(f"{each.due:{_MINUTE}}" if each.due else "")],
        ])
        for each in persons[:_SHOWN]
    ]  # fmt: skip
    if persons[_SHOWN:]:
        rows.append(TableRow([[quiet(Rest(len(persons) - _SHOWN, f"more {actors[:-1]}"))]]))
    return Section(
        f"{len(persons):,} {actors if len(persons) != 1 else actors[:-1]}",
        table=Table(("person_id", "step", "", "since", "next", "until"), rows) if rows else None,
        remarks=[] if rows else [[quiet("nobody")]],
    )

"""The answer to a question of paths: who went where at each position, and the most frequent whole paths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from footfall.analytics.definitions import PERSONS, filter_text, window_text
from footfall.analytics.figure_losses import FigureLosses, with_losses
from footfall.analytics.figures import quotient
from footfall.analytics.question import TIMELINE_MESSAGES, FlatTable, Question, ReportContext, checked, with_options
from footfall.analytics.questions.paths.options import PathsOptions
from footfall.analytics.questions.paths.tally import PathCount, PathsPartial, tally
from footfall.analytics.sections import (
    Amount,
    Cell,
    FigureDefinition,
    Rest,
    Section,
    Table,
    TableRow,
    plain,
    quiet,
    strong,
)
from footfall.analytics.window import Window
from footfall.plan.durations import format_duration

__all__ = ["NOTHING", "OTHER", "START", "PathEdge", "PathsResult", "WholePath", "paths"]

START: Final = "(start)"
"""Where paths come from at position 0; of paths up to a step, where they go there."""
OTHER: Final = "(other)"
"""All steps at a position that are not among the most frequent ones."""
NOTHING: Final = "(nothing more)"
"""Where paths go that end; of paths up to a step, where those come from that begin."""


class PathEdge(msgspec.Struct, frozen=True, rename={"source": "from", "target": "to"}):
    """How many paths go from one step to another. `open` of those that end may still go on.

    `position` counts from the step that paths begin with, which is 0, and back from it (-1, …) for paths up to a step:
    that of `target`, there of `source`.
    """

    position: int
    source: str
    target: str
    count: int
    open: int = 0


class WholePath(msgspec.Struct, frozen=True):
    """A path that so many went, in the order of time. `is_cut`: it has more steps than are shown."""

    steps: tuple[str, ...]
    is_cut: bool
    count: int
    open: int


class PathsResult(FigureLosses, frozen=True):
    """Edges by position, the most frequent first, and the most frequent whole paths.

    `unit` is what a path is of: a session, or a person. `entered` are those with the step that was asked for, `paths`
    those with a path, which between two steps are fewer. `others` are the paths that are not in `most_frequent`.
    """

    about: str
    unit: str
    steps: int
    window: Window
    entered: int
    paths: int
    edges: tuple[PathEdge, ...]
    most_frequent: tuple[WholePath, ...]
    others: int
    definition: str


def paths(options: PathsOptions) -> Question[PathsPartial, PathsResult]:
    """The question with these options, which `paths_options` reads. Raises UsageError for one of another type."""
    checked(options)
    question = with_options(
        "paths", options, PathsPartial, tally, _merge, lambda result: _sections(result, options.top), _table,
        TIMELINE_MESSAGES,
    )  # fmt: skip
    return with_losses(question, lambda _: _named_events(options))


def _named_events(options: PathsOptions) -> dict[str, list[str]]:
    """The events that the question names; without one, paths have no figure of a named event."""
    first, last = options.between or (options.after, options.before)
    return {name: [step.event] for name, step in (("first", first), ("last", last)) if step is not None}


def _merge(context: ReportContext, options: PathsOptions, partials: Sequence[PathsPartial]) -> PathsResult:
    counts, open_ = Counter[tuple[tuple[str, ...], bool]](), Counter[tuple[tuple[str, ...], bool]]()
    for path in (path for partial in partials for path in partial.paths):
        counts[path.steps, path.is_cut] += path.count
        open_[path.steps, path.is_cut] += path.open
    every = [PathCount(*key, count, open_[key]) for key, count in counts.items()]
    ranked = sorted(every, key=lambda path: (-path.count, path.steps, path.is_cut))
    is_back = options.before is not None
    whole = [
        WholePath(path.steps[::-1] if is_back else path.steps, path.is_cut, path.count, path.open)
        for path in ranked[: options.top]
    ]
    window = context.window(context.span)
    return PathsResult(
        about=_about(options),
        unit="session" if options.within is None else "person",
        steps=options.steps,
        window=window,
        entered=sum(partial.entered for partial in partials),
        paths=sum(counts.values()),
        edges=tuple(_edges(every, options, is_back=is_back)),
        most_frequent=tuple(whole),
        others=sum(path.count for path in ranked[options.top :]),
        definition=_definition(options, window),
    )


def _edges(every: Sequence[PathCount], options: PathsOptions, *, is_back: bool) -> Iterator[PathEdge]:
    names = [_names(every, position, options.top) for position in range(options.steps + 1)]
    counts, open_ = Counter[tuple[int, str, str]](), Counter[tuple[int, str, str]]()
    for path in every:
        shown = [names[position].get(step, OTHER) for position, step in enumerate(path.steps)]
        ends = [NOTHING] if len(shown) <= options.steps else []
        for position, pair in enumerate(zip([START, *shown], [*shown, *ends], strict=False)):
            counts[position, *pair] += path.count
        if ends:
            open_[len(shown), shown[-1], NOTHING] += path.open
    order = sorted(counts, key=lambda key: (key[0], -counts[key], key))
    for position, source, target in order:
        count, still = counts[position, source, target], open_[position, source, target]
        yield PathEdge(
            -position if is_back else position, *((target, source) if is_back else (source, target)), count, still
        )


def _names(every: Iterable[PathCount], position: int, top: int) -> Mapping[str, str]:
    """The most frequent steps at a position, by themselves."""
    counts = Counter[str]()
    for path in every:
        if position < len(path.steps):
            counts[path.steps[position]] += path.count
    return {step: step for step in sorted(counts, key=lambda step: (-counts[step], step))[:top]}


def _about(options: PathsOptions) -> str:
    if options.between:
        return f"between {filter_text(options.between[0])} and {filter_text(options.between[1])}"
    if options.before:
        return f"before {filter_text(options.before)}"
    return f"after {filter_text(options.after)}" if options.after else "from the first step on"


_STEP = (
    "Step: an event, or a page or screen by its route (page:ROUTE). They are in order of time, those of equal times by "
    "seq; one that repeats the step before it is no further step."
)


_BY_CHANNEL = (
    "A step has its channel of contact before it: that of the event in the plan, else of the source; (none) without "
    "one. The same step by another channel is another one."
)


def _definition(options: PathsOptions, window: Window) -> str:
    if options.within is None:
        unit = "session"
        of = (
            "Each session of a person has one path at most; a session is of one device, ends after 30 minutes "
            "without a message or with a reset, and is followed past both ends of the window."
        )
    else:
        unit, length = "person", format_duration(options.within)
        of = (
            f"Each person has one path at most, over all sessions and devices, with steps at most {length} from "
            f"{'its last' if options.before else 'its first'} one; it is followed past both ends of the window."
        )
    if options.between:
        first, last = map(filter_text, options.between)
        path = f"Path: from the first {first} of a {unit} in the window to the first {last} after it."
    elif options.before:
        path = f"Path: up to the first {filter_text(options.before)} of a {unit} in the window."
    elif options.after:
        path = f"Path: from the first {filter_text(options.after)} of a {unit} in the window on."
    elif options.within is None:
        path = "Path: from the first step of a session that begins in the window on."
    else:
        path = "Path: from the first step of a person in the window on."
    rows = (
        f"At each position the {options.top} most frequent steps have a row, all others are {OTHER}. {NOTHING} is "
        f"where paths {'begin' if options.before else 'end'}: as many go into a step as go on from it or end there. A "
        f"path of more than {options.steps} further steps is cut there. A share is of all paths that get so far."
    )
    sentences = [_STEP, *([] if options.by is None else [_BY_CHANNEL]), path, of, rows]
    if not (options.before or options.between):
        sentences.append("Open are paths that end, and may still go on.")
    return " ".join([*sentences, f"By corrected time: {window_text(window)}.", PERSONS])


def _sections(result: PathsResult, top: int) -> Iterator[Section]:
    noun = f"{result.unit}s"
    yield Section(
        f"Paths {result.about}",
        beside=[quiet(f"{result.paths:,} paths of {result.entered:,} {noun}")],
        table=Table(("position", "from", "to", noun, "share"), list(_edge_rows(result, top))) if result.edges else None,
        remarks=[] if result.edges else [[quiet("nobody has such a path in the window")]],
        definition=FigureDefinition("paths", result.definition),
    )
    if result.most_frequent:
        rows = [
            TableRow([[strong(_text(path))], [plain(path.count)], [_share(path.count, result.paths)]])
            for path in result.most_frequent
        ]
        if result.others:
            share = _share(result.others, result.paths)
            rows.append(TableRow([[quiet("all others")], [plain(result.others)], [share]]))
        yield Section("Most frequent paths", table=Table(("path", noun, "share"), rows))


def _edge_rows(result: PathsResult, top: int) -> Iterator[TableRow]:
    """The most frequent edges of each position, with their share of all paths that have the position."""
    for position in dict.fromkeys(edge.position for edge in result.edges):
        edges = [edge for edge in result.edges if edge.position == position]
        total = sum(edge.count for edge in edges)
        for edge in edges[:top]:
            still: Cell = [quiet(f", {edge.open:,} open")] if edge.open else []
            yield TableRow([
                [quiet(position)], [plain(edge.source)], [plain(edge.target)], [plain(edge.count), *still],
                [_share(edge.count, total)],
            ])  # fmt: skip
        if edges[top:]:
            yield TableRow([[quiet(position)], [quiet(Rest(len(edges) - top, "more row"))]])


def _text(path: WholePath) -> str:
    return " → ".join([*path.steps, *(["…"] if path.is_cut else [])])


def _share(count: int, total: int) -> Any:
    return plain(Amount(quotient(count, total).value, is_share=True))


def _table(result: PathsResult) -> FlatTable:
    """A row for each edge."""
    rows = tuple((each.position, each.source, each.target, result.unit, each.count, each.open) for each in result.edges)
    return FlatTable(("position", "from", "to", "unit", "count", "open"), rows)

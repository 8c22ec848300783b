"""The answer to a search for kinds of persons: what sets each apart, and how well it lasts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import msgspec

from footfall.analytics.definitions import PERSONS
from footfall.analytics.figures import quotient
from footfall.analytics.question import FlatTable, Question, ReportContext, ShardContext, checked, with_options
from footfall.analytics.questions.discover.features import ACTIVITY, FeatureRows, event_names, features, money_in
from footfall.analytics.questions.discover.options import (
    BOOTSTRAPS,
    FEWEST_PERSONS,
    LEAST_AGREEMENT,
    LEAST_STABILITY,
    MOST_EVENTS,
    MOST_KINDS,
    DiscoverOptions,
)
from footfall.analytics.sections import Amount, FigureDefinition, Section, Table, TableRow, alarm, plain, quiet, strong
from footfall.errors import UsageError
from footfall.extras import needs
from footfall.printable import counted

if TYPE_CHECKING:
    from footfall.analytics.questions.discover.kinds import Kinds, NoKinds

__all__ = ["DiscoverResult", "FoundSegment", "discover"]

_DAY: Final = 86_400_000_000
_LIKELY: Final = 0.6  # spreads from the mean, from which on a feature sets a kind apart
_NAMED: Final = 2
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "recency": ("long_ago", "recently"),
    "messages": ("many_messages", "few_messages"),
    "active_days": ("many_days", "few_days"),
    "sessions": ("many_sessions", "few_sessions"),
    "time_spent": ("long_sessions", "short_sessions"),
    "money": ("much_money", "little_money"),
}


class FoundSegment(msgspec.Struct, frozen=True):
    """A kind of persons: its name, what sets it apart, how many they are in the earlier period, and their share.

    `found_again` says how well the same kind is found in the later period, `rule_agreement` how well the rule `who` (a
    plan's, as YAML) has the same persons there: those in both divided by those in either. `is_accepted`: both are good
    enough.
    """

    name: str
    apart: tuple[str, ...]
    persons: int
    share: Decimal
    found_again: Decimal
    who: str
    rule_agreement: Decimal
    is_accepted: bool


class DiscoverResult(msgspec.Struct, frozen=True):
    """What was found among the persons of the earlier period, which begins at `begin` and ends at `middle`.

    `refused` says why nothing was. `stability` is the mean agreement of samples, `separation` how far apart the kinds
    are (silhouette), `chance` how far those of random persons.
    """

    begin: datetime
    middle: datetime
    end: datetime
    persons: int
    later_persons: int
    segments: tuple[FoundSegment, ...]
    refused: str | None
    stability: Decimal | None
    separation: Decimal | None
    chance: Decimal | None
    definition: str


class DiscoverPartial(msgspec.Struct, frozen=True):
    """The features of the persons of one shard in both periods."""

    earlier: FeatureRows
    later: FeatureRows


def discover(options: DiscoverOptions) -> Question[DiscoverPartial, DiscoverResult]:
    """The question with these options. Raises UsageError for an option that has no such value."""
    checked(options)
    if not 1 <= options.days <= 400:
        raise UsageError(f"a period of {counted(options.days, 'day')} cannot be searched; ask for 1 to 400")
    return with_options("discover", options, DiscoverPartial, _tally, _merge, _sections, _table)


def _tally(context: ShardContext, options: DiscoverOptions) -> DiscoverPartial:
    end = context.report.end
    return DiscoverPartial(
        features(context, end - options.days * _DAY, options.days), features(context, end, options.days)
    )


def _merge(context: ReportContext, options: DiscoverOptions, partials: Sequence[DiscoverPartial]) -> DiscoverResult:
    with needs("finding segments", "discover"):
        import sklearn  # noqa: F401 - the first, as it is the one that the extra names; it brings numpy

        # isort: split
        import numpy as np

        from footfall.analytics.questions.discover.kinds import NoKinds, find_kinds
    earlier, later = (
        np.concatenate([_matrix(rows) for rows in side])
        for side in ([each.earlier for each in partials], [each.later for each in partials])
    )
    kinds: Kinds | NoKinds
    if len(earlier) < FEWEST_PERSONS or len(later) < FEWEST_PERSONS:
        kinds = NoKinds(
            f"{counted(len(earlier), 'person')} in the earlier period and {len(later):,} in the later one are too few: "
            f"it takes {FEWEST_PERSONS} in each"
        )
    else:
        kept = _columns(context, earlier)
        kinds = find_kinds(_comparable(earlier)[:, kept])
    begin, middle, end = (context.time(context.end - number * options.days * _DAY) for number in (2, 1, 0))
    assert begin is not None
    assert middle is not None
    assert end is not None
    segments: tuple[FoundSegment, ...] = ()
    if not isinstance(kinds, NoKinds):
        segments = tuple(_segments(context, options, kinds, earlier, later, kept))
    is_refused = isinstance(kinds, NoKinds)
    return DiscoverResult(
        begin=begin,
        middle=middle,
        end=end,
        persons=len(earlier),
        later_persons=len(later),
        segments=segments,
        refused=kinds.reason if isinstance(kinds, NoKinds) else None,
        stability=None if isinstance(kinds, NoKinds) else _rounded(kinds.stability),
        separation=None if isinstance(kinds, NoKinds) else _rounded(kinds.apart),
        chance=None if isinstance(kinds, NoKinds) else _rounded(kinds.chance),
        definition=_definition(context, options, is_refused=is_refused),
    )


def _matrix(rows: FeatureRows) -> Any:
    import numpy as np

    return (
        np.column_stack([np.frombuffer(column) for column in rows.columns])
        if rows.persons
        else np.empty((0, len(rows.columns)))
    )


def _columns(context: ReportContext, rows: Any) -> list[int]:
    """The columns that are looked at: those of everybody, the events that the most persons had, and money."""
    first, last = len(ACTIVITY), rows.shape[1] - 1
    persons = {number: int((rows[:, number] > 0).sum()) for number in range(first, last)}
    wide = [number for number in sorted(persons, key=lambda number: -persons[number]) if persons[number]]
    money = [last] if money_in(context.plan) is not None else []
    return [*range(first), *sorted(wide[:MOST_EVENTS]), *money]


def _comparable(rows: Any) -> Any:
    """Counts on a scale of their size, and each event as its share of the person's messages."""
    import numpy as np

    first, last = len(ACTIVITY), rows.shape[1] - 1
    shares = rows[:, first:last] / np.maximum(rows[:, 1:2], 1)
    return np.column_stack([np.log1p(rows[:, :first]), shares, np.log1p(np.maximum(rows[:, last:], 0))])


def _segments(
    context: ReportContext, options: DiscoverOptions, kinds: Kinds, earlier: Any, later: Any, kept: Sequence[int]
) -> Iterator[FoundSegment]:
    import numpy as np

    from footfall.analytics.questions.discover.kinds import agreement_of, matched
    from footfall.analytics.questions.discover.rules import rule_of, yaml_text

    names = [*ACTIVITY, *event_names(context.plan), "money"]
    events, counts = names[len(ACTIVITY) : -1], len(names) - 1
    labels, labels_later = (kinds.labels(_comparable(rows)[:, kept]) for rows in (earlier, later))
    again = matched(kinds, _comparable(later)[:, kept])
    taken: set[str] = set()
    for kind in np.argsort(-np.bincount(labels, minlength=len(kinds.centres))):
        apart = _apart(kinds.centres[kind], [names[column] for column in kept])
        rule = rule_of(earlier[:, :counts], labels == kind, events, options.days)
        agreement = agreement_of(rule.meets(later[:, :counts]), labels_later == kind)
        persons = int((labels == kind).sum())
        yield FoundSegment(
            name=_unlike("_".join(apart[:_NAMED]) or "usual", taken),
            apart=apart,
            persons=persons,
            share=quotient(persons, len(labels)).value or Decimal(0),
            found_again=_rounded(again[kind]),
            who=yaml_text(rule.who),
            rule_agreement=_rounded(agreement),
            is_accepted=min(agreement, again[kind]) >= LEAST_AGREEMENT,
        )


def _apart(centre: Any, names: Sequence[str]) -> tuple[str, ...]:
    """What most sets a kind apart from all persons, in words, the strongest first."""
    words = []
    for number in sorted(range(len(names)), key=lambda number: -abs(centre[number])):
        if abs(centre[number]) >= _LIKELY:
            name = names[number]
            more, less = _WORDS.get(name, (f"often_{name}", f"rarely_{name}"))
            words.append(more if centre[number] > 0 else less)
    return tuple(words)


def _unlike(name: str, taken: set[str]) -> str:
    """The name, with a number where another segment has it."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free)
    return free


def _rounded(number: float) -> Decimal:
    return Decimal(f"{number:.3f}")


def _definition(context: ReportContext, options: DiscoverOptions, *, is_refused: bool) -> str:
    money = money_in(context.plan)
    what = "" if money is None else f", and the sum of {money.event}.{money.property} (of all currencies)"
    text = (
        f"Looked at: the persons with a message in the {counted(options.days, 'day')} before the last "
        f"{counted(options.days, 'day')}: seconds since the last message, messages, days, sessions, time in sessions, "
        f"the share that each of the {counted(MOST_EVENTS, 'event')} of the most persons has of their messages{what}. "
        f"Kinds by k-means, 2 to {MOST_KINDS} of them: as many as agree by at least {LEAST_STABILITY} (adjusted Rand "
        f"index) in {BOOTSTRAPS} samples, and are further apart than those of random persons with the same means, "
        f"spreads and correlations; none of fewer than {counted(FEWEST_PERSONS, 'person')}."
    )
    if not is_refused:
        text += (
            f" Found again: the kinds of the last {counted(options.days, 'day')}, found anew, that share the most "
            f"persons; agreement of the rule: its persons and those of the kind in the last "
            f"{counted(options.days, 'day')}. Both are persons in both divided by persons in either, and it takes "
            f"{LEAST_AGREEMENT}. Named by what is furthest from the mean of all."
        )
    return f"{text} {PERSONS}"


def _sections(result: DiscoverResult) -> Iterator[Section]:
    rows = [
        TableRow(
            [
                [strong(each.name)],
                [plain(each.persons)],
                [plain(Amount(each.share, is_share=True))],
                [plain(Amount(each.found_again, is_share=True))],
                [plain(Amount(each.rule_agreement, is_share=True))],
                [plain("yes" if each.is_accepted else "no")],
            ],
            is_whole=True,
        )
        for each in result.segments
    ]
    yield Section(
        "Segments found",
        table=Table(("", "persons", "share", "found again", "rule agrees", "accepted"), rows) if rows else None,
        remarks=[[plain(each.name), quiet(f": {each.who}")] for each in result.segments]
        if result.refused is None
        else [[alarm(f"none: {result.refused}")]],
        definition=FigureDefinition("discover", result.definition),
    )


def _table(result: DiscoverResult) -> FlatTable:
    rows: list[tuple[Any, ...]] = [
        (
            each.name, " ".join(each.apart), each.persons, float(each.share), float(each.found_again), each.who,
            float(each.rule_agreement), each.is_accepted,
        )
        for each in result.segments
    ]  # fmt: skip
    return FlatTable(FoundSegment.__struct_fields__, tuple(rows))

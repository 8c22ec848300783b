"""Why a question has one answer here and another one in another product: default after default, to the last person.

A question is asked as it was, then with one default of the peer after another, so that each has its own difference,
and all of them add up to that of the two answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from footfall.analytics.peer_defaults import PEERS, Peer
from footfall.analytics.question import FlatTable, Question, Report, ReportContext, ShardContext
from footfall.analytics.sections import Amount, Cell, Section, Table, TableRow, plain, quiet, strong
from footfall.errors import UsageError
from footfall.plan.problems import did_you_mean

__all__ = [
    "CountedFigure",
    "OptionSetting",
    "PeerChange",
    "ReconciledFigure",
    "Reconciliation",
    "like_peer",
]

Options = TypeVar("Options", bound=msgspec.Struct)
R = TypeVar("R")


class OptionSetting(msgspec.Struct, Generic[Options], frozen=True):
    """How an option is read and changed, in the words of the command line; None where it does not matter."""

    value: Callable[[Options], str | None]
    with_value: Callable[[Options, str], Options]


class CountedFigure(NamedTuple):
    """A figure of an answer, and which share that is, where it is one."""

    name: str
    people: int
    share: Decimal | None


class PeerChange(msgspec.Struct, frozen=True):
    """An option that is `ours` here and `theirs` by default in the peer, the rule in words, and who documents it."""

    option: str
    ours: str
    theirs: str
    rule: str
    source: str


class ReconciledFigure(msgspec.Struct, frozen=True):
    """A figure as asked (`ours`), after each change, and by all of them (`theirs`).

    `differences` are those that each change makes; ours and all of them add up to theirs.
    """

    name: str
    ours: int
    values: tuple[int, ...]
    differences: tuple[int, ...]
    theirs: int
    our_share: Decimal | None
    their_share: Decimal | None


class Reconciliation(msgspec.Struct, frozen=True):
    """The `changes` in their order, each figure through all of them, and what cannot be counted as the peer does.

    `same` are the options that are as in the peer, `kept` those that were to stay as asked.
    """

    peer: str
    changes: tuple[PeerChange, ...]
    same: tuple[str, ...]
    kept: tuple[str, ...]
    figures: tuple[ReconciledFigure, ...]
    not_reproduced: tuple[str, ...]

    @property
    def table(self) -> FlatTable:
        """A row for each figure as asked and after each change, then one for each rule that is not reproduced."""
        rows: list[tuple[Any, ...]] = []
        for figure in self.figures:
            rows.append((self.peer, figure.name, "as asked", None, None, figure.ours, None, None, None))
            rows += [
                (self.peer, figure.name, each.option, each.ours, each.theirs, value, difference, each.rule, each.source)
                for each, value, difference in zip(self.changes, figure.values, figure.differences, strict=True)
            ]
        rows += [
            (self.peer, None, "not reproduced", None, None, None, None, rule, None) for rule in self.not_reproduced
        ]
        columns = ("peer", "figure", "option", "ours", "theirs", "value", "difference", "rule", "source")
        return FlatTable(columns, tuple(rows))

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The rows of `table`."""
        return list(self.table.rows)


def like_peer(
    peer: str | None,
    options: Options,
    question_of: Callable[[Options], Question[Any, R]],
    settings: Mapping[str, OptionSetting[Options]],
    figures: Callable[[R], Sequence[CountedFigure]],
    keep: Sequence[str] = (),
) -> Question[Any, R]:
    """The question by the defaults of a peer, whose answer has the reconciliation with the one as asked.

    `settings` are the options that a peer may have otherwise, by name; those of `keep` stay as asked, because they are
    set so in the peer too. The answer needs a field `reconciliation`. Without a peer it is the question as asked.
    Raises UsageError for names of no peer or option.
    """
    if peer is None:
        if keep:
            raise UsageError(f"to keep {keep[0]} as asked goes with the defaults of a product; name it by --like")
        return question_of(options)
    if peer not in PEERS:
        raise UsageError(f"there is no peer {peer!r}; it is one of {', '.join(PEERS)}")
    for name in keep:
        if name not in settings:
            raise UsageError(f"there is no option {name!r} to keep; {did_you_mean(name, settings)}")
    name = question_of(options).name
    stages, changes, same = [options], [], []
    for default in PEERS[peer].questions[name].defaults:
        setting = settings[default.option]
        ours = setting.value(stages[-1])
        if ours is None or default.option in keep:
            continue
        if ours == default.value:
            same.append(default.option)
            continue
        changes.append(PeerChange(default.option, ours, default.value, default.rule, default.source))
        stages.append(setting.with_value(stages[-1], default.value))
    questions = [question_of(stage) for stage in stages]

    def partial(context: ShardContext) -> tuple[Any, ...]:
        return tuple(question.partial(context) for question in questions)

    def merge(context: ReportContext, partials: Sequence[tuple[Any, ...]]) -> R:
        results = [
            question.merge(context, [each[number] for each in partials]) for number, question in enumerate(questions)
        ]
        reconciliation = _reconciled(
            PEERS[peer], name, changes, same, list(dict.fromkeys(keep)), [figures(result) for result in results]
        )
        result: R = msgspec.structs.replace(results[-1], reconciliation=reconciliation)  # type: ignore[type-var]
        return result

    def sections(report: Report) -> Iterator[Section]:
        yield _section(report.answers[name].reconciliation)
        yield from questions[-1].sections(report)

    partial_type: Any = tuple.__class_getitem__((questions[0].partial_type, ...))
    return Question(name, partial_type, partial, merge, sections, table=questions[-1].table)


def _reconciled(
    peer: Peer, question: str, changes: Sequence[PeerChange], same: Sequence[str], kept: Sequence[str],
    stages: Sequence[Sequence[CountedFigure]],
) -> Reconciliation:  # fmt: skip
    return Reconciliation(
        peer=peer.title,
        changes=tuple(changes),
        same=tuple(same),
        kept=tuple(kept),
        figures=tuple(
            ReconciledFigure(
                name=each[0].name,
                ours=each[0].people,
                values=tuple(figure.people for figure in each[1:]),
                differences=tuple(after.people - before.people for before, after in pairwise(each)),
                theirs=each[-1].people,
                our_share=each[0].share,
                their_share=each[-1].share,
            )
            for each in zip(*stages, strict=True)
        ),
        not_reproduced=peer.questions[question].not_reproduced,
    )


def _section(reconciliation: Reconciliation) -> Section:
    peer, changes = reconciliation.peer, reconciliation.changes
    rows = [
        TableRow([
            [strong(figure.name)],
            [plain(figure.ours)],
            *([plain(f"{difference:+,}" if difference else "0")] for difference in figure.differences),
            [strong(figure.theirs)],
            _share(figure.our_share),
            _share(figure.their_share),
        ])
        for figure in reconciliation.figures
    ]  # fmt: skip
    columns = ("", "here", *(each.option for each in changes), f"like {peer}", "share here", f"share like {peer}")
    return Section(
        f"From the figures here to those of {peer}",
        about=(
            f"Here is what was asked. Each column after it has one default of {peer} more, and the difference that "
            f"this makes; together they are the figure by the defaults of {peer}. All further sections are by these."
        ),
        table=Table(columns, rows),
        remarks=[*_remarks(reconciliation)],
    )


def _share(value: Decimal | None) -> Cell:
    return () if value is None else [plain(Amount(value, is_share=True))]


def _remarks(reconciliation: Reconciliation) -> Iterator[Cell]:
    peer = reconciliation.peer
    for each in reconciliation.changes:
        yield [
            strong(each.option),
            plain(f": {each.ours} here, {each.theirs} in {peer}. {each.rule}"),
            quiet(f" ({each.source})"),
        ]
    if not reconciliation.changes:
        yield [plain(f"No default of {peer} is another one, so that the figures are the same.")]
    if reconciliation.same:
        yield [quiet(f"The same in both: {', '.join(reconciliation.same)}.")]
    if reconciliation.kept:
        yield [quiet(f"Kept as asked: {', '.join(reconciliation.kept)}.")]
    yield from ([strong("not reproduced"), plain(f": {rule}")] for rule in reconciliation.not_reproduced)

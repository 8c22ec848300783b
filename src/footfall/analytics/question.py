"""What a question of the report is, what it is asked with, and the report that its answer is part of.

A question is asked of each shard of the data, and merges the partial answers, in any order, into its answer. So one
machine can ask all of the data at once, and several machines a shard each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import msgspec

from footfall.analytics.audience import LeftOut
from footfall.analytics.dataset import Contents, Dataset, EventColumns
from footfall.analytics.earlier import EarlierMoment
from footfall.analytics.local_periods import LocalPeriods
from footfall.analytics.reaches import Reaches, walk
from footfall.analytics.sections import Section
from footfall.analytics.segment_tables import SegmentTables
from footfall.analytics.shards import Shard
from footfall.analytics.window import Span, Window, chosen
from footfall.errors import UsageError
from footfall.plan.model import Conversion, KpiWindow, Plan
from footfall.printable import counted
from footfall.storage.costs import CampaignCost
from footfall.storage.environments import PRODUCTION
from footfall.timestamps import local_time

if TYPE_CHECKING:
    from footfall.analytics.known_loss import LossLedger
    from footfall.analytics.sender_changes import FirstSent

__all__ = [
    "TIMELINE_MESSAGES",
    "DataStamp",
    "FlatTable",
    "PlanStamp",
    "Question",
    "Report",
    "ReportContext",
    "ShardContext",
    "checked",
    "with_options",
]

P = TypeVar("P")
R = TypeVar("R")
Options = TypeVar("Options", bound=msgspec.Struct)

TIMELINE_MESSAGES: Final = 1_500_000
"""The `most_messages` of a question that puts all messages of a shard's persons in order: they take about 200 MB."""


class PlanStamp(msgspec.Struct, frozen=True):
    """Which plan the report follows."""

    id: str
    description: str
    timezone: str


class DataStamp(msgspec.Struct, frozen=True):
    """What there is: messages, persons that count, `devices` (connected products), and the first and last time.

    `quarantined` are in quarantine now, `rejected` were never kept. `losses` says which files are damaged, so that
    their messages are in no figure. `as_of` is the earlier moment that all of it is of, None for now. All is of one
    `environment`, or of `all`; `elsewhere` counts the messages that are stored now of each other one. `left_out`
    counts those of bots and of own people that are in no figure.
    """

    messages: int
    persons: int
    devices: int
    first: datetime | None
    last: datetime | None
    quarantined: int
    rejected: int
    losses: tuple[str, ...] = ()
    as_of: EarlierMoment | None = None
    environment: str = PRODUCTION
    elsewhere: Mapping[str, int] = {}
    left_out: LeftOut | None = None


class Report(msgspec.Struct, frozen=True):
    """The answers to `questions`, by name. `report[KPIS]` is the answer to the question KPIS.

    `window` is what the reader asked for; where it is open, each figure has its own. `plan` is None without a plan.
    """

    plan: PlanStamp | None
    now: datetime
    window: Window
    data: DataStamp
    questions: Sequence[Question[Any, Any]]
    answers: Mapping[str, Any]

    def __getitem__(self, question: Question[Any, R]) -> R:
        answer: R = self.answers[question.name]
        return answer

    def get(self, question: Question[Any, R]) -> R | None:
        """The same, None for a question that the report was not asked."""
        return self[question] if question.name in self.answers else None

    def __repr__(self) -> str:
        plan = "no plan" if self.plan is None else self.plan.id
        return f"<Report of {plan}: {counted(self.data.messages, 'message')}, {', '.join(self.answers)}>"

    def sections(self) -> Iterator[Section]:
        """What there is to show, question by question; of the plan's questions nothing where nothing is stored."""
        for question in self.questions:
            if self.data.messages or not question.is_of_plan:
                yield from question.sections(self)

    def as_json(self) -> Mapping[str, object]:
        """The report with an answer under each question's name."""
        return {"plan": self.plan, "now": self.now, "window": self.window, "data": self.data, **self.answers}


class ReportContext:
    """What a question is asked with: the data, the plan, the window, the moment, and the answers to other questions.

    `asked` is the plan with the goals, KPIs and journeys that the report is to have.
    """

    def __init__(
        self,
        dataset: Dataset,
        plan: Plan,
        questions: Sequence[Question[Any, Any]],
        *,
        since: int | None,
        until: int | None,
        now: int,
        shards: int = 1,
        asked: Plan | None = None,
    ) -> None:
        self.plan = plan
        self.asked = plan if asked is None else asked
        self.questions = questions
        self.now = now
        self.shards = _shards(self, dataset, shards)
        self._dataset = dataset
        self._since = since
        self._until = until
        self._answers: dict[str, Any] = {}

    @cached_property
    def contents(self) -> Contents:
        """How much data there is, and from when to when."""
        return self._dataset.contents()

    @property
    def plan_loads(self) -> Sequence[tuple[int, Plan]]:
        """When (microseconds since 1970 UTC) which plan was loaded, the oldest first."""
        return self._dataset.plan_loads

    @cached_property
    def periods(self) -> LocalPeriods:
        """The periods of the plan's clock in which there are messages."""
        first, last = self.contents.first, self.contents.last
        return LocalPeriods(
            self.plan.timezone,
            self.now if first is None else first,
            self.now if last is None else last,
            self.plan.week_starts,
        )

    @cached_property
    def losses(self) -> LossLedger:
        """What is known to be missing from figures."""
        from footfall.analytics.known_loss import LossLedger

        return LossLedger(self._dataset, self.plan, self.now)

    def first_sent(self, events: Iterable[str]) -> Sequence[FirstSent]:
        """When each source first sent these events by each plan, release and library."""
        from footfall.analytics.sender_changes import first_sent

        return first_sent(self._dataset, self.plan, set(events))

    @property
    def costs(self) -> Sequence[CampaignCost]:
        """What campaigns cost."""
        return self._dataset.costs

    @property
    def span(self) -> Span:
        """What the reader asked for."""
        return self.span_of(None) if self._since is not None else Span(None, self._until)

    def span_of(self, *windows: KpiWindow) -> Span:
        """These windows together, unless the reader asked for another. See `chosen`."""
        spans = [
            chosen(
                window,
                since=self._since,
                until=self._until,
                now=self.now,
                timezone=self.plan.timezone,
                week_starts=self.plan.week_starts,
            )
            for window in windows
        ]
        begins = [span.since for span in spans if span.since is not None]
        ends = [span.until for span in spans if span.until is not None]
        return Span(min(begins) if len(begins) == len(spans) else None, max(ends))

    @property
    def end(self) -> int:
        """Up to when there is time to count: the end of the window, or the moment where that comes first."""
        return self.now if self.span.until is None else min(self.span.until, self.now)

    @property
    def earliest(self) -> int | None:
        """The beginning of the longest window of what is asked, also of a journey; None for all there is."""
        journeys = {
            name: kpi.measure.journey for name, kpi in self.plan.kpis.items() if isinstance(kpi.measure, Conversion)
        }
        windows = [
            kpi.window
            for name, kpi in self.plan.kpis.items()
            if name in self.asked.kpis or journeys.get(name) in self.asked.journeys
        ]
        if self._since is None and not self.asked.journeys.keys() <= set(journeys.values()):
            return None
        return self.span_of(*(windows or [None])).since

    def window(self, span: Span) -> Window:
        """The same on the plan's clock."""
        return Window.of(span, self.plan.timezone)

    def time(self, us: int | None) -> datetime | None:
        """A moment on the plan's clock."""
        return None if us is None else local_time(us, self.plan.timezone)

    def _shards_for(self, question: Question[Any, Any]) -> Sequence[ShardContext]:
        if question.most_messages is None:
            return self.shards
        number = max(len(self.shards), -(-self.contents.messages // question.most_messages))
        return self.shards if number == len(self.shards) else _shards(self, self._dataset, number)

    def answer(self, question: Question[Any, R]) -> R:
        """The answer to a question, computed once."""
        if question.name not in self._answers:
            partials = [question.partial(shard) for shard in self._shards_for(question)]
            self._answers[question.name] = question.merge(self, partials)
        answer: R = self._answers[question.name]
        return answer


class ShardContext:
    """What a question is asked with of one shard of the data. `report` has the plan, the window and the moment."""

    def __init__(self, report: ReportContext, dataset: Dataset, shard: Shard) -> None:
        self.report = report
        self.dataset = dataset
        self.shard = shard
        self._reaches: dict[tuple[str, Span], Reaches] = {}

    @property
    def plan(self) -> Plan:
        """The plan of the report."""
        return self.report.plan

    @cached_property
    def segments(self) -> SegmentTables:
        """Who of this shard is in which segment, as of the end of the report's window."""
        report = self.report
        return SegmentTables(self.dataset, report.plan, self.shard, end=report.end, periods=lambda: report.periods)

    def ending_with(self, span: Span) -> ShardContext:
        """The same with `segments` as of the end of a figure's own window, which may come before the report's."""
        report = self.report
        end = report.now if span.until is None else min(span.until, report.now)
        if end == self.segments.end:
            return self
        context = ShardContext(report, self.dataset, self.shard)
        context.segments = self.segments.at(end)
        return context

    def messages(self, *columns: str) -> str:
        """The name of a table of all messages with these columns and those of `where`. See `Dataset.messages`."""
        return self.dataset.messages({*columns, *(() if self.shard.is_whole else ("seq", "person"))})

    def where(self, span: Span) -> str:
        """The condition on a message of this shard in a window, as SQL."""
        return f"{span.sql()} AND {self.shard.sql()}"

    def reaches(self, journey: str, span: Span) -> Reaches:
        """A journey's steps with who reached them, walked once for everybody who enters it in `span`."""
        if (journey, span) not in self._reaches:
            plan = self.report.plan
            segments = self.ending_with(span).segments
            self._reaches[journey, span] = walk(
                self.dataset, plan, plan.journeys[journey], span, self.shard, segments=segments
            )
        return self._reaches[journey, span]


def _shards(report: ReportContext, dataset: Dataset, number: int) -> tuple[ShardContext, ...]:
    return tuple(ShardContext(report, dataset, Shard(each, number)) for each in range(number))


class FlatTable(msgspec.Struct, frozen=True):
    """An answer as rows of plain values, for CSV, Arrow and data frames."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def checked(options: msgspec.Struct) -> None:
    """Raise UsageError for an option of a question whose value is of no type that it takes."""
    try:
        msgspec.convert(msgspec.structs.asdict(options), type(options))
    except msgspec.ValidationError as error:
        raise UsageError(f"the question cannot be asked: {error}") from None


def _no_table(_: Any) -> FlatTable:
    return FlatTable((), ())


def _no_sections(_: Report) -> Iterator[Section]:
    return iter(())


def _no_reads(_: Plan) -> Iterator[tuple[str, EventColumns]]:
    return iter(())


class Question(msgspec.Struct, Generic[P, R], frozen=True):
    """One question. `name` is its key in JSON.

    `partial` asks one shard, and answers with a `partial_type`, a value that msgspec can encode and decode. `merge`
    makes the answer of the partial answers of all shards, in any order. `sections` lays the answer out for readers.
    `reads` names what the question needs of each event, so that each message is read once for all questions. `asks`
    says whether the plan has anything for it. `is_of_plan` is false for what is shown of any data, also where the plan
    asks nothing or nothing is stored. `is_named` is true where readers can ask for a part of the answer by its name.
    `table` makes plain rows of the answer. A question that has all messages of a shard in memory has at most about
    `most_messages` of them there: of more data more shards are asked, one after another. `only` names the goals, KPIs
    and journeys of the plan that it is about; none is all.
    """

    name: str
    partial_type: type[P]
    partial: Callable[[ShardContext], P]
    merge: Callable[[ReportContext, Sequence[P]], R]
    sections: Callable[[Report], Iterable[Section]] = _no_sections
    reads: Callable[[Plan], Iterable[tuple[str, EventColumns]]] = _no_reads
    asks: Callable[[Plan], bool] = lambda _: True
    is_of_plan: bool = True
    is_named: bool = False
    table: Callable[[R], FlatTable] = _no_table
    most_messages: int | None = None
    only: tuple[str, ...] = ()


def with_options(
    name: str,
    options: Options,
    partial_type: type[P],
    partial: Callable[[ShardContext, Options], P],
    merge: Callable[[ReportContext, Options, Sequence[P]], R],
    sections: Callable[[R], Iterable[Section]],
    table: Callable[[R], FlatTable],
    most_messages: int | None = None,
) -> Question[P, R]:
    """A question whose halves take options, and whose sections are of its own answer alone."""
    question: Question[P, R] = Question(
        name,
        partial_type,
        lambda context: partial(context, options),
        lambda context, partials: merge(context, options, partials),
        lambda report: sections(report[question]),
        table=table,
        most_messages=most_messages,
    )
    return question

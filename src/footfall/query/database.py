"""The data at a location, open for SQL that only reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from footfall.analytics import Dataset, Question, Report
from footfall.analytics import report as report_of
from footfall.analytics.earlier import EarlierMoment
from footfall.clock import Clock, SystemClock
from footfall.errors import UsageError
from footfall.plan.loading import read
from footfall.plan.model import Plan
from footfall.plan.written_times import WrittenTime, read_time
from footfall.query.arguments import checks_arguments
from footfall.query.question_result import QuestionResult
from footfall.query.questions import Questions
from footfall.query.result import QueryResult
from footfall.query.sandbox import Parameters, SelectRun, sandbox
from footfall.query.signals import StateAsked, signal_rows
from footfall.query.statement import Statement, read_statement
from footfall.query.tables import ViewTables
from footfall.query.views import SqlView, fold, views_of
from footfall.storage.environments import PRODUCTION
from footfall.storage.uncounted import UncountedCount
from footfall.timestamps import local_time

__all__ = ["AnswerStream", "Database", "open"]

_MOST_BYTES = 2 << 30
R = TypeVar("R")


def open(  # noqa: A001 - it is used as `footfall.open`
    location: str | Path,
    plan: Plan | str | Path | None = None,
    *,
    as_of: int | WrittenTime | None = None,
    environment: str = PRODUCTION,
) -> Database:
    """Open the data folder of a collector to ask it, also while the collector runs.

    `plan` is a plan or the path of one; without it the folder's latest bundle names the events and says who the persons
    are. With `as_of`, the `seq` of a message or a time (also as text: `2026-11-01`, `7d`), the data is as it was
    then. It is of one `environment` (production, staging or test), or of `all`. Raises DataFolderError for a
    folder that is not ours or of a newer footfall, PlanError for a plan that cannot be used, UsageError for a URL or a
    moment that is not there, and JournalError when the folder cannot be read.
    """
    if plan is not None and not isinstance(plan, Plan):
        plan = read(plan).require()
    if isinstance(as_of, str) and as_of.isascii() and as_of.isdigit():
        as_of = int(as_of)
    elif isinstance(as_of, str | date):
        as_of = read_time(as_of, local_time(SystemClock().now_us()), "as_of")
    return Database(Dataset.open(location, plan, as_of=as_of, environment=environment))


class AnswerStream:
    """A query that runs: its columns, and its rows once, in batches of Arrow, so that it may be larger than the memory.

    `schema` is a `pyarrow.Schema`, `notes` says what is not in the answer.
    """

    def __init__(self, run: SelectRun, notes: list[str]) -> None:
        self.schema = run.schema
        self.notes = notes
        self._run = run

    def __iter__(self) -> Iterator[Any]:
        return iter(self._run)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run.close()


class Database(Questions):
    """Stored messages and their persons as views, as of the moment when it was opened. For one thread at a time.

    A view is read when a query first names it, and of `messages` and the views of events only the columns that the
    query names. They stay in memory until `close`.
    """

    def __init__(self, dataset: Dataset, *, clock: Clock | None = None, most_bytes: int = _MOST_BYTES) -> None:
        self._dataset = dataset
        self._clock = clock or SystemClock()
        self._most_bytes = most_bytes
        self._views = views_of(dataset.plan)
        self._tables = ViewTables(dataset)
        self._parser = sandbox()
        self._is_open = True

    @property
    def plan(self) -> Plan | None:
        """The plan that names the events; None where none was given and the folder has never seen one."""
        return self._dataset.plan

    @property
    def views(self) -> Mapping[str, SqlView]:
        """The views by name: messages, persons, devices, sessions, and one for each event of the plan."""
        return {view.name: view for view in self._views.values()}

    @property
    def losses(self) -> tuple[str, ...]:
        """Which files of the data are damaged, so that their messages are in no answer."""
        return self._dataset.losses

    @property
    def uncounted(self) -> Sequence[UncountedCount]:
        """The hits that web integrations and imports of logs left out, by day (of UTC), source and reason."""
        return self._dataset.uncounted

    def sql(self, query: str, parameters: Parameters | None = None) -> QueryResult:
        """The answer to one SELECT, whole.

        `parameters` are the values of `?` in order, or of `$name` by name. Raises UsageError for SQL that is wrong or
        does more than read the views, and for an answer of more than 2 GiB; KeyboardInterrupt ends a query.
        """
        import pyarrow  # loaded with the engine

        batches, size = [], 0
        with self.answer(query, parameters) as answer:
            for batch in answer:
                size += batch.nbytes
                if size > self._most_bytes:
                    raise UsageError(
                        f"the answer has more than {self._most_bytes >> 20:,} MiB; select less of it, or write it to a "
                        "file: footfall sql --format parquet -o FILE"
                    )
                batches.append(batch)
            return QueryResult(pyarrow.Table.from_batches(batches, answer.schema), answer.notes)

    def answer(self, query: str, parameters: Parameters | None = None) -> AnswerStream:
        """The same as it runs, in batches; a context manager. It may raise while it is read too."""
        self._require_open()
        statement = read_statement(self._parser, query, self._views)
        named = {view.name: (view, self._columns(statement, view)) for view in statement.views}
        tables = self._tables.tables(named, statement.rows)
        zone = self.plan.timezone if self.plan is not None else "UTC"
        columns = [name for view in statement.views for name in view.columns]
        run = SelectRun(sandbox(tables, zone), query, parameters, columns, statement.places)
        as_of = self._dataset.as_of
        heads = [] if as_of is None else [f"as of {EarlierMoment.of(as_of, zone).text}"]
        losses = [f"not in the answer: {loss}" for loss in self.losses]
        return AnswerStream(run, heads + losses + self._tables.notes(named))

    @staticmethod
    def _columns(statement: Statement, view: SqlView) -> list[str]:
        return [name for name in view.columns if statement.takes_all or fold(name) in statement.words]

    @checks_arguments()
    def report(
        self,
        *,
        only: Collection[str] = (),
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        now: WrittenTime | None = None,
    ) -> Report:
        """The report that the plan asks for, or some goals, KPIs and journeys of it by name.

        See `footfall.analytics.report`. A time is a datetime, a date, or a text as commands take it (`2026-11-01`,
        `7d`). `now` is by default the present, or the moment that the data is of.
        """
        return report_of(self._dataset, self.plan, only=only, **self._times(since, until, now))

    def _require_open(self) -> None:
        if not self._is_open:
            raise UsageError("the data is closed; open it anew with footfall.open")

    def _times(self, since: WrittenTime | None, until: WrittenTime | None, now: WrittenTime | None) -> dict[str, Any]:
        """The three as times. Raises UsageError for others, and once the data is closed."""
        self._require_open()
        present = self._now() if now is None else read_time(now, self._now(), "now")
        ends = {"since": since, "until": until}
        return {"now": present} | {
            name: None if value is None else read_time(value, present, name) for name, value in ends.items()
        }

    def signals(self, state: StateAsked = "open") -> QueryResult:
        """The signals that were noticed and are `open`, `taken` or `done`, or `all` of them, the earliest first.

        A row has the person, the `seq` of the messages that are its evidence, and the notes. Of data as of an earlier
        moment they are as they were then, less what was purged since. Raises UsageError for another state.
        """
        return signal_rows(*self._dataset.signals, self.plan or Plan(id=""), state)

    def _now(self) -> datetime:
        as_of = self._dataset.as_of
        return local_time(self._clock.now_us() if as_of is None else as_of.at)

    @checks_arguments()
    def ask(
        self,
        question: Question[Any, R],
        *,
        since: WrittenTime | None = None,
        until: WrittenTime | None = None,
        now: WrittenTime | None = None,
        include: Collection[str] = (),
    ) -> QuestionResult[R]:
        """The answer to one question, over the window from `since` to `until`, or all there is up to `now`.

        A time is a datetime, a date, or a text as commands take it (`2026-11-01`, `7d`). `include` names who counts
        besides people: `bots`, `staff`. Raises UsageError for an empty window, for what the plan does not have, and for
        an argument that has no such value.
        """
        report = report_of(
            self._dataset,
            self.plan,
            **self._times(since, until, now),
            only=question.only,
            questions=[question],
            include=include,
        )
        return QuestionResult(question, report)

    def close(self) -> None:
        """Let the memory go. Closing twice is no error."""
        self._is_open = False
        self._parser.close()
        self._dataset.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<footfall.query.Database of {len(self._views)} views: {', '.join(self.views)}>"

"""Who is in which segment: a table of persons for each rule, in SQL, as of a moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from footfall.analytics.dataset import Dataset
from footfall.analytics.engine import literal
from footfall.analytics.filtered_messages import Filtered, filtered_messages
from footfall.analytics.local_periods import LocalPeriods
from footfall.analytics.properties import PropertyTable
from footfall.analytics.query import needed, where_sql
from footfall.analytics.shards import Shard
from footfall.analytics.window import Span, microseconds
from footfall.errors import UsageError
from footfall.identity.sessions import SESSION_GAP_US
from footfall.plan.model import (
    AllOf,
    AnyOf,
    Cohort,
    DaysWith,
    Did,
    DidFirstOrLast,
    EventFilter,
    HasTraits,
    InSegment,
    NotIn,
    Plan,
    SegmentRule,
    SessionCount,
    SessionValue,
    TimeSpent,
)
from footfall.plan.problems import did_you_mean
from footfall.plan.segments import filters_of, parts_of, segments_of
from footfall.timestamps import epoch_us

__all__ = ["SegmentTables"]

_SECOND: Final = 1_000_000
_TRAITS: Final = "traits."
_SESSION_COLUMNS: Final = ("person", "device", "occurred_at", "type")
_SIGNS: Final = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


class SegmentTables:
    """The persons of one shard in each segment of a plan, as of `end` (microseconds since 1970 UTC).

    Messages at `end` or later count for nothing, and who has none before it is nobody. Each rule is worked out once.
    `periods` are those of the plan's clock.
    """

    def __init__(
        self,
        dataset: Dataset,
        plan: Plan,
        shard: Shard,
        *,
        end: int,
        periods: Callable[[], LocalPeriods],
        others: dict[int, SegmentTables] | None = None,
    ) -> None:
        self.dataset = dataset
        self.plan = plan
        self.shard = shard
        self.end = end
        self._periods = periods
        self._others = {} if others is None else others
        self._others[end] = self
        self._segments = segments_of(plan)
        self._tables: dict[SegmentRule | None, str] = {}
        self._sessions: dict[tuple[int | None, bool], str] = {}
        self._asked: list[str] = []

    @property
    def segments(self) -> SegmentTables:
        """What knows the segments that conditions on messages name: these, as of the same moment."""
        return self

    def messages(self, *columns: str) -> str:
        """The name of a table of all messages with these columns. See `Dataset.messages`."""
        return self.dataset.messages({*columns, *self.shard.stored})

    def at(self, end: int) -> SegmentTables:
        """The same as of another moment."""
        if end in self._others:
            return self._others[end]
        return SegmentTables(self.dataset, self.plan, self.shard, end=end, periods=self._periods, others=self._others)

    def condition(self, names: Sequence[str]) -> str:
        """The condition on a row that its column `person` is in any of these segments, as SQL. Raises UsageError."""
        persons = " UNION ALL ".join(f"SELECT person FROM {self.persons(InSegment(names=(name,)))}" for name in names)
        return f"coalesce(person IN ({persons}), FALSE)"

    def persons(self, rule: SegmentRule) -> str:
        """The name of a table of those who meet a rule, each once: `person`.

        Raises UsageError for what the plan does not have, and DamagedFileError.
        """
        if rule not in self._tables:
            # One look at the parts for all that the rule reads.
            if any(isinstance(part, SessionCount | TimeSpent) for part in parts_of(rule)):
                self.messages(*_SESSION_COLUMNS)
            filtered_messages(self, "user", [Filtered(each) for each in filters_of(rule)])
            self._tables[rule] = self._table("segment", self._sql(rule))
        return self._tables[rule]

    def everybody(self) -> str:
        """The name of a table of all persons with a message before the end: `person`."""
        if None not in self._tables:
            table = self.messages("person", "occurred_at")
            until = Span(None, self.end).sql()
            self._tables[None] = self._table(
                "everybody", f"SELECT DISTINCT person FROM {table} WHERE counted AND {until} AND {self.shard.sql()}"
            )
        return self._tables[None]

    def _table(self, stem: str, sql: str) -> str:
        name = self.dataset.new_name(stem)
        self.dataset.connection.execute(f"CREATE TABLE {name} AS {sql}")
        return name

    def _sql(self, rule: SegmentRule) -> str:
        match rule:
            case Did():
                return self._did(rule)
            case DidFirstOrLast():
                return self._first_or_last(rule)
            case DaysWith():
                return self._days(rule)
            case SessionCount():
                return self._session_count(rule)
            case TimeSpent():
                return self._time_spent(rule)
            case HasTraits():
                return self._traits(rule)
            case InSegment():
                return " UNION ".join(f"SELECT person FROM {self._named(name)}" for name in rule.names)
            case NotIn():
                return f"SELECT person FROM {self.everybody()} EXCEPT SELECT person FROM {self.persons(rule.of)}"
            case AllOf() | AnyOf():
                word = " INTERSECT " if isinstance(rule, AllOf) else " UNION "
                return word.join(f"SELECT person FROM {self.persons(part)}" for part in rule.rules)

    def _named(self, name: str) -> str:
        """The table of a segment or cohort. Raises UsageError for an unknown name, and for one that names itself."""
        if name not in self._segments:
            raise UsageError(f"there is no segment {name!r}; {did_you_mean(name, self._segments, 'see the plan')}")
        if name in self._asked:
            raise UsageError(f"the segment names itself: {' → '.join([*self._asked, name])}")
        segment = self._segments[name]
        rule = InSegment(names=(segment.segment,)) if isinstance(segment, Cohort) else segment.who
        tables = self.at(self._begin_of(segment.as_of)) if isinstance(segment, Cohort) else self
        self._asked.append(name)
        try:
            return tables.persons(rule)
        finally:
            self._asked.pop()

    def _begin_of(self, day: str) -> int:
        """When a day of the plan's clock begins."""
        return microseconds(datetime.combine(date.fromisoformat(day), datetime.min.time()), self.plan.timezone)

    def _since(self, within: int | None) -> int | None:
        return None if within is None else self.end - within * _SECOND

    def _filtered(self, filter_: EventFilter, since: int | None) -> str:
        """The messages of a filter from a moment to the end, as SQL: `person`, `time`."""
        (messages,) = filtered_messages(self, "user", [Filtered(filter_)])
        return f"SELECT actor AS person, time FROM ({messages}) WHERE {Span(since, self.end).sql('time')}"

    def _grouped(self, rows: str, figure: str, at_least: int, at_most: int | None) -> str:
        """The persons with a figure over their rows in a range; who has no row has 0."""
        grouped = f"SELECT person FROM ({rows}) GROUP BY person HAVING"
        if at_least > 0:
            upper = "" if at_most is None else f" AND {figure} <= {at_most}"
            return f"{grouped} {figure} >= {at_least}{upper}"
        everybody = f"SELECT person FROM {self.everybody()}"
        return everybody if at_most is None else f"{everybody} EXCEPT {grouped} {figure} > {at_most}"

    def _did(self, rule: Did) -> str:
        rows = self._filtered(rule.filter, self._since(rule.within))
        return self._grouped(rows, "count(*)", rule.at_least, rule.at_most)

    def _first_or_last(self, rule: DidFirstOrLast) -> str:
        figure = "min(time)" if rule.which == "first" else "max(time)"
        bounds = [
            f"{figure} {sign} {self._moment(bound)}"
            for sign, bound in (("<", rule.before), (">=", rule.after))
            if bound is not None
        ]
        rows = self._filtered(rule.filter, None)
        return f"SELECT person FROM ({rows}) GROUP BY person HAVING {' AND '.join(bounds) or 'TRUE'}"

    def _moment(self, bound: str | int) -> int:
        return self._begin_of(bound) if isinstance(bound, str) else self.end - bound * _SECOND

    def _days(self, rule: DaysWith) -> str:
        periods = self._periods()
        last = periods.start("day", periods.number("day", self.end - 1))
        first = (last.replace(tzinfo=None) - timedelta(days=rule.days - 1)).replace(tzinfo=last.tzinfo)
        rows = self._filtered(rule.filter, epoch_us(first))
        return self._grouped(rows, f"count(DISTINCT {periods.sql('day', 'time')})", rule.at_least, rule.at_most)

    def _session_count(self, rule: SessionCount) -> str:
        sessions = self.session_table_of(rule.within, any(part.value in ("entry", "exit") for part in rule.where))
        where = " AND ".join([self._began(rule.within), *map(_session_condition, rule.where)])
        rows = f"SELECT person FROM {sessions} WHERE {where}"
        return self._grouped(rows, "count(*)", rule.at_least, rule.at_most)

    def _time_spent(self, rule: TimeSpent) -> str:
        sessions = self.session_table_of(rule.within, False)
        rows = f"SELECT person, ended - began AS spent FROM {sessions} WHERE {self._began(rule.within)}"
        most = None if rule.at_most is None else rule.at_most * _SECOND
        return self._grouped(rows, "sum(spent)", rule.at_least * _SECOND, most)

    def _began(self, within: int | None) -> str:
        return Span(self._since(within)).sql("began")

    def session_table_of(self, within: int | None, with_steps: bool) -> str:
        """The sessions of messages before the end, with the names of their first and last steps where asked for.

        Whether one began in the last `within` seconds is known from half an hour before these on.
        """
        from footfall.analytics.session_table import session_table, step_names, timelines  # loaded with pyarrow

        key = (within, with_steps)
        if key not in self._sessions:
            since = self._since(within)
            span = Span(None if since is None else since - SESSION_GAP_US - 1, self.end)
            rows = timelines(self.dataset, self.shard, steps=with_steps, span=span)
            name = self.dataset.new_name("sessions")
            self.dataset.connection.register(f"{name}_rows", session_table(rows))
            sql = f"SELECT * FROM {name}_rows"
            if with_steps:
                names = step_names(self.dataset)
                sql = f"""
                    SELECT sessions.* EXCLUDE (entry, exit), first.name AS entry, last.name AS exit
                    FROM {name}_rows AS sessions LEFT JOIN {names} AS first ON first.step = sessions.entry
                    LEFT JOIN {names} AS last ON last.step = sessions.exit
                """
            self.dataset.connection.execute(f"CREATE TABLE {name} AS {sql}")
            self.dataset.connection.unregister(f"{name}_rows")
            self._sessions[key] = name
        return self._sessions[key]

    def _traits(self, rule: HasTraits) -> str:
        names = needed(rule.where)
        latest = self.dataset.latest_traits((f"{_TRAITS}{name}" for name in names), self.plan, self.end)
        table = PropertyTable(latest.name, {name.removeprefix(_TRAITS): each for name, each in latest.columns.items()})
        condition = where_sql(self.dataset, table, rule.where, self)
        return f"SELECT person FROM {self.everybody()} LEFT JOIN {table.name} USING (person) WHERE {condition}"


def _session_condition(part: SessionValue) -> str:
    value = {"duration": "(ended - began)"}.get(part.value, part.value)
    unit = _SECOND if part.value == "duration" else 1
    texts = [literal(each) if isinstance(each, str) else str(each * unit) for each in part.values]
    if part.op in _SIGNS:
        return f"{value} {_SIGNS[part.op]} {texts[0]}"
    listed = f"coalesce({value} IN ({', '.join(texts)}), FALSE)"
    return listed if part.op == "in" else f"NOT {listed}"

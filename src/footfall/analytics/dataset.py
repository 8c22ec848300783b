"""Dataset: the messages of a store as of one moment, with their persons, to be asked by columns through DuckDB."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

import msgspec

from footfall.analytics.audience import LeftOut, audiences, is_among, left_out, rows_where
from footfall.analytics.audience_rules import Audience
from footfall.analytics.engine import Rows, connect, rows
from footfall.analytics.event_names import FOREVER, meanings
from footfall.analytics.loading import Asked, KeptSignals, Loaded, load_entries, load_parts, load_store, without_damaged
from footfall.clock import Clock, SystemClock
from footfall.errors import DamagedFileError, UsageError
from footfall.plan.calls import base_event, call_of, named
from footfall.plan.channels import channel_rule
from footfall.plan.model import Event, Plan
from footfall.storage.as_of import AsOf
from footfall.storage.costs import CampaignCost
from footfall.storage.environments import PRODUCTION
from footfall.storage.journal import Entry
from footfall.storage.part import Part
from footfall.storage.uncounted import UncountedCount

# pyarrow, and what reads columns by it, loads with the first dataset.
if TYPE_CHECKING:
    import duckdb

    from footfall.analytics.arrivals import LinkMarks
    from footfall.analytics.client_numbers import ClientNumbers
    from footfall.analytics.event_table import AskedEvent
    from footfall.analytics.persons import Persons
    from footfall.analytics.planned_values import Planned
    from footfall.analytics.properties import PropertyTable
    from footfall.analytics.trait_table import TraitTable

__all__ = ["Contents", "Dataset", "EventColumns"]

T = TypeVar("T")


class Contents(msgspec.Struct, frozen=True):
    """How many messages, persons and device streams a dataset has, from when to when, and what is not among them.

    `first` and `last` are microseconds since 1970 UTC, None when there is nothing. `quarantined` messages are in
    quarantine now, `rejected` ones were never kept. `losses` says which files are damaged, so that their messages are
    not counted.
    """

    messages: int
    persons: int
    devices: int
    first: int | None
    last: int | None
    quarantined: int
    rejected: int
    losses: tuple[str, ...] = ()


class EventColumns(NamedTuple):
    """What to read of an event: see `Dataset.events`."""

    properties: Iterable[str] = ()
    since: int | None = None
    stored: Iterable[str] = ()


class Dataset:
    """The messages of a store, ready to be asked. Nothing is read of them before it is asked for.

    - `parts` are the sealed files and the tail, each to be read by columns: see `footfall.storage.part.Part`
    - `persons` says whose each row of each part is: see `footfall.analytics.persons.Persons`
    - `events` makes a table of one event with some of its properties, `messages` a narrow table of all messages
    - the tables `quarantine` (seq, event, occurred_at, and the ids as they were sent), `quarantine_faults` (seq, path,
      code) and `refusals` (quarter, number) are there from the beginning

    A person is a number, which is the same only as long as the dataset is open. A file that turns out to be damaged as
    it is read is a DamagedFileError: `whole` goes on without it. One thread at a time may use a dataset.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        load: Callable[[dict[str, DamagedFileError]], Loaded],
        persons: Persons | None = None,
        names: Iterator[int] | None = None,
    ) -> None:
        self._connection = connection
        self._load = load
        self._damaged: dict[str, DamagedFileError] = {}
        self._loaded = load(self._damaged)
        self._persons = persons
        self._events: dict[bytes, list[PropertyTable]] = defaultdict(list)
        self._messages: dict[frozenset[str], str] = {}
        self._trait_tables: dict[tuple[bytes, int | None], TraitTable] = {}
        self._names = names or itertools.count(1)
        self._arrivals: tuple[Sequence[LinkMarks], str] | None = None
        self._client_numbers: ClientNumbers | None = None

    @classmethod
    def open(
        cls,
        data: str | Path,
        plan: Plan | None = None,
        *,
        as_of: int | datetime | None = None,
        environment: str = PRODUCTION,
        clock: Clock | None = None,
    ) -> Self:
        """Read a data folder, also while a collector writes to it.

        With `as_of` it is as it was when that message, by its `seq`, had come in, or at that time: its messages, the
        persons by these alone, and the plan, less what was purged since. A time without an offset is in the plan's
        timezone.

        It has the messages of one `environment` and the persons by these alone, or those of `all`.

        Without `plan`, the folder's latest bundle of then says who the persons are. Raises DataFolderError for a folder
        that is not ours, JournalError when it cannot be read, UsageError where `as_of` is not reached yet or nothing
        had come in, MissingExtraError without the `server` extra.
        """
        connection = connect()
        asked = Asked(data, plan, as_of, clock or SystemClock(), environment)
        return cls._opened(connection, lambda damaged: load_store(connection, asked, damaged))

    @classmethod
    def of(cls, entries: Iterable[Entry], plan: Plan | None = None, *, costs: Sequence[CampaignCost] = ()) -> Self:
        """The same over rows that are at hand already, with nothing in quarantine."""
        connection = connect()
        return cls._opened(connection, lambda _: load_entries(connection, entries, plan, costs))

    @classmethod
    def over(cls, parts: Sequence[Part], plan: Plan, persons: Persons) -> Self:
        """The same over parts that are at hand, of which `persons` has the columns."""
        connection = connect()
        return cls._opened(connection, lambda _: load_parts(connection, parts, plan), persons)

    @classmethod
    def _opened(
        cls,
        connection: duckdb.DuckDBPyConnection,
        load: Callable[[dict[str, DamagedFileError]], Loaded],
        persons: Persons | None = None,
    ) -> Self:
        try:
            return cls(connection, load, persons)
        except BaseException:
            connection.close()
            raise

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """DuckDB. It belongs to the dataset, and to one thread at a time."""
        return self._connection

    @property
    def plan(self) -> Plan | None:
        """The plan that said who the persons are; None when none was given and the folder has never seen one."""
        return self._loaded.plan

    @property
    def parts(self) -> Sequence[Part]:
        """What there is to read. Persons go by the place of a part in this sequence."""
        return self._loaded.parts

    @property
    def losses(self) -> tuple[str, ...]:
        """What is damaged, so that its messages are not counted, in words."""
        return self._loaded.losses

    @property
    def as_of(self) -> AsOf | None:
        """The earlier moment that was asked for."""
        return self._loaded.as_of

    @property
    def environment(self) -> str:
        """Whose messages these are: production, staging, test, or all."""
        return self._loaded.environment

    @property
    def elsewhere(self) -> Mapping[str, int]:
        """How many messages are stored now of each environment that was not asked for; nothing of an earlier moment."""
        return self._loaded.elsewhere

    @property
    def uncounted(self) -> Sequence[UncountedCount]:
        """The hits that web integrations and imports of logs left out, by day, source and reason."""
        return self._loaded.uncounted

    @property
    def plan_loads(self) -> Sequence[tuple[int, Plan]]:
        """When (microseconds since 1970 UTC) which plan was loaded, the oldest first. Raises JournalError."""
        return self._loaded.plan_loads()

    @property
    def signals(self) -> KeptSignals:
        """The signals that were noticed, and what was done about them. Raises JournalError."""
        return self._loaded.signals()

    @property
    def costs(self) -> Sequence[CampaignCost]:
        """What campaigns cost, as it was imported up to now."""
        return self._loaded.costs

    @property
    def unlisted(self) -> int:
        """How many messages came in and are nowhere any more: they were rejected, or removed."""
        return self._loaded.unlisted

    @property
    def left_out(self) -> LeftOut | None:
        """How many messages of bots and of own people it is without; None where nobody asked for that."""
        return self._loaded.left_out

    def among(self, included: Collection[Audience], plan: Plan | None) -> Dataset:
        """The same without the messages of bots and of own people, where they are not `included`.

        The plan says who own people are. It shares the connection with this one, and is of use as long as this one is.
        Raises DamagedFileError.
        """
        from footfall.analytics.persons.chosen import ChosenPersons
        from footfall.storage.parquet.selected_part import SelectedPart

        columns = self.audiences(plan)
        counts = left_out(columns, included)
        parts, rows, others = list(self.parts), dict[int, Any](), dict[int, Any]()
        for number, column in enumerate(columns):
            if column is not None and (mask := is_among(column, included)).false_count:
                parts[number] = SelectedPart(self.parts[number], ("seq",), _chooser(mask))
                rows[number], others[number] = rows_where(mask), rows_where(mask, chosen=False)
        if not rows:
            self._loaded = self._loaded._replace(left_out=counts)
            return self
        loaded = self._loaded._replace(parts=parts, left_out=counts, unfiltered=self.parts)
        persons = ChosenPersons(self.persons, rows, others)
        return type(self)(self._connection, lambda _: loaded, persons, self._names)

    def audiences(self, plan: Plan | None) -> list[Any]:
        """For each part the audience of each row: see `footfall.analytics.audience.audiences`."""
        return audiences(self.parts, lambda: self.persons, plan, self._loaded.cache)

    @property
    def persons(self) -> Persons:
        """Whose each message is, worked out at the first call. Raises DamagedFileError."""
        _ = self._later_persons.dictionary
        return self._later_persons

    @property
    def _later_persons(self) -> Persons:
        """The same for whoever may not have to know."""
        if self._persons is None:
            from footfall.analytics.persons import Persons

            self._persons = Persons.later(self.parts, self.plan.id if self.plan else "", self._loaded.cache)
        return self._persons

    def rows(self, sql: str) -> Rows:
        """Every row of one query."""
        return rows(self._connection, sql)

    def whole(self, ask: Callable[[], T]) -> T:
        """The answer of `ask`, which is asked again, of all but the damaged file, where it raises a DamagedFileError.

        All that it uses of the dataset it has to ask for itself: tables and persons of before are gone then.
        """
        return without_damaged(ask, self._damaged, self._load_again)

    def _load_again(self) -> None:
        self._loaded = self._load(self._damaged)
        self._persons = None
        self._events.clear()
        self._messages.clear()
        self._trait_tables.clear()
        self._arrivals = None
        self._client_numbers = None

    def contents(self) -> Contents:
        """How much there is, and from when to when. Raises DamagedFileError."""
        stretches = [stretch for part in self.parts for stretch in part.stretches()]
        persons, devices = self._later_persons.counts
        ((quarantined, rejected),) = self.rows(
            "SELECT (SELECT count(*) FROM quarantine), (SELECT coalesce(sum(number), 0)::BIGINT FROM refusals)"
        )
        return Contents(
            messages=sum(part.messages for part in self.parts),
            persons=persons,
            devices=devices,
            first=min((stretch.first for stretch in stretches), default=None),
            last=max((stretch.last for stretch in stretches), default=None),
            quarantined=quarantined,
            rejected=rejected,
            losses=self.losses,
        )

    def events(
        self,
        name: str,
        properties: Iterable[str] = (),
        *,
        plan: Plan | None = None,
        since: int | None = None,
        stored: Iterable[str] = ("person", "seq", "received_at"),
    ) -> PropertyTable:
        """The messages of one event of the plan, or of a call that KPIs may name, with its properties typed.

        The table has a row for each message: `occurred_at` (microseconds since 1970 UTC), those of `person` (null for
        what is nobody's), `seq` and `received_at` that are `stored`, and a column for each property. With `person` come
        `counted` (a person that counts) and `is_device` (a connected product); without it, nobody is looked up. The
        table is made at the first call and kept; ask for everything at once, and the messages are read once. Without
        properties, `seq` and `received_at`, they come out of the cache alone. With `since` (microseconds since 1970
        UTC), what occurred earlier may be missing.

        Raises UsageError when the plan has no such event, or the event no such property, and DamagedFileError.
        """
        return self.read_events({name: EventColumns(properties, since, stored)}, plan=plan)[0]

    def read_events(self, events: Mapping[str, EventColumns], *, plan: Plan | None = None) -> Sequence[PropertyTable]:
        """The tables of several events, for which each part is read once."""
        from footfall.analytics.event_table import make_event_tables

        tables: dict[str, PropertyTable] = {}
        missing: dict[str, AskedEvent] = {}
        for name, columns in events.items():
            asked = self._asked(name, columns, plan or self.plan)
            tables_before = self._events[_key(asked.event, asked.when, asked.wanted.traits)]
            kept = [table for table in tables_before if table.has(asked.wanted.names, columns.since, asked.stored)]
            if kept:
                tables[name] = kept[0]
            else:
                traits = self._traits(asked.wanted.traits) if asked.wanted.traits else None
                missing[name] = asked._replace(traits=traits)
        persons = self._later_persons
        new = make_event_tables(self._connection, self.parts, persons, list(missing.values())) if missing else ()
        for (name, asked), table in zip(missing.items(), new, strict=True):
            self._events[_key(asked.event, asked.when, asked.wanted.traits)].append(table)
            tables[name] = table
        return [tables[name] for name in events]

    def _asked(self, name: str, columns: EventColumns, plan: Plan | None) -> AskedEvent:
        from footfall.analytics.event_table import PERSON, AskedEvent, sources_of
        from footfall.analytics.planned_values import planned

        event = named(plan, name) if plan else None
        if plan is None or event is None:
            raise UsageError(f"the plan has no event {name!r}; `footfall plan check` names who asks for it")
        base = plan.events.get(base_event(plan, name))
        call = call_of(name) if base is None else None
        sources = sources_of(self.parts, meanings(self.plan), base or event, call)
        when = plan.derived_events[name].when if base is not None and base.name != name else ""
        earliest = -FOREVER if columns.since is None else columns.since
        wanted = planned(plan, event, columns.properties)
        stored = frozenset({*columns.stored, *((PERSON,) if wanted.traits else ())})
        return AskedEvent(self.new_name("event"), event, call, wanted, sources, earliest, stored, when=when)

    def latest_traits(self, names: Iterable[str], plan: Plan, before: int) -> TraitTable:
        """A table of persons with the latest values of traits (`traits.NAME`) that were said before a moment.

        The moment is in microseconds since 1970 UTC. Raises UsageError for a trait that the plan does not have, and
        DamagedFileError.
        """
        from footfall.analytics.planned_values import planned

        return self._traits(planned(plan, Event(name="identify", wire_name="identify"), names).traits, before)

    def _traits(self, wanted: Sequence[Planned], before: int | None = None) -> TraitTable:
        """The latest values of these traits of each person; the table is kept."""
        from footfall.analytics.trait_table import make_trait_table

        key = (_key(wanted), before)
        if key not in self._trait_tables:
            name = self.new_name("traits")
            self._trait_tables[key] = make_trait_table(self._connection, name, self.parts, self.persons, wanted, before)
        return self._trait_tables[key]

    def messages(self, columns: Collection[str] | None = None) -> str:
        """The name of a narrow table of all messages with these columns, or with all.

        There are `seq`, `source`, `type`, `event` (its name in the plan, or as it was sent), `channel`, `step` (the
        event, or `page:NAME`), `occurred_at`, `received_at` (microseconds since 1970 UTC), `device` (a number) and
        `person`, with which come `counted` and `is_device`. It is made at the first call and kept; one with more
        columns is used again. Raises DamagedFileError.
        """
        from footfall.analytics.message_table import MESSAGE_COLUMNS, make_message_table

        wanted = frozenset(MESSAGE_COLUMNS if columns is None else columns)
        for names, table in self._messages.items():
            if wanted <= names:
                return table
        name, persons = self.new_name("messages"), self.persons if wanted & {"person", "device"} else None
        make_message_table(
            self._connection, name, self.parts, persons, meanings(self.plan), channel_rule(self.plan), wanted
        )
        self._messages[wanted] = name
        return name

    def arrivals(self) -> tuple[Sequence[LinkMarks], str]:
        """How persons came: all different ways, and a table of the messages that name one, `seq` and `link`.

        `link` is a number in the ways. It is made at the first call and kept. Raises DamagedFileError.
        """
        from footfall.analytics.arrivals import read_arrivals

        if self._arrivals is None:
            links, table = read_arrivals(self.parts)
            name = self.new_name("arrivals")
            self._connection.register(name, table)
            self._arrivals = links, name
        return self._arrivals

    @property
    def client_numbers(self) -> ClientNumbers:
        """The numbers that clients gave all messages, also those of bots and own people; read once."""
        from footfall.analytics.client_numbers import ClientNumbers

        if self._client_numbers is None:
            self._client_numbers = ClientNumbers(self._connection, self._loaded.unfiltered or self.parts)
        return self._client_numbers

    def new_name(self, stem: str) -> str:
        """A table name that nobody has taken yet."""
        return f"{stem}_{next(self._names)}"

    def close(self) -> None:
        """Let the memory go. Closing twice is no error."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _key(*parts: object) -> bytes:
    return msgspec.json.encode(parts)


def _chooser(mask: Any) -> Callable[[Any], Any]:
    return lambda _: mask

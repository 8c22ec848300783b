"""The numbers that clients give their messages: which of them never came, and who gives none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from footfall.analytics.engine import rows
from footfall.storage.part import Part

if TYPE_CHECKING:
    import duckdb

__all__ = ["ClientNumbers", "NumberedMessage"]

_THREADS = 4
_NUMBER = ("client_id", "client_seq")
_TABLE = "client_numbers"


class NumberedMessage(NamedTuple):
    """A message with its client and number, and when it occurred and came (microseconds since 1970 UTC)."""

    client: str
    number: int
    occurred_at: int
    received_at: int


class ClientNumbers:
    """The numbers of all messages of some parts. Each method raises DamagedFileError."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, parts: Sequence[Part]) -> None:
        self._connection = connection
        self._parts = parts

    def gaps(self, others: Sequence[NumberedMessage], before: int) -> list[tuple[int, int]]:
        """When messages occurred before which numbers of their client are missing, and how many of them.

        The numbers of `others` came too. Only of messages that came before a moment: what is missing may still come.
        """
        holed = self._holed(others)
        if not holed:
            return []
        numbers: dict[str, dict[int, tuple[int, int]]] = {client: {} for client in holed}
        for message in [*self._messages_of(holed), *others]:
            if message.client in holed:
                times = (message.received_at, message.occurred_at)
                of_client = numbers[message.client]
                of_client[message.number] = min(times, of_client.get(message.number, times))
        return sorted(
            (occurred_at, later - number - 1)
            for of_client in numbers.values()
            for number, later in pairwise(sorted(of_client))
            for received_at, occurred_at in [of_client[later]]
            if later - number > 1 and received_at < before
        )

    @cached_property
    def senders_without(self) -> int:
        """How many sources have a message without a number."""
        sources: set[str] = set()
        for part, table in zip(self._parts, self._tables, strict=True):
            numbers = table.column("number")
            if numbers.null_count:
                sources.update(part.read(("source",)).column("source").filter(numbers.is_null()).unique().to_pylist())
        return len(sources)

    @cached_property
    def _tables(self) -> Sequence[Any]:
        """For each part the client and the number of each message."""
        with ThreadPoolExecutor(_THREADS) as pool:
            return list(pool.map(_numbers_of, self._parts))

    @cached_property
    def _clients(self) -> Mapping[str, tuple[int, int, int]]:
        """Each client with its first and last number, and how many there are."""
        import pyarrow  # loaded with the engine

        self._connection.register(_TABLE, pyarrow.concat_tables([_nothing(), *self._tables]))
        ranges = rows(
            self._connection,
            f"SELECT client, min(number), max(number), count(*) FROM {_TABLE} WHERE number IS NOT NULL GROUP BY client",
        )
        self._connection.unregister(_TABLE)
        return {client: (first, last, count) for client, first, last, count in ranges}

    def _holed(self, others: Sequence[NumberedMessage]) -> set[str]:
        """The clients of which some number between the first and the last is missing."""
        ranges = dict(self._clients)
        pieces = [(each.client, (each.number, each.number, 1)) for each in others]
        for client, (first, last, count) in pieces:
            before = ranges.get(client, (first, last, 0))
            ranges[client] = (min(first, before[0]), max(last, before[1]), count + before[2])
        return {client for client, (first, last, count) in ranges.items() if last - first + 1 > count}

    def _messages_of(self, clients: set[str]) -> Sequence[NumberedMessage]:
        import pyarrow
        import pyarrow.compute as pc

        wanted, messages = pyarrow.array(sorted(clients)), list[NumberedMessage]()
        for part, numbers in zip(self._parts, self._tables, strict=True):
            chosen = pc.is_in(numbers.column("client").cast(pyarrow.string()), value_set=wanted)
            if pc.any(chosen).as_py():
                table = part.read((*_NUMBER, "occurred_at", "received_at")).filter(chosen)
                columns = (table.column(name).to_pylist() for name in table.column_names)
                messages += [NumberedMessage(*row) for row in zip(*columns, strict=True)]
        return messages


def _numbers_of(part: Part) -> Any:
    if not part.messages:  # what parses no body loads no pandas
        return _nothing()
    table = part.read(_NUMBER)
    return table.rename_columns(["client", "number"])


def _nothing() -> Any:
    import pyarrow

    return pyarrow.table({"client": pyarrow.nulls(0, pyarrow.string()), "number": pyarrow.nulls(0, pyarrow.int64())})

"""PersonMessages: the messages of one person, and what a profile says of them.

Of most messages it reads the time alone; of those that are shown or that set something, what is shown of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, get_args

import msgspec
import pyarrow
import pyarrow.compute as pc

from footfall.analytics.event_names import meanings
from footfall.analytics.persons import DEVICE, VISITOR
from footfall.analytics.persons.arrays import INT, joined
from footfall.analytics.persons.person_rows import rows_of, rows_of_nobody, shared_ids
from footfall.identity.aliases import AliasEffect
from footfall.identity.attribution import Reason
from footfall.identity.ids import comparable
from footfall.message_reader import json_object
from footfall.analytics.persons.fetching import fetch
from footfall.people.lookup import Match, PersonSource
from footfall.people.person_aliases import AliasLine, alias_lines, person_aliases
from footfall.people.profile import EventCount, Evidence, PersonMessage, PersonProfile, ReasonCount
from footfall.people.traits import Identify, last_traits
from footfall.timestamps import local_time

__all__ = ["PersonMessages"]

_REASONS: tuple[str, ...] = get_args(Reason)
_EVIDENCE = 3  # that is shown for a reason
_NAME = ("source", "message_id")
_TEXT = pyarrow.string()
_AFTER_ALL = chr(0x10FFFF)


class PersonMessages:
    """The messages of `match`. Every method raises DamagedFileError."""

    def __init__(self, source: PersonSource, match: Match) -> None:
        self._source = source
        self._match = match
        self._meanings = meanings(source.plan)
        persons, person = source.persons, match.person
        self._rows = rows_of_nobody(persons, match.part, match.row) if person is None else rows_of(persons, person)
        self._at = self._fetch(self._rows, ("occurred_at",)).column("occurred_at").combine_chunks()

    def profile(self, recent: int) -> PersonProfile:
        """All that is known of the person, with so many of the latest messages."""
        match, own = self._match, self._aliases
        # SDKs alias the anonymous ids of browsers too; such an alias identifies a device.
        anonymous_ids = self._ids("anonymous", unless="device") | _previous_ids(own, "identified", "ambiguous")
        user_ids = self._ids("user") | _previous_ids(own, "merged")
        aliases, aliases_total = person_aliases(self._source, own, user_ids)
        ends = pc.min_max(self._at).as_py()
        return PersonProfile(
            person_id=match.person_id,
            user_id=self._user_id(),
            counted=match.person is not None and match.person < DEVICE,
            user_ids=tuple(sorted(user_ids)),
            anonymous_ids=tuple(sorted(anonymous_ids)),
            shared_ids=tuple(self._shared(anonymous_ids)),
            device_ids=tuple(sorted(self._ids("device"))),
            first_seen=local_time(ends["min"]),
            last_seen=local_time(ends["max"]),
            messages=len(self._rows),
            events=self._events(),
            traits=last_traits(self._identifies()),
            recent=tuple(self._recent(recent)),
            reasons=tuple(self._reasons()),
            aliases=aliases,
            aliases_total=aliases_total,
        )

    def _fetch(self, rows: Any, names: Sequence[str], part: str = "part", row: str = "row") -> Any:
        return fetch(self._source.parts, joined([rows.column(part)]), rows.column(row), names)

    def _user_id(self) -> str | None:
        person = self._match.person
        return None if person is None or person >= VISITOR else self._source.persons.dictionary.ids[person].as_py()

    def _ids(self, column: str, *, unless: str = "") -> set[str]:
        """The usable ids of one column, but for messages of the reason `unless`."""
        numbers = joined([self._rows.filter(pc.not_equal(self._rows.column("reason"), unless)).column(column)])
        return set(self._source.persons.dictionary.ids.take(numbers.unique().drop_null()).to_pylist())

    def _shared(self, anonymous_ids: set[str]) -> list[str]:
        """Those that messages of other persons have too."""
        if self._match.person is None:
            return []
        ids = self._source.persons.dictionary.ids
        numbers = pc.indices_nonzero(pc.is_in(ids, value_set=pyarrow.array(anonymous_ids, _TEXT))).cast(INT)
        return shared_ids(self._source.persons, self._match.person, numbers)

    @cached_property
    def _kinds(self) -> Any:
        """The type and the plan's name of the event of each message."""
        types, events = [pyarrow.array([], _TEXT)], [pyarrow.array([], _TEXT)]
        for part in self._rows.column("part").unique().to_pylist():
            row = joined([self._rows.filter(pc.equal(self._rows.column("part"), part)).column("row")])
            for stretch in self._source.parts[part].stretches():
                here = row.filter(pc.and_(pc.greater_equal(row, stretch.start), pc.less(row, stretch.stop)))
                if not len(here):
                    continue
                types.append(pyarrow.repeat(pyarrow.scalar(stretch.type, _TEXT), len(here)))
                event = pyarrow.repeat(pyarrow.scalar(stretch.event, _TEXT), len(here))
                meaning = self._meanings.get(stretch.event or "")
                if meaning is not None:
                    where = pyarrow.repeat(pyarrow.scalar(part, INT), len(here))
                    received = fetch(self._source.parts, where, here, ("received_at",)).column("received_at")
                    event = pc.if_else(pc.less(joined([received]), meaning.before), meaning.event, event)
                events.append(event)
        return pyarrow.table({"type": pyarrow.chunked_array(types), "event": pyarrow.chunked_array(events)})

    def _events(self) -> tuple[EventCount, ...]:
        groups = self._kinds.group_by(["type", "event"]).aggregate([([], "count_all")]).to_pylist()
        counts = [EventCount(group["type"], group["event"], group["count_all"]) for group in groups]
        return tuple(sorted(counts, key=lambda count: (-count.messages, count.type, count.event or _AFTER_ALL)))

    def _of_type(self, type_: str) -> tuple[Any, Any]:
        """The rows of one type, and when they occurred."""
        is_it = pc.equal(joined([self._kinds.column("type")]), type_)
        return self._rows.filter(is_it), self._at.filter(is_it)

    def _identifies(self) -> Iterator[Identify]:
        rows, at = self._of_type("identify")
        if len(rows):
            messages = self._fetch(rows, (*_NAME, "all_traits"))
            yield from map(Identify, at.to_pylist(), *(column.to_pylist() for column in messages.columns))

    @cached_property
    def _aliases(self) -> list[AliasLine]:
        rows, _ = self._of_type("alias")
        return alias_lines(self._source, rows.column("part").to_pylist(), rows.column("row").to_pylist())

    def _recent(self, limit: int) -> Iterator[PersonMessage]:
        table = pyarrow.table({
            **{name: self._rows.column(name) for name in ("part", "row", "reason")},
            **{name: self._kinds.column(name) for name in ("type", "event")},
            "at": self._at,
        })  # fmt: skip
        table = _first(table, self._at, limit, latest=True)
        if not len(table):
            return
        table = pyarrow.table({**_columns(table), **_columns(self._fetch(table, _NAME))})
        table = table.sort_by([(name, "descending") for name in ("at", *_NAME)]).slice(0, limit)
        messages = self._fetch(table, ("body", "group_id"))
        for line, text, group_id in zip(table.to_pylist(), *(map(_list, messages.columns)), strict=True):
            body = json_object(text)
            name = _text(body.get("name"))
            if line["type"] == "group":
                name = None if group_id is None else comparable(group_id)
            yield PersonMessage(
                source=line["source"],
                message_id=line["message_id"],
                type=line["type"],
                event=line["event"],
                name=name,
                at=local_time(line["at"]),
                reason=line["reason"],
                properties=body.get("properties", body.get("traits", msgspec.Raw(b"null"))),
            )

    def _reasons(self) -> Iterator[ReasonCount]:
        where = ["evidence_part", "evidence_row"]
        groups = self._rows.group_by(["reason", *where]).aggregate([([], "count_all")]).combine_chunks()
        shown = groups.filter(groups.column("evidence_part").is_valid())
        shown = shown.append_column("at", self._fetch(shown, ("occurred_at",), *where).column("occurred_at"))
        firsts = [_first_of(shown, reason) for reason in groups.column("reason").unique().to_pylist()]
        evidence = self._evidence(pyarrow.concat_tables(firsts)) if firsts else {}
        totals = groups.group_by("reason").aggregate([("count_all", "sum"), ("evidence_part", "count")]).to_pylist()
        for total in sorted(totals, key=lambda total: _REASONS.index(total["reason"])):
            examples = evidence.get(total["reason"], ())[:_EVIDENCE]
            yield ReasonCount(total["reason"], total["count_all_sum"], total["evidence_part_count"], tuple(examples))

    def _evidence(self, groups: Any) -> dict[str, list[Evidence]]:
        """The messages that are evidence, by the reason for which they are, in order."""
        names = ("occurred_at", *_NAME, "type", "event", "user_id", "received_at")
        messages = self._fetch(groups, names, "evidence_part", "evidence_row")
        lines = zip(
            *map(_list, messages.columns), *(_list(groups.column(n)) for n in ("count_all", "reason")), strict=True
        )
        evidence: dict[str, list[Evidence]] = {}
        for at, source, message_id, type_, event, user_id, received, explains, reason in sorted(lines, key=_order):
            meaning = self._meanings.get(event or "")
            evidence.setdefault(reason, []).append(
                Evidence(
                    source=source,
                    message_id=message_id,
                    type=type_,
                    event=meaning.event if meaning is not None and received < meaning.before else event,
                    user_id=None if user_id is None else comparable(user_id),
                    at=local_time(at),
                    explains=explains,
                )
            )
        return evidence


def _order(line: tuple[Any, ...]) -> tuple[Any, ...]:
    """Messages by time, source and message_id."""
    return line[:3]


def _first_of(evidence: Any, reason: str) -> Any:
    of_reason = evidence.filter(pc.equal(evidence.column("reason"), reason)).combine_chunks()
    return _first(of_reason, joined([of_reason.column("at")]), _EVIDENCE)


def _first(rows: Any, at: Any, limit: int, *, latest: bool = False) -> Any:
    """The rows with the least (or greatest) times: so many, and all that tie with the last of them."""
    if len(at) <= limit:
        return rows
    order = pc.sort_indices(at, sort_keys=[("", "descending" if latest else "ascending")])
    bound = at[order[limit - 1].as_py()] if limit else None
    if bound is None:
        return rows.slice(0, 0)
    return rows.filter((pc.greater_equal if latest else pc.less_equal)(at, bound))


def _previous_ids(aliases: Sequence[AliasLine], *effects: AliasEffect) -> set[str]:
    return {line.previous_id for line in aliases if line.effect in effects and line.previous_id is not None}


def _columns(table: Any) -> dict[str, Any]:
    return {name: table.column(name) for name in table.column_names}


def _list(column: Any) -> list[Any]:
    values: list[Any] = column.to_pylist()
    return values


def _text(value: msgspec.Raw | None) -> str | None:
    try:
        return None if value is None else msgspec.json.decode(value, type=str)
    except msgspec.DecodeError:
        return None

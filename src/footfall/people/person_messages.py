"""PersonMessages: the messages of one person, and what a profile says of them.

Of most messages it reads the time alone; of those that are shown or that set something, what is shown of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, get_args

import msgspec
import pyarrow
import pyarrow.compute as pc

from footfall.analytics.event_names import meanings
from footfall.analytics.persons import DEVICE, VISITOR
from footfall.analytics.persons.arrays import INT, joined, paired
from footfall.analytics.persons.fetching import fetch
from footfall.analytics.persons.lookups import MESSAGES
from footfall.analytics.persons.person_rows import rows_of, rows_of_nobody, shared_ids
from footfall.identity.aliases import AliasEffect
from footfall.identity.attribution import Reason
from footfall.identity.ids import comparable
from footfall.message_reader import json_object
from footfall.people.left_out import left_out_counts
from footfall.people.lookup import Match, PersonSource
from footfall.people.person_aliases import AliasLine, alias_lines, person_aliases
from footfall.people.profile import EventCount, Evidence, LeftOutCount, PersonMessage, PersonProfile, ReasonCount
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
        self._at = joined([self._rows.column("at")])

    def profile(self, recent: int) -> PersonProfile:
        """All that is known of the person, with so many of the latest messages."""
        match, own = self._match, self._aliases
        # SDKs alias the anonymous ids of browsers too; such an alias identifies a device.
        anonymous = self._ids("anonymous", unless="device") | _previous_ids(own, "identified", "ambiguous")
        users = self._ids("user") | _previous_ids(own, "merged")
        aliases, aliases_total = person_aliases(self._source, own, sorted(users))
        ends = pc.min_max(self._at).as_py()
        return PersonProfile(
            person_id=match.person_id,
            user_id=self._user_id(),
            counted=match.person is not None and match.person < DEVICE,
            user_ids=self._texts(users),
            anonymous_ids=self._texts(anonymous),
            shared_ids=tuple(self._shared(anonymous)),
            device_ids=self._texts(self._ids("device")),
            first_seen=local_time(ends["min"]),
            last_seen=local_time(ends["max"]),
            messages=len(self._rows),
            events=self._events(),
            traits=last_traits(self._identifies()),
            recent=tuple(self._recent(recent)),
            reasons=tuple(self._reasons()),
            aliases=aliases,
            aliases_total=aliases_total,
            left_out=self._left_out(),
        )

    def _left_out(self) -> tuple[LeftOutCount, ...]:
        types, source = joined([self._kinds.column("type")]), self._source
        messages = self._rows.select(["part", "row", "at"]).append_column("type", types)
        is_somebody = self._match.person is not None
        return left_out_counts(source.parts, source.plan, messages, self._identify_traits, is_somebody=is_somebody)

    def _fetch(self, rows: Any, names: Sequence[str], part: str = "part", row: str = "row") -> Any:
        return fetch(self._source.parts, joined([rows.column(part)]), rows.column(row), names)

    def _user_id(self) -> str | None:
        person = self._match.person
        return None if person is None or person >= VISITOR else self._source.persons.dictionary.ids[person].as_py()

    def _ids(self, column: str, *, unless: str = "") -> set[int]:
        """The numbers of the usable ids of one column, but for messages of the reason `unless`."""
        numbers = joined([self._rows.filter(pc.not_equal(self._rows.column("reason"), unless)).column(column)])
        return set(numbers.unique().drop_null().to_pylist())

    def _texts(self, ids: set[int]) -> tuple[str, ...]:
        return tuple(sorted(self._source.persons.dictionary.ids.take(pyarrow.array(ids, INT)).to_pylist()))

    def _shared(self, anonymous: set[int]) -> list[str]:
        """Those that messages of other persons have too."""
        if self._match.person is None:
            return []
        return shared_ids(self._source.persons, self._match.person, pyarrow.array(anonymous, INT))

    @cached_property
    def _kinds(self) -> Any:
        return self._kinds_of(*(joined([self._rows.column(name)]) for name in ("part", "row")))

    def _kinds_of(self, part: Any, row: Any) -> Any:
        """The type and the plan's name of the event of each message; those of a part follow one another, rising."""
        types: list[str] = []
        events: list[str | None] = []
        renamed: list[int] = []
        starts = pc.value_counts(part).to_pylist()
        for number, count in ((start["values"], start["counts"]) for start in starts):
            rows = row.slice(len(types), count).to_pylist()
            end = 0
            for stretch in self._source.parts[number].stretches():
                start, end = end, bisect_left(rows, stretch.stop, end)
                if start < end and stretch.event in self._meanings:
                    renamed += range(len(types), len(types) + end - start)
                types += [stretch.type] * (end - start)
                events += [stretch.event] * (end - start)
        where = pyarrow.array(renamed, INT)
        received = fetch(self._source.parts, part.take(where), row.take(where), ("received_at",)).column("received_at")
        for place, at in zip(renamed, received.to_pylist(), strict=True):
            meaning = self._meanings[events[place] or ""]
            events[place] = meaning.event if at < meaning.before else events[place]
        return pyarrow.table({"type": pyarrow.array(types, _TEXT), "event": pyarrow.array(events, _TEXT)})

    def _events(self) -> tuple[EventCount, ...]:
        groups = self._kinds.group_by(["type", "event"], use_threads=False).aggregate([([], "count_all")]).to_pylist()
        counts = [EventCount(group["type"], group["event"], group["count_all"]) for group in groups]
        return tuple(sorted(counts, key=lambda count: (-count.messages, count.type, count.event or _AFTER_ALL)))

    def _of_type(self, type_: str) -> tuple[Any, Any]:
        """The rows of one type, and when they occurred."""
        is_it = pc.equal(joined([self._kinds.column("type")]), type_)
        return self._rows.filter(is_it), self._at.filter(is_it)

    @cached_property
    def _identify_traits(self) -> list[str | None]:
        rows, _ = self._of_type("identify")
        return _list(self._fetch(rows, ("all_traits",)).column("all_traits"))

    def _identifies(self) -> list[Identify]:
        """Those that set a trait last, or may: their names say which of those of one time is the last."""
        rows, at = self._of_type("identify")
        traits = self._identify_traits
        last: dict[str, list[int]] = {}
        times = at.to_pylist()
        for place, text in enumerate(traits):
            for name in json_object(text):
                places = last.setdefault(name, [place])
                if times[place] > times[places[0]]:
                    places[:] = [place]
                elif place != places[0] and times[place] == times[places[0]]:
                    places.append(place)
        few = sorted({place for places in last.values() for place in places})
        names = self._fetch(rows.take(pyarrow.array(few, INT)), _NAME)
        return [
            Identify(times[place], source, message_id, traits[place])
            for place, source, message_id in zip(few, *map(_list, names.columns), strict=True)
        ]

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
        if len(table) > limit:  # their names say which of those of one time are the last
            table = self._named(table).slice(0, limit).select(table.column_names)
        # The properties of a `track` are in a column; a whole message is put together from many.
        is_track = pc.equal(table.column("type"), "track")
        tracks = self._named(table.filter(is_track), "properties")
        has_some = tracks.column("properties").is_valid()
        others = [table.filter(pc.invert(is_track)), tracks.filter(pc.invert(has_some)).select(table.column_names)]
        messages = [
            *(_message(line, None, line["properties"].encode()) for line in tracks.filter(has_some).to_pylist()),
            *map(_whole_message, self._named(pyarrow.concat_tables(others), "body", "group_id").to_pylist()),
        ]
        yield from sorted(messages, key=lambda message: (message.at, message.source, message.message_id), reverse=True)

    def _named(self, table: Any, *columns: str) -> Any:
        """Messages with their names and more columns, the latest first."""
        table = pyarrow.table({**_columns(table), **_columns(self._fetch(table, (*_NAME, *columns)))})
        return table.sort_by([(name, "descending") for name in ("at", *_NAME)])

    def _reasons(self) -> Iterator[ReasonCount]:
        where = ["evidence_part", "evidence_row"]
        # Arrow's threads take longer to start than a person's messages to count.
        groups = self._rows.group_by(["reason", *where], use_threads=False).aggregate([([], "count_all")])
        groups = groups.combine_chunks()
        shown = groups.filter(groups.column("evidence_part").is_valid())
        messages = self._messages_at(shown)
        shown = shown.append_column("at", messages.column("at")).append_column("user", messages.column("user"))
        firsts = [_first_of(shown, reason) for reason in groups.column("reason").unique().to_pylist()]
        evidence = self._evidence(pyarrow.concat_tables(firsts)) if firsts else {}
        columns = [("count_all", "sum"), ("evidence_part", "count")]
        totals = groups.group_by("reason", use_threads=False).aggregate(columns).to_pylist()
        for total in sorted(totals, key=lambda total: _REASONS.index(total["reason"])):
            examples = evidence.get(total["reason"], ())[:_EVIDENCE]
            yield ReasonCount(total["reason"], total["count_all_sum"], total["evidence_part_count"], tuple(examples))

    def _messages_at(self, shown: Any) -> Any:
        """The messages that are evidence, in order: most are the person's."""
        part, row = (joined([shown.column(f"evidence_{name}")]) for name in ("part", "row"))
        key, own = paired(part, row), self._rows.select(MESSAGES.names)
        is_other = pc.invert(pc.is_in(key, value_set=_places(own)))
        part, row = part.filter(is_other), row.filter(is_other)
        by_part = {number: row.filter(pc.equal(part, number)) for number in part.unique().to_pylist()}
        messages = pyarrow.concat_tables([own, self._source.persons.lookups.messages_at(by_part)]).combine_chunks()
        return messages.take(pc.index_in(key, value_set=_places(messages)))

    def _evidence(self, groups: Any) -> dict[str, list[Evidence]]:
        """The messages that are evidence, by the reason for which they are, in order."""
        groups = groups.sort_by([("evidence_part", "ascending"), ("evidence_row", "ascending")]).combine_chunks()
        kinds = self._kinds_of(*(joined([groups.column(f"evidence_{name}")]) for name in ("part", "row")))
        names = self._fetch(groups, _NAME, "evidence_part", "evidence_row")
        users = self._source.persons.dictionary.ids.take(joined([groups.column("user")]))
        columns = (groups.column("at"), *names.columns, *kinds.columns, users)
        lines = zip(*map(_list, columns), *(_list(groups.column(n)) for n in ("count_all", "reason")), strict=True)
        evidence: dict[str, list[Evidence]] = {}
        for at, source, message_id, type_, event, user_id, explains, reason in sorted(lines, key=_order):
            evidence.setdefault(reason, []).append(
                Evidence(
                    source=source,
                    message_id=message_id,
                    type=type_,
                    event=event,
                    user_id=user_id,
                    at=local_time(at),
                    explains=explains,
                )
            )
        return evidence


def _whole_message(line: Mapping[str, Any]) -> PersonMessage:
    body = json_object(line["body"])
    name = _text(body.get("name"))
    if line["type"] == "group":
        name = None if line["group_id"] is None else comparable(line["group_id"])
    return _message(line, name, body.get("properties", body.get("traits", b"null")))


def _message(line: Mapping[str, Any], name: str | None, properties: bytes | msgspec.Raw) -> PersonMessage:
    return PersonMessage(
        source=line["source"],
        message_id=line["message_id"],
        type=line["type"],
        event=line["event"],
        name=name,
        at=local_time(line["at"]),
        reason=line["reason"],
        properties=msgspec.Raw(properties),
    )


def _places(messages: Any) -> Any:
    return paired(*(joined([messages.column(name)]) for name in ("part", "row")))


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


def _previous_ids(aliases: Sequence[AliasLine], *effects: AliasEffect) -> set[int]:
    return {line.previous for line in aliases if line.effect in effects and line.previous is not None}


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

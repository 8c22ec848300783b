"""Audience: which messages are of people, of bots, and of the team's own people, judged anew as they are read.

A bot is known by the user agent and the headers of its message (`footfall.web.bots`), so that a better list repairs the
past, by page views that come faster than a person can open pages (`footfall.web.bursts`), or by the mark that its
message got as it came. Own people are known by the plan's `staff:`: a trait, the domain of an e-mail address, a
network, or a mark; what is known of a person counts for all of their messages. Who is who is worked out of all
messages, whoever is left out of the figures: so nobody's id depends on that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from footfall.analytics.audience_rules import AUDIENCES, Audience, MarkRule, TraitRule, names_agent
from footfall.analytics.bursts import bursts_of
from footfall.errors import UsageError
from footfall.plan.model import Plan, Staff
from footfall.storage.part import Part, Stretch
from footfall.web.bots import list_version

# pyarrow, and what reads columns by it, loads with the first dataset.
if TYPE_CHECKING:
    from footfall.analytics.persons import Persons, PersonsCache

__all__ = [
    "LEFT_OUT", "LeftOut", "audiences", "included", "is_among", "left_out", "rows_where", "texts_of",
]  # fmt: skip

LEFT_OUT: Mapping[str, Audience] = {"bots": "bot", "staff": "staff"}
"""Whom figures leave out, by the word with which a reader includes them."""

_PEOPLE, _BOT, _STAFF = range(len(AUDIENCES))


class LeftOut(msgspec.Struct, frozen=True):
    """How many messages of bots and of own people are in no figure, and by which version of the list of bots."""

    bots: int
    staff: int
    list: str


def included(words: Iterable[str]) -> frozenset[Audience]:
    """The audiences that are in the figures: people, and those that a reader names. Raises UsageError."""
    names = list(words)
    unknown = [word for word in names if word not in LEFT_OUT]
    if unknown:
        raise UsageError(f"nobody is called {unknown[0]!r} there; include {' or '.join(LEFT_OUT)}")
    return frozenset(["people", *(LEFT_OUT[word] for word in names)])


def audiences(
    parts: Sequence[Part], persons: Callable[[], Persons], plan: Plan | None, cache: PersonsCache | None = None
) -> list[Any]:
    """For each part its rows' numbers in AUDIENCES as an int8 array; None where all are of people.

    `persons` is asked only where messages name user agents, or the plan knows own people by what they say of
    themselves. What the messages of sealed files say is kept in `cache`, and judged anew each time. Raises
    DamagedFileError.
    """
    import pyarrow.compute as pc

    staff = (plan.staff if plan is not None else None) or Staff()
    judged = _Judged(MarkRule(staff), cache)
    columns = [judged.column(number, part) for number, part in enumerate(parts)]
    if judged.with_agents:
        for number, rows in bursts_of(parts, sorted(judged.with_agents), persons()).items():
            before = _zeros(parts[number].messages) if columns[number] is None else columns[number]
            are_new = pc.and_(rows, pc.equal(before, _PEOPLE))
            columns[number] = pc.if_else(are_new, _int8(_BOT), before)
    if plan is None or not (staff.traits or staff.email_domains):
        return columns
    rule = TraitRule.of(plan, staff)
    own = {person for number, part in enumerate(parts) for person in _staff_of(part, number, persons, rule)}
    if own:
        for number, part in enumerate(parts):
            are_own = pc.is_in(persons().column(number), value_set=_int32(own))
            if pc.any(are_own).as_py():
                before = _zeros(part.messages) if columns[number] is None else columns[number]
                columns[number] = pc.if_else(are_own, _int8(_STAFF), before)
    return columns


def texts_of(column: Any, rows: int) -> Any:
    """The names of the audiences of so many rows, whose numbers a column of `audiences` has."""
    import pyarrow

    numbers = _zeros(rows) if column is None else column
    return pyarrow.array(AUDIENCES).take(numbers)


def left_out(columns: Iterable[Any], included: Collection[Audience]) -> LeftOut:
    """How many rows of these columns are of an audience that is not included."""
    import pyarrow.compute as pc

    counts = [0] * len(AUDIENCES)
    for column in columns:
        for count in [] if column is None else pc.value_counts(column).to_pylist():
            counts[count["values"]] += count["counts"]
    bots, staff = (0 if AUDIENCES[number] in included else counts[number] for number in (_BOT, _STAFF))
    return LeftOut(bots, staff, list_version())


def is_among(column: Any, included: Collection[Audience]) -> Any:
    """Which rows of a column are of these audiences, as an Arrow mask."""
    import pyarrow
    import pyarrow.compute as pc

    numbers = [number for number, audience in enumerate(AUDIENCES) if audience in included]
    return pc.is_in(column, value_set=pyarrow.array(numbers, pyarrow.int8()))


def rows_where(mask: Any, *, chosen: bool = True) -> Any:
    """The numbers of the rows that a mask has, or has not."""
    import pyarrow.compute as pc

    return pc.indices_nonzero(mask if chosen else pc.invert(mask)).cast("int64")


class _Judged:
    """Judges texts of marks, each once. `with_agents` are the numbers of the parts of which some name a user agent."""

    def __init__(self, rule: MarkRule, cache: PersonsCache | None) -> None:
        self._rule = rule
        self._cache = cache
        self._numbers: dict[str, int] = {}
        self.with_agents: set[int] = set()

    def column(self, number: int, part: Part) -> Any:
        """The numbers of the rows of a part, which is of that number; None where all are of people."""
        import pyarrow
        import pyarrow.compute as pc

        encoded = self._marks(part)
        if encoded.null_count == len(encoded):
            return None
        texts = encoded.dictionary.to_pylist()
        if any(map(names_agent, texts)):
            self.with_agents.add(number)
        numbers = pyarrow.array([self._number(text) for text in texts], pyarrow.int8())
        if not pc.any(pc.not_equal(numbers, _PEOPLE)).as_py():
            return None
        return pc.fill_null(numbers.take(encoded.indices), _int8(_PEOPLE))

    def _marks(self, part: Part) -> Any:
        """The marks of a part as a dictionary array, which is empty where there is none."""
        import pyarrow

        marks = self._cache.marks(part.name) if self._cache is not None and part.name else None
        if marks is None:
            column = part.read(["marks"]).column(0)
            marks = pyarrow.concat_arrays([pyarrow.array([], column.type), *column.chunks]).dictionary_encode()
            marks = marks.slice(0, 0) if marks.null_count == len(marks) else marks
            if self._cache is not None and part.name:
                self._cache.keep_marks(part.name, marks)
        return marks

    def _number(self, text: str) -> int:
        if text not in self._numbers:
            self._numbers[text] = AUDIENCES.index(self._rule.judged(text).audience)
        return self._numbers[text]


def _staff_of(part: Part, number: int, persons: Callable[[], Persons], rule: TraitRule) -> Iterable[int]:
    """The persons of whom an identify in this part says that they are of the team."""
    for stretch in part.stretches():
        if stretch.type == "identify":
            yield from _staff_of_stretch(part, number, stretch, persons, rule)


def _staff_of_stretch(
    part: Part, number: int, stretch: Stretch, persons: Callable[[], Persons], rule: TraitRule
) -> Iterable[int]:
    texts = part.read(["all_traits"], stretch.start, stretch.stop).column(0).to_pylist()
    rows = [row for row, text in enumerate(texts) if rule.judged(text) is not None]
    if rows:
        column = persons().column(number, stretch.start, stretch.stop)
        yield from (person for row in rows if (person := column[row].as_py()) is not None)


def _zeros(number: int) -> Any:
    import pyarrow

    return pyarrow.repeat(_int8(_PEOPLE), number)


def _int8(value: int) -> Any:
    import pyarrow

    return pyarrow.scalar(value, pyarrow.int8())


def _int32(values: Iterable[int]) -> Any:
    import pyarrow

    return pyarrow.array(sorted(values), pyarrow.int32())

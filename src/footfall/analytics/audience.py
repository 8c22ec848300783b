"""Audience: which messages are of people, of bots, and of the team's own people, judged anew as they are read.

A bot is known by the user agent and the headers of its message (`footfall.web.bots`), so that a better list repairs the
past, by page views that come faster than a person can open pages (`footfall.web.bursts`), or by the mark that its
message got as it came. Own people are known by the plan's `staff:`: a trait, the domain of an e-mail address, a
network, or a mark; what is known of a person counts for all of their messages. Who is who is worked out of all
messages, whoever is left out of the figures: so nobody's id depends on that.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

from footfall.analytics.bursts import bursts_of
from footfall.errors import UsageError
from footfall.plan.model import Plan, Staff
from footfall.storage.part import Part, Stretch
from footfall.web.bots import judge, list_version
from footfall.web.proxies import cut_address

# pyarrow, and what reads columns by it, loads with the first dataset.
if TYPE_CHECKING:
    from footfall.analytics.persons import Persons, PersonsCache

__all__ = [
    "AUDIENCES", "LEFT_OUT", "Audience", "LeftOut", "audiences", "included", "is_among", "left_out",
    "rows_where", "texts_of",
]  # fmt: skip

Audience = Literal["people", "bot", "staff"]

AUDIENCES: tuple[Audience, ...] = ("people", "bot", "staff")
"""Each by its number in a column."""

LEFT_OUT: Mapping[str, Audience] = {"bots": "bot", "staff": "staff"}
"""Whom figures leave out, by the word with which a reader includes them."""

_PEOPLE, _BOT, _STAFF = range(len(AUDIENCES))
# What only the moment showed, and no list can judge again.
_OF_THE_MOMENT = ("burst",)


class LeftOut(msgspec.Struct, frozen=True):
    """How many messages of bots and of own people are in no figure, and by which version of the list of bots."""

    bots: int
    staff: int
    list: str


class _Marks(msgspec.Struct):
    userAgent: Any = None  # noqa: N815 - as the wire has it
    http: Any = None
    bot: Any = None
    staff: Any = None
    ip: Any = None


_read_marks = msgspec.json.Decoder(_Marks).decode
_read_traits = msgspec.json.Decoder(dict[str, Any]).decode


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
    judged = _Judged(_networks(staff), cache)
    columns = [judged.column(number, part) for number, part in enumerate(parts)]
    if judged.with_agents:
        for number, rows in bursts_of(parts, sorted(judged.with_agents), persons()).items():
            before = _zeros(parts[number].messages) if columns[number] is None else columns[number]
            are_new = pc.and_(rows, pc.equal(before, _PEOPLE))
            columns[number] = pc.if_else(are_new, _int8(_BOT), before)
    if plan is None or not (staff.traits or staff.email_domains):
        return columns
    rule = _TraitRule.of(plan, staff)
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


class _TraitRule(NamedTuple):
    """Which traits of a user say that they are of the team, by their names on the wire.

    `emails` are the names of those with an address, `domains` are in lower case.
    """

    traits: Sequence[tuple[str, Sequence[object]]]
    emails: frozenset[str]
    domains: frozenset[str]

    @classmethod
    def of(cls, plan: Plan, staff: Staff) -> _TraitRule:
        """The rule of a plan."""
        names = {trait.name: trait.wire_name or trait.name for trait in plan.traits.get("user", ())}
        return cls(
            [(names.get(name, name), values) for name, values in staff.traits.items()],
            _emails_of(plan),
            frozenset(domain.lower().removeprefix("@") for domain in staff.email_domains),
        )

    def names(self, traits: Mapping[str, Any]) -> bool:
        """Whether somebody with these traits is."""
        if any(_is_one_of(traits.get(name), values) for name, values in self.traits):
            return True
        addresses = (traits.get(name) for name in self.emails)
        return any(isinstance(text, str) and _domain(text) in self.domains for text in addresses)


class _Judged:
    """Judges texts of marks, each once. `with_agents` are the numbers of the parts of which some name a user agent."""

    def __init__(self, networks: Sequence[Any], cache: PersonsCache | None) -> None:
        self._networks = networks
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
        if any(text.startswith('{"userAgent"') for text in texts):
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
            self._numbers[text] = self._judged(_read_marks(text))
        return self._numbers[text]

    def _judged(self, marks: _Marks) -> int:
        if marks.staff is True or _is_within(marks.ip, self._networks):
            return _STAFF
        reason = marks.bot.get("reason") if isinstance(marks.bot, dict) else None
        is_marked = marks.bot is not None and marks.bot is not False
        if not isinstance(marks.userAgent, str):
            return _BOT if is_marked else _PEOPLE
        http = marks.http if isinstance(marks.http, dict) else {}
        http = {name: text for name, text in http.items() if isinstance(text, str)}
        if judge(marks.userAgent, http) is not None:
            return _BOT
        # Without its headers, a message says less than the mark that it got when they were there.
        return _BOT if is_marked and (not http or reason in _OF_THE_MOMENT) else _PEOPLE


def _staff_of(part: Part, number: int, persons: Callable[[], Persons], rule: _TraitRule) -> Iterable[int]:
    """The persons of whom an identify in this part says that they are of the team."""
    for stretch in part.stretches():
        if stretch.type == "identify":
            yield from _staff_of_stretch(part, number, stretch, persons, rule)


def _staff_of_stretch(
    part: Part, number: int, stretch: Stretch, persons: Callable[[], Persons], rule: _TraitRule
) -> Iterable[int]:
    texts = part.read(["all_traits"], stretch.start, stretch.stop).column(0).to_pylist()
    rows = [row for row, text in enumerate(texts) if text is not None and rule.names(_read_traits(text))]
    if rows:
        column = persons().column(number, stretch.start, stretch.stop)
        yield from (person for row in rows if (person := column[row].as_py()) is not None)


def _emails_of(plan: Plan) -> frozenset[str]:
    """Under which names a user's traits have an e-mail address: `email`, and those whose format is one."""
    traits = plan.traits.get("user", ())
    return frozenset(["email", *(trait.wire_name or trait.name for trait in traits if trait.format == "email")])


def _networks(staff: Staff) -> Sequence[Any]:
    return [ipaddress.ip_network(text, strict=False) for text in staff.networks]


def _is_within(address: object, networks: Sequence[Any]) -> bool:
    if not networks or not isinstance(address, str):
        return False
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    # Of an address whose last part was cut off it is known in which /24 or /48 it was, and not where in there.
    bits = ip.max_prefixlen if cut_address(address) != str(ip) else 24 if ip.version == 4 else 48
    return any(ip.version == network.version and network.prefixlen <= bits and ip in network for network in networks)


def _is_one_of(value: object, values: Iterable[object]) -> bool:
    return any(type(value) is type(each) and value == each for each in values)


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip().lower()


def _zeros(number: int) -> Any:
    import pyarrow

    return pyarrow.repeat(_int8(_PEOPLE), number)


def _int8(value: int) -> Any:
    import pyarrow

    return pyarrow.scalar(value, pyarrow.int8())


def _int32(values: Iterable[int]) -> Any:
    import pyarrow

    return pyarrow.array(sorted(values), pyarrow.int32())

"""Touches: how persons came to a site, by the links and origins that the contexts of their messages name.

Web capture writes into each message by which link its hit came. A touch is the first such arrival in a session, and
each later one in it by another link or origin than the touch before, unless it is direct: a browser that hides where
it comes from does so on every page.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from footfall.plan.model import UTM_FIELDS
from footfall.web.campaign import Campaign
from footfall.web.origins import origin_of

if TYPE_CHECKING:
    from footfall.analytics.question import ShardContext

__all__ = ["LinkMarks", "TouchTable", "link_marks", "make_touches"]

_THREADS = 4
_KEYS = '"(?:campaign|origin)"'
_INTERNAL, _DIRECT = "internal", "direct"
_NOTHING, _UNMARKED = msgspec.Raw(), Campaign()


class LinkMarks(NamedTuple):
    """What a message says of how its sender came: the marks of the link, the origin, and its name."""

    campaign: Campaign
    origin: str
    name: str | None = None

    @property
    def is_direct(self) -> bool:
        """Whether nothing is known of where they came from."""
        return self.campaign == _UNMARKED and self.origin == _DIRECT


class TouchTable(NamedTuple):
    """The touches of one shard: a table of `person`, `time`, `seq`, `link` (a number in `links`) and `is_direct`."""

    name: str
    links: Sequence[LinkMarks]


class _Context(msgspec.Struct):
    campaign: msgspec.Raw = _NOTHING
    origin: msgspec.Raw = _NOTHING


_read_context = msgspec.json.Decoder(_Context).decode


def link_marks(context: str | None) -> LinkMarks | None:
    """How somebody came, by the JSON text of a context; None where it says nothing, or that they were there already."""
    if context is None:
        return None
    try:
        parts = _read_context(context)
        marks, origin = (_texts(raw) for raw in (parts.campaign, parts.origin))
    except msgspec.MsgspecError:
        return None
    campaign = Campaign(**{field: marks[field] for field in UTM_FIELDS if field in marks})
    type_ = origin.get("type")
    if type_ is not None and type_ != _INTERNAL:
        return LinkMarks(campaign, type_, origin.get("name"))
    if campaign == _UNMARKED:
        return None
    source = origin_of(None, "", campaign)
    return LinkMarks(campaign, source.type, source.name)


def _texts(raw: msgspec.Raw) -> dict[str, str]:
    """The members of an object that are texts; nothing of what is no object."""
    value = msgspec.json.decode(raw) if len(raw) else None
    if not isinstance(value, dict):
        return {}
    return {key: text for key, text in value.items() if isinstance(text, str) and text.strip()}


def make_touches(context: ShardContext) -> TouchTable:
    """The touches of the persons of a shard, from the first message on. The caller drops the table."""
    from footfall.analytics.session_table import timelines  # loaded with pyarrow

    dataset = context.dataset
    links, arrivals = _arrivals(context)
    name = dataset.new_name("touches")
    connection = dataset.connection
    if not links:
        connection.execute(
            f"CREATE TABLE {name} (person INTEGER, time BIGINT, seq BIGINT, link INTEGER, is_direct BOOLEAN)"
        )
        return TouchTable(name, links)
    connection.register(f"{name}_arrivals", arrivals)
    connection.register(f"{name}_rows", timelines(dataset, context.shard))
    direct = ", ".join(str(number) for number, marks in enumerate(links) if marks.is_direct) or "-1"
    connection.execute(
        f"""
        CREATE TABLE {name} AS
        SELECT person, time, seq, link, is_direct FROM (
            SELECT person, time, seq, link, link IN ({direct}) AS is_direct, unit FROM {name}_arrivals
            JOIN {name}_rows USING (seq)
            QUALIFY NOT is_direct OR row_number() OVER (PARTITION BY unit ORDER BY time, seq) = 1
        ) QUALIFY link IS DISTINCT FROM lag(link) OVER (PARTITION BY unit ORDER BY time, seq)
        """
    )
    for view in (f"{name}_arrivals", f"{name}_rows"):
        connection.unregister(view)
    return TouchTable(name, links)


def _arrivals(context: ShardContext) -> tuple[Sequence[LinkMarks], Any]:
    """All different ways to come, and a table of the messages that name one: `seq` and `link`."""
    import pyarrow

    parts = context.dataset.parts
    with ThreadPoolExecutor(_THREADS) as pool:
        pieces = list(pool.map(_marked, parts))
    links: dict[LinkMarks, int] = {}
    tables = [pyarrow.table({"seq": pyarrow.array([], pyarrow.int64()), "link": pyarrow.array([], pyarrow.int32())})]
    for marks, numbers, seqs in pieces:
        of_part = pyarrow.array([links.setdefault(each, len(links)) for each in marks], pyarrow.int32())
        tables.append(pyarrow.table({"seq": seqs, "link": of_part.take(numbers)}))
    return list(links), pyarrow.concat_tables(tables)


def _marked(part: Any) -> tuple[list[LinkMarks], Any, Any]:
    """The ways to come of a part, and of each message that names one which it is, and its `seq`."""
    import pyarrow
    import pyarrow.compute as pc

    texts = _one(part.read(("shared_context",)).column(0))
    texts = texts if pyarrow.types.is_dictionary(texts.type) else texts.dictionary_encode()
    numbers, choices = texts.indices, texts.dictionary.cast(pyarrow.string())
    if texts.null_count:
        numbers, choices = _with_envelopes(part, numbers, choices)
    links: dict[LinkMarks, int] = {}
    places: list[int | None] = [None] * len(choices)
    for place in pc.indices_nonzero(pc.fill_null(pc.match_substring_regex(choices, _KEYS), False)).to_pylist():
        marks = link_marks(choices[place].as_py())
        if marks is not None:
            places[place] = links.setdefault(marks, len(links))
    if not links:
        return [], pyarrow.array([], pyarrow.int32()), pyarrow.array([], pyarrow.int64())
    column = pyarrow.array(places, pyarrow.int32()).take(numbers)
    is_marked = column.is_valid()
    return list(links), column.filter(is_marked), _one(part.read(("seq",)).column(0)).filter(is_marked)


def _with_envelopes(part: Any, numbers: Any, choices: Any) -> tuple[Any, Any]:
    """The same, where what has no context has that of the batch that it came in."""
    import pyarrow
    import pyarrow.compute as pc

    from footfall.analytics.exports import body_parts

    envelopes = _one(part.read(("envelope",)).column(0)).dictionary_encode()
    theirs = [body_parts("", b"{}", envelope, None)["context"] for envelope in envelopes.dictionary.to_pylist()]
    shifted = pc.add(envelopes.indices, len(choices)).cast(numbers.type)
    return pc.coalesce(numbers, shifted), pyarrow.concat_arrays([choices, pyarrow.array(theirs, pyarrow.string())])


def _one(column: Any) -> Any:
    return column.combine_chunks()

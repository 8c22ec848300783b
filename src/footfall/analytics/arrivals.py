"""Arrivals: by which link and origin people came, read out of the contexts of their messages.

Web capture writes into each message by which link its hit came.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import msgspec

from footfall.plan.model import UTM_FIELDS
from footfall.storage.part import Part
from footfall.web.campaign import Campaign
from footfall.web.origins import origin_of

__all__ = ["LinkMarks", "link_marks", "read_arrivals"]

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


def read_arrivals(parts: Sequence[Part]) -> tuple[Sequence[LinkMarks], Any]:
    """All different ways to come, and a table of the messages that name one: `seq` and `link`.

    Raises DamagedFileError.
    """
    import pyarrow  # loaded with the engine

    with ThreadPoolExecutor(_THREADS) as pool:
        pieces = list(pool.map(_marked, parts))
    links: dict[LinkMarks, int] = {}
    tables = [pyarrow.table({"seq": pyarrow.array([], pyarrow.int64()), "link": pyarrow.array([], pyarrow.int32())})]
    for marks, numbers, seqs in pieces:
        of_part = pyarrow.array([links.setdefault(each, len(links)) for each in marks], pyarrow.int32())
        tables.append(pyarrow.table({"seq": seqs, "link": of_part.take(numbers)}))
    return list(links), pyarrow.concat_tables(tables)


def _marked(part: Part) -> tuple[list[LinkMarks], Any, Any]:
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


def _with_envelopes(part: Part, numbers: Any, choices: Any) -> tuple[Any, Any]:
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

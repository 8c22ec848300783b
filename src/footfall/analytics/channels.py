"""The channel of contact of each row of a part, as a column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.plan.channels import CHANNELS, ChannelRule

__all__ = ["channel_column", "channel_numbers"]

_TEXT, _NUMBER = pyarrow.string(), pyarrow.int8()


def channel_column(rule: ChannelRule, events: Any, sources: Any) -> Any:
    """The channels of rows with these events (their names in the plan, null for other calls) and sources; else null."""
    return pc.coalesce(_looked_up(rule.of_events, events), _looked_up(rule.of_sources, sources)).dictionary_encode()


def channel_numbers(rule: ChannelRule, events: Any, sources: Any) -> Any:
    """The same as numbers: 0 is none, then those of CHANNELS."""
    numbers = {channel: number for number, channel in enumerate(CHANNELS, 1)}
    of_events, of_sources = (
        _looked_up({name: numbers[channel] for name, channel in channels.items()}, names, _NUMBER)
        for channels, names in ((rule.of_events, events), (rule.of_sources, sources))
    )
    return pc.coalesce(of_events, of_sources, pyarrow.scalar(0, _NUMBER))


def _looked_up(channels: Mapping[str, str] | Mapping[str, int], names: Any, type_: Any = _TEXT) -> Any:
    """The channel of each name; each different name is looked up once."""
    column = names.combine_chunks() if isinstance(names, pyarrow.ChunkedArray) else names
    coded = column if pyarrow.types.is_dictionary(column.type) else column.dictionary_encode()
    texts = [channels.get(name) for name in coded.dictionary.to_pylist()]
    return pyarrow.array(texts, type_).take(coded.indices)

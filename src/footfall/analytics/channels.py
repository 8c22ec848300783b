"""The channel of contact of each row of a part, as a column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow
import pyarrow.compute as pc

from footfall.plan.channels import ChannelRule

__all__ = ["channel_column"]

_TEXT = pyarrow.string()


def channel_column(rule: ChannelRule, events: Any, sources: Any) -> Any:
    """The channels of rows with these events (their names in the plan, null for other calls) and sources; else null."""
    return pc.coalesce(_looked_up(rule.of_events, events), _looked_up(rule.of_sources, sources)).dictionary_encode()


def _looked_up(channels: Mapping[str, str], names: Any) -> Any:
    """The channel of each name; each different name is looked up once."""
    column = names.combine_chunks() if isinstance(names, pyarrow.ChunkedArray) else names
    coded = column if pyarrow.types.is_dictionary(column.type) else column.dictionary_encode()
    texts = [channels.get(name) for name in coded.dictionary.to_pylist()]
    return pyarrow.array(texts, _TEXT).take(coded.indices)

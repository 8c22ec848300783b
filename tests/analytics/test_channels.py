"""The column of channels has for each row what the plan says of its event and its source."""

from __future__ import annotations

import pyarrow

from footfall.analytics.channels import channel_column, channel_numbers
from footfall.plan.channels import ChannelRule

RULE = ChannelRule({"chatted": "chat"}, {"till": "store"})


def test_each_row_has_the_channel_of_its_event_or_source() -> None:
    events = pyarrow.chunked_array([["chatted", "sold"], [None, "chatted", "sold"]], pyarrow.string())
    sources = pyarrow.array(["till", "till", "till", "api", "api"]).dictionary_encode()

    assert channel_numbers(RULE, events, sources).to_pylist() == [4, 9, 9, 4, 0]
    assert channel_column(RULE, events, sources).to_pylist() == ["chat", "store", "store", "chat", None]


def test_of_no_rows_there_is_an_empty_column() -> None:
    nothing = pyarrow.array([], pyarrow.string())

    assert channel_column(RULE, nothing, nothing).to_pylist() == []

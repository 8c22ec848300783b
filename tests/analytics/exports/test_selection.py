"""A selection is a value, and has everything where nothing is asked."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from footfall.analytics.exports import MessageStream, Selection
from footfall.analytics.stored_messages import StoredMessages
from footfall.plan.model import Plan
from footfall.storage.journal import Entry


def test_without_a_condition_every_message_is_selected(entry: Callable[..., Entry]) -> None:
    entries = [entry(1, "seen", -1, user="ann"), entry(2, None, 0, type="page"), entry(3, "seen", 1, anonymous="guest")]
    blocks = MessageStream(StoredMessages.of(entries, Plan(id="test"))).blocks(Selection(), ("seq",))

    assert [seq for block in blocks for seq in block.column("seq").to_pylist()] == [1, 2, 3]


def test_one_condition_is_changed_and_the_others_stay() -> None:
    selection = Selection(events=frozenset({"seen"}), after=3)

    assert msgspec.structs.replace(selection, after=5) == Selection(events=frozenset({"seen"}), after=5)
    with pytest.raises(AttributeError):
        selection.after = 5  # type: ignore[misc]

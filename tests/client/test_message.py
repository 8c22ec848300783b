"""The table of message types: each has a row, and the rows agree with one another."""

from __future__ import annotations

from typing import get_args

import pytest

from footfall.client.message import SPECS
from footfall.client.outbox_store import HIGH, LOW
from footfall.events import MessageType


def test_every_type_has_a_row() -> None:
    assert set(SPECS) == set(get_args(MessageType))


def test_a_full_queue_keeps_what_says_who_is_who() -> None:
    assert {name for name, spec in SPECS.items() if spec.rank == LOW} == {"page", "screen", "track"}
    assert {name for name, spec in SPECS.items() if spec.rank == HIGH} == {"alias", "group", "identify", "reset"}


@pytest.mark.parametrize("name", SPECS)
def test_what_is_required_or_an_id_has_a_key(name: str) -> None:
    spec = SPECS[name]

    assert bool(spec.name_key) or not (spec.name_required or spec.name_is_id)
    assert (spec.body_key == "traits") == (spec.traits is not None)


def test_a_user_that_a_message_is_about_does_not_come_from_a_scope() -> None:
    assert {name for name, spec in SPECS.items() if not spec.scope_user} == {"alias", "identify", "reset"}
    assert all(not spec.scope_user for spec in SPECS.values() if spec.user_required)

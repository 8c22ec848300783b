"""A note becomes a message in the names of the wire, with an id that is its own and stays."""

from __future__ import annotations

from footfall.maintenance.signal_voice import voice_message
from footfall.plan.model import Event, Property
from footfall.storage.signals import SignalRecord, SignalStep

EVENT = Event(
    name="note_taken",
    wire_name="Note Taken",
    properties=(
        Property(name="text", wire_name="noteText", type="string"),
        Property(name="about", wire_name="about", type="string"),
        Property(name="author", wire_name="author", type="string"),
    ),
)
RECORD = SignalRecord("abc", "trouble", "person", 0, (1, 2), 0)


def message(note: str, number: int) -> dict[str, object]:
    step = SignalStep("abc", "done", note, "kari", 1_000_000)
    return voice_message(EVENT, RECORD, step, number, ("userId", "ann"))


def test_a_message_has_the_names_of_the_wire() -> None:
    sent = message("Paid", 0)

    assert (sent["type"], sent["event"], sent["userId"]) == ("track", "Note Taken", "ann")
    assert sent["timestamp"] == "1970-01-01T00:00:01.000000Z"
    assert sent["properties"] == {"noteText": "Paid", "about": "trouble", "author": "kari"}


def test_the_same_note_has_the_same_id_and_another_one_has_another() -> None:
    ids = [message(note, number)["messageId"] for note, number in (("Paid", 0), ("Paid", 0), ("Paid", 1), ("Gone", 0))]

    assert ids[0] == ids[1]
    assert len(set(ids)) == 3

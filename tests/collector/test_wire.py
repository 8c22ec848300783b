"""Whatever the wire, messages are decoded one at a time and lose their write keys."""

from __future__ import annotations

from footfall.collector import CollectorSettings
from footfall.collector.wire import CANONICAL, Pieces, decoded, piece_of

SETTINGS = CollectorSettings(max_message_bytes=100)
LARGE = b'{"type":"track","messageId":"m","other":1,"properties":{"a":"%s"}}' % (b"x" * 200)


def test_messages_are_decoded_whenever_they_are_asked_for() -> None:
    pieces = Pieces([b'{"a":1}', b'{"a":2}', b"nonsense"], SETTINGS, may_name_key=False)

    assert len(pieces) == 3
    assert [piece.data for piece in pieces] == [{"a": 1}, {"a": 2}, None]
    assert [piece.raw for piece in pieces][2] == b"nonsense"


def test_of_a_message_over_the_limit_only_the_members_of_its_form_are_read() -> None:
    assert decoded(LARGE, SETTINGS, CANONICAL) == {"type": "track", "messageId": "m", "properties": {}}


def test_a_message_that_is_no_json_decodes_to_nothing() -> None:
    assert decoded(b"[" * 50, SETTINGS, CANONICAL) is None
    assert decoded(b"[" * 500, SETTINGS, CANONICAL) is None


def test_a_write_key_is_cut_from_the_message_and_from_what_it_decodes_to() -> None:
    piece = piece_of(b'{"writeKey":"k","a":1}', {"writeKey": "k", "a": 1}, SETTINGS, names_key=True)

    assert (piece.raw, piece.data) == (b'{"a":1}', {"a": 1})


def test_a_key_that_an_object_names_twice_is_noticed() -> None:
    assert piece_of(b'{"a":1,"a":2}', {"a": 2}, SETTINGS, names_key=False).ambiguous

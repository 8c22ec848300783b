"""What any wire becomes: an envelope with Segment-shaped messages, cut so that a bad message stays alone.

Messages are decoded one at a time, when they are asked for, so that the decoded ones never take memory together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import msgspec
import orjson

from footfall.collector.json_split import repeats_keys
from footfall.collector.key_cut import NAME, cut_from_object, cut_from_text, may_name_key
from footfall.collector.oversize import HEAD_BYTES
from footfall.collector.settings import CollectorSettings

__all__ = ["CANONICAL", "Dialect", "MessageForm", "Piece", "Pieces", "RequestEnvelope", "decoded", "piece_of"]

_NOTHING = msgspec.Raw()
# What stands for a value that is itself over the size limit.
_PLACEHOLDERS: Mapping[bytes, Any] = {b"{": {}, b"[": [], b'"': ""}


class MessageForm(NamedTuple):
    """Where the messages of a wire, as they are kept, say what other messages say elsewhere.

    `timestamp` gives the time that a decoded message says it occurred at, as it says it, or None. `more_traits` takes
    the JSON of an identify and of what its batch says for all messages, and gives the objects in which it has more of
    its user's traits than in its `traits`, which count after them. `user_traits` are the paths at which a message, or
    its batch, may have such objects, and `names` the members that are read of a message over the size limit.
    """

    timestamp: Callable[[Mapping[str, Any]], object]
    more_traits: Callable[[bytes | str, bytes | str | None], list[msgspec.Raw]]
    user_traits: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]


def _timestamp(message: Mapping[str, Any]) -> object:
    return message.get("timestamp")


def _no_traits(_message: bytes | str, _shared: bytes | str | None) -> list[msgspec.Raw]:
    return []


CANONICAL = MessageForm(
    _timestamp,
    _no_traits,
    (),
    (
        "type", "event", "name", "messageId", "userId", "anonymousId", "previousId", "groupId", "timestamp", "sentAt",
        "writeKey", "context", "properties", "traits",
    ),
)  # fmt: skip
"""What footfall's own client writes, and what a dialect writes whose wire is not Segment-shaped."""


class Piece(msgspec.Struct, gc=False):
    """One message as it came: its bytes (less write keys), and what they decode to, or None when they are no JSON.

    `ambiguous` says that one of its objects names a key twice.
    """

    raw: bytes
    data: Any
    ambiguous: bool = False


class Pieces:
    """The messages of a request, each decoded whenever it is asked for. `may_name_key`: some may hold a key."""

    def __init__(
        self, texts: list[bytes], settings: CollectorSettings, form: MessageForm = CANONICAL, *, may_name_key: bool
    ) -> None:
        self._texts = texts
        self._settings = settings
        self._form = form
        self._may_name_key = may_name_key

    def __len__(self) -> int:
        return len(self._texts)

    def __iter__(self) -> Iterator[Piece]:
        return map(self._piece, self._texts)

    def _piece(self, text: bytes) -> Piece:
        data = decoded(text, self._settings, self._form)
        return piece_of(text, data, self._settings, names_key=self._may_name_key)


class RequestEnvelope(msgspec.Struct):
    """A request that could be read: its messages, and what it says for all of them.

    `type` is set where the route gives it. `shared` is the JSON of the envelope's `context` and `integrations`, and
    `context` the former, decoded. `uncounted` are its reports of hits that are no messages, decoded and
    not yet checked.
    """

    pieces: list[Piece] | Pieces
    type: str | None = None
    sent_at: Any = None
    write_key: Any = None
    context: Any = None
    shared: bytes | None = None
    form: MessageForm = CANONICAL
    uncounted: Any = None


class Dialect(Protocol):
    """One wire. It turns the bytes of a request into Segment-shaped messages."""

    def read(self, content: bytes, query: bytes, type_: str, settings: CollectorSettings) -> RequestEnvelope:
        """Read a request: its inflated body, the query of its address, and the type that its route gives, or "".

        Raises RequestError (400, 413) when the request as a whole cannot be read.
        """
        ...

    def write_keys(self, content: bytes, query: bytes) -> Iterable[str]:
        """The different texts that a request seems to name as its write key. Cheap, so that strangers cost little."""
        ...


def decoded(text: bytes, settings: CollectorSettings, form: MessageForm) -> Any:
    """What a message decodes to, None when it is no JSON; of a message over the size limit only what is needed."""
    try:
        if len(text) <= settings.max_message_bytes:
            return orjson.loads(text)
        large = _large_reader(form.names)(text)
        values = {key: bytes(getattr(large, key)) for key in form.names}
        return {key: _small(value, settings) for key, value in values.items() if value}
    except (orjson.JSONDecodeError, msgspec.DecodeError, RecursionError):
        return None


@lru_cache
def _large_reader(names: tuple[str, ...]) -> Callable[[bytes], object]:
    """Reads some members of an object, and skips the others, however many there are."""
    struct = msgspec.defstruct("Large", [(name, msgspec.Raw, _NOTHING) for name in names])
    return msgspec.json.Decoder(struct).decode


def _small(value: bytes, settings: CollectorSettings) -> Any:
    return orjson.loads(value) if len(value) <= settings.max_message_bytes else _PLACEHOLDERS.get(value[:1])


def piece_of(text: bytes, data: Any, settings: CollectorSettings, *, names_key: bool) -> Piece:
    """One message of its text and what that decodes to. `names_key`: it may hold a key, which is cut out."""
    # Of one that is too large only an excerpt is kept: which of two keys counts does not matter.
    small = data is not None and len(text) <= settings.max_message_bytes
    piece = Piece(text, data, small and repeats_keys(text, data, max_depth=settings.max_depth))
    if data is None or (names_key and type(data) is dict):
        _leave_out_keys(piece, settings)  # a secret is never stored
    return piece


def _leave_out_keys(piece: Piece, settings: CollectorSettings) -> None:
    text, most = piece.raw, settings.max_message_bytes
    if len(text) > most:
        # Of a long message only the head is kept: what was not looked through must not move into it.
        piece.raw = cut_from_text(text[:most]).ljust(min(most, HEAD_BYTES)) + text[most:]
        if piece.data is not None:
            piece.data.pop(NAME, None)
    elif piece.data is None:
        piece.raw = cut_from_text(text)
    elif may_name_key(text):
        piece.raw = cut_from_object(text)
        piece.data = orjson.loads(piece.raw)

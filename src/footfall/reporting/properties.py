"""Which properties of a message one line of a person's page shows: those in which it differs from the others."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from footfall.identity.ids import comparable
from footfall.people import PersonMessage, PersonProfile

__all__ = ["PropertyPicker", "in_short"]

_SHORT = 24  # a value of more characters comes after those of fewer
_ENOUGH = 3  # so many messages of one name must agree before what they share is no news


class PropertyPicker:
    """Chooses properties, knowing all of the person's messages that are shown.

    What is longer than the line loses properties, first those with the same value in all messages of its name, then
    those with long values. A person's own ids are never shown: the page has them at its head.
    """

    def __init__(self, person: PersonProfile) -> None:
        self._ids = {*person.user_ids, *person.anonymous_ids, *person.device_ids}
        values: dict[tuple[str, str | None, str | None, str], list[bytes]] = defaultdict(list)
        for message in person.recent:
            for name, value in _object(message.properties).items():
                values[*_kind(message), name].append(bytes(value))
        self._shared = {key for key, texts in values.items() if len(texts) >= _ENOUGH and len(set(texts)) == 1}

    def of(self, message: PersonMessage, width: int) -> str:
        """The properties in at most `width` characters, in their order; empty without any."""
        fields = _object(message.properties)
        if not fields:
            return in_short(message.properties, width)
        kept = {name: _shown(value) for name, value in fields.items() if not self._is_own(value)}
        ranked = sorted(kept, key=lambda name: ((*_kind(message), name) in self._shared, len(kept[name]) > _SHORT))
        chosen: set[str] = set()
        for name in ranked:
            if len(_line(kept, {*chosen, name})) <= width:
                chosen.add(name)
        if kept and not chosen:
            return _cut(_line(kept, {ranked[0]}), width)
        return _line(kept, chosen) if kept else ""

    def _is_own(self, value: msgspec.Raw) -> bool:
        try:
            return comparable(msgspec.json.decode(value, type=str)) in self._ids
        except msgspec.DecodeError:
            return False


def in_short(value: msgspec.Raw, width: int) -> str:
    """JSON on one line, cut to `width` characters; empty for null and the empty object."""
    text = _shown(value)
    return "" if text in {"null", "{}"} else _cut(text, width)


def _line(kept: dict[str, str], chosen: set[str]) -> str:
    parts = [f"{msgspec.json.encode(name).decode()}: {text}" for name, text in kept.items() if name in chosen]
    return f"{{{', '.join([*parts, '…'] if len(parts) < len(kept) else parts)}}}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _shown(value: msgspec.Raw) -> str:
    return msgspec.json.format(bytes(value), indent=0).decode()


def _kind(message: PersonMessage) -> tuple[str, str | None, str | None]:
    return message.type, message.event, message.name


def _object(value: msgspec.Raw) -> dict[str, msgspec.Raw]:
    try:
        return msgspec.json.decode(value, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        return {}

"""Resolved: what is known of a call's properties, as plain data for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from footfall.encoding import encode
from footfall.planning.scan.calls import Sent
from footfall.planning.scan.dictionaries import options_of, plain
from footfall.planning.scan.values import Const, Dictionary, Items, Value, reason_of

__all__ = ["as_json", "resolved_properties"]


def resolved_properties(sent: Sent) -> dict[str, Any]:
    """What is known of the properties (or traits) of a call.

    `properties` has each key with its value, null where that is not known; it is null when no key is known.
    `unresolved` says why, by key: `several` has the values of those that are one of a few. `optional` are the keys that
    are not there on every way through the code, and `more` says that there may be others.
    """
    options = [] if sent.properties is None else [o for o in options_of(sent.properties) if o != Const(None)]
    answer = [option for option in options if isinstance(option, Dictionary)]
    properties: dict[str, Any] = {}
    unresolved: dict[str, str] = {}
    several: dict[str, list[Any]] = {}
    optional: list[str] = []
    for key in dict.fromkeys(key for option in answer for key in option.entries):
        entries = [option.entries[key] for option in answer if key in option.entries]
        if len(entries) < len(options) or not all(entry.certain for entry in entries):
            optional.append(key)
        values = [value for entry in entries for value in options_of(entry.value)]
        texts = {text for value in values if (text := _text(value)) is not None}
        properties[key] = msgspec.Raw(next(iter(texts))) if len(texts) == 1 and all(map(_text, values)) else None
        if properties[key] is None and len(texts) > 1:
            several[key] = [msgspec.Raw(text) for text in sorted(texts)]
        if not all(map(_text, values)):
            unresolved[key] = next(reason_of(value) for value in values if _text(value) is None)
    is_open = any(option.rest is not None for option in answer) or len(answer) < len(options)
    return {
        "properties": properties if answer or not options else None,
        "unresolved": unresolved,
        "several": several,
        "optional": optional,
        "more": is_open,
    }


def _text(value: Value) -> bytes | None:
    """A value as JSON; None where a part of it is not known."""
    holes: list[str] = []
    content = _literal(value, "", holes)
    return None if holes else encode(content)[0]


def as_json(values: Mapping[str, Value], holes: list[str]) -> bytes | None:
    """A JSON object of these values; None where JSON cannot represent one of them.

    What is not known is null in it, and its path is added to the `holes`.
    """
    text, changes = encode({key: _literal(value, key, holes) for key, value in values.items()})
    return None if changes else text


def _literal(value: Value, path: str, holes: list[str]) -> Any:
    value = plain(value)
    if isinstance(value, Const):
        return value.value
    if isinstance(value, Items):
        return [_literal(item, f"{path}[{index}]", holes) for index, item in enumerate(value.items)]
    if isinstance(value, Dictionary) and value.rest is None and all(e.certain for e in value.entries.values()):
        return {key: _literal(entry.value, f"{path}.{key}", holes) for key, entry in value.entries.items()}
    holes.append(path)
    return None

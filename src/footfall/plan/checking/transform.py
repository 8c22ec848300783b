"""Changes what must not leave the process in clear: properties and traits with a `transform` in the plan.

| transform  | what is sent                                                                        |
|------------|-------------------------------------------------------------------------------------|
| `hash`     | HMAC-SHA-256 (RFC 2104) of the value's text under the team's key, as 64 hex digits   |
| `drop`     | nothing                                                                             |
| `truncate` | the first three code points                                                         |
| `mask`     | the first and the last code point around `***`; only `***` up to two code points    |

A value's text is the string itself, in UTF-8, or the compact JSON text of anything else; null stays null. All
spellings of a UUID or a moment have one hash, so that equal values have equal hashes. A mask hides how long the value
was. A truncated value is not cut at the property's `max_length`: every valid value is shorter. What has no transform
keeps its bytes, so no number loses a digit.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from footfall.events import Fault
from footfall.plan.checking.equal import CANONICAL
from footfall.plan.checking.transform_parts import Edit, PageParts, part_of, stricter
from footfall.plan.model import TRAITS_OF, Event, Plan, Transform
from footfall.plan.wording import join_key

__all__ = ["Changer", "Transformed", "Transforms"]

_TRUNCATED = 3
_MASK = "***"
_NULL = b"null"
_HASH = re.compile(rb'"[0-9a-f]{64}"')
_DROPPED: Any = msgspec.UNSET
_keys_of = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_items_of = msgspec.json.Decoder(list[msgspec.Raw]).decode


class Transformed(msgspec.Struct, frozen=True):
    """Properties as they may be sent. A `no_transform_key` warning names what was left out because there is no key."""

    properties: bytes | msgspec.Raw
    warnings: tuple[Fault, ...] = ()


class Changer:
    """Applies a transform to a value. Without a `key` nothing can be hashed."""

    def __init__(self, key: bytes | None) -> None:
        self._key = key
        self._changes: Mapping[str, Callable[[str], str]] = {
            "hash": self._hash,
            "truncate": lambda text: text[:_TRUNCATED],
            "mask": _mask,
        }

    def change(
        self, change: Transform, text: bytes, *, equal_as: str | None = None, spares_hashes: bool = False
    ) -> bytes | None:
        """The JSON text of a value after a transform, None if nothing remains of it; null stays null.

        Without a key nothing remains of a hash. `equal_as` names the type whose equal texts get one hash. With
        `spares_hashes` a value that looks hashed is not hashed again. Raises ValueError if `text` is not JSON.
        """
        if change == "drop":
            return None
        if text.strip() == _NULL or (spares_hashes and change == "hash" and _HASH.fullmatch(text)):
            return text
        if change == "hash" and self._key is None:
            return None
        value = _text(text)
        if change == "hash" and equal_as is not None:
            value = CANONICAL[equal_as](value)
        return msgspec.json.encode(self._changes[change](value))

    def _hash(self, text: str) -> str:
        assert self._key is not None
        return hmac.digest(self._key, text.encode(), "sha256").hex()


class Transforms:
    """The transforms of one plan. Without a `key`, what should be hashed is left out rather than sent in clear.

    May be shared by threads.
    """

    def __init__(self, plan: Plan, key: bytes | None) -> None:
        self._changer = Changer(key)
        self._plan = plan
        self._events: dict[str, Edit | None] = {}
        self._pages = PageParts(plan.pages)
        self.changes_pages = bool(self._pages)
        self._traits = {
            kind: stricter(part_of(plan.traits.get(kind, ())), self._pages.of(type_))
            for type_, kind in TRAITS_OF.items()
        }

    def apply(self, event: Event, properties: bytes) -> bytes:
        """The JSON text of an event's properties as it may be sent; the same bytes if the plan changes nothing in it.

        Raises ValueError if `properties` is not JSON.
        """
        return bytes(self.transform(event, properties).properties)

    def transform(self, event: Event, properties: bytes | msgspec.Raw) -> Transformed:
        """Like `apply`, with a warning for each value that was left out because there is no key."""
        name = event.name
        if name not in self._events:
            planned = self._plan.events.get(name)
            self._events[name] = None if planned is None else part_of(planned.properties)
        return self._run(self._events[name], properties)

    def transform_traits(self, kind: Literal["user", "account"], traits: bytes | msgspec.Raw) -> Transformed:
        """The JSON text of traits as it may be sent. Raises ValueError if `traits` is not JSON."""
        return self._run(self._traits.get(kind), traits)

    def transform_page(self, type_: str, name: object, properties: bytes | msgspec.Raw) -> Transformed:
        """The JSON text of a page's or screen's properties as it may be sent. Raises ValueError if it is not JSON."""
        return self._run(self._pages.of(type_, f"{type_}:{name}" if type(name) is str else None), properties)

    def _run(self, part: Edit | None, text: bytes | msgspec.Raw) -> Transformed:
        if part is None or not len(text):
            return Transformed(text)
        warnings: list[Fault] = []
        changed = self._apply(part, msgspec.Raw(text), "", warnings)
        return Transformed(b"{}" if changed is _DROPPED else bytes(changed), tuple(warnings))

    def _apply(self, part: Edit, raw: msgspec.Raw, path: str, warnings: list[Fault]) -> Any:
        """The changed text, or `_DROPPED`."""
        if part.change is not None:
            return self._change(part, part.change, raw, path, warnings)
        first = bytes(raw).lstrip()[:1]
        if first == b"{" and (part.keys or part.in_map):
            return self._apply_object(part, _keys_of(raw), path, warnings)
        if first == b"[" and part.in_array:
            item_part = part.in_array
            items = (
                self._apply(item_part, item, f"{path}[{index}]", warnings) for index, item in enumerate(_items_of(raw))
            )
            return _encode([item for item in items if item is not _DROPPED])
        if first == b"n":
            return raw
        # A secret may come in place of the object or array around it: it must not slip through as a wrong type.
        warnings.append(Fault(path, "untransformable", "an object or array to look into", "another type, not sent"))
        return _DROPPED

    def _apply_object(
        self, part: Edit, values: dict[str, msgspec.Raw], path: str, warnings: list[Fault]
    ) -> msgspec.Raw:
        for key in list(values):
            inside = part.keys.get(key) or part.in_map
            if inside is None:
                continue
            # A key of a map came with the data, and may itself be secret.
            shown = join_key(path, key if key in part.keys else "*")
            changed = self._apply(inside, values[key], shown, warnings)
            if changed is _DROPPED:
                del values[key]
            else:
                values[key] = changed
        return _encode(values)

    def _change(self, part: Edit, change: Transform, raw: msgspec.Raw, path: str, warnings: list[Fault]) -> Any:
        changed = self._changer.change(change, bytes(raw), equal_as=part.equal_as)
        if changed is None and change != "drop":
            warnings.append(Fault(path, "no_transform_key", "a key to hash with", "none, so it is not sent"))
        return _DROPPED if changed is None else msgspec.Raw(changed)


def _mask(text: str) -> str:
    return f"{text[0]}{_MASK}{text[-1]}" if len(text) > 2 else _MASK


def _text(text: bytes) -> str:
    """A string's own text, else the compact JSON text with the digits of its numbers as they were written."""
    text = text.strip()
    if text.startswith(b'"'):
        return msgspec.json.decode(text, type=str)
    return msgspec.json.format(text, indent=-1).decode()


def _encode(value: Any) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))

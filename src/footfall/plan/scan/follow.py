"""Follow: finds the files that may send, follows them, and tells what they send and what could not be told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from footfall.plan.scan.calls import Sent
from footfall.plan.scan.engine import Engine
from footfall.plan.scan.library import Library
from footfall.plan.scan.shapes import WORDS
from footfall.plan.scan.values import Const, Dictionary, OneOf, Param, Sequence, Unknown, Value

__all__ = ["Followed", "follow_tree"]

_MOST_ROUNDS = 8


class Followed(msgspec.Struct, frozen=True):
    """What the files of a tree send, by place. `read` counts the files that were read whole, not only searched."""

    sent: tuple[Sent, ...]
    files: int
    read: int
    involved: tuple[str, ...] = ()


def follow_tree(library: Library, clients: Mapping[str, str]) -> Followed:
    """Follow every file that names a method of an SDK, then every file that names a wrapper found there, and so on.

    `clients` are the names given with --client, each with its SDK.
    """
    active = {path for path in library.paths if WORDS.search(library.read(path))}
    active |= _naming(library, active, [name.rpartition(".")[2] for name in clients])
    names: set[str] = set()
    for _ in range(_MOST_ROUNDS):
        engine = Engine(library, active, clients, names)
        sent = [one for path in sorted(active) for one in engine.file(path)]
        fresh = engine.wrappers - names
        if not fresh:
            break
        names |= fresh
        active |= _naming(library, active, fresh)
    involved = tuple(f"{place.file}:{place.line}" for place in sorted(set(engine.involved)))
    return Followed(tuple(_settled(sent, engine.called)), len(library.paths), len(active), involved)


def _naming(library: Library, active: set[str], names: Iterable[str]) -> set[str]:
    words = [re.escape(name.encode()) for name in sorted(names) if name.isidentifier()]
    if not words:
        return set()
    found = re.compile(rb"\b(?:" + b"|".join(words) + rb")\b")
    return {path for path in library.paths if path not in active and found.search(library.read(path))}


def _settled(sent: list[Sent], called: set[int]) -> Iterable[Sent]:
    """Each message once; what depends on a caller is left to the callers where there are any."""
    seen: set[tuple[object, ...]] = set()
    for one in sorted(sent, key=lambda sent: (sent.place, sent.origin, len(sent.via))):
        params = one.whole_params()
        if params and all(param.function in called for param in params):
            continue
        key = (one.place, one.origin, one.kind, _key(one.event), _key(one.properties), one.receiver is None)
        if key not in seen:
            seen.add(key)
            yield one


def _key(value: Value | None) -> object:
    """What two values have in common when nothing that is told of them differs."""
    if isinstance(value, Const):
        return (type(value.value), str(value.value))
    if isinstance(value, Dictionary):
        entries = tuple((name, entry.certain, _key(entry.value)) for name, entry in value.entries.items())
        return (entries, value.rest is None)
    if isinstance(value, Sequence | OneOf):
        return tuple(map(_key, value.items if isinstance(value, Sequence) else value.options))
    return str(value.reason) if isinstance(value, Unknown) else value if isinstance(value, Param) else type(value)

"""Follow: finds the files that may send, follows them, and lists what they send and what is not known."""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterable, Mapping

import msgspec

from footfall.planning.scan.calls import CodeLocation, Sent, likely, send
from footfall.planning.scan.engine import Engine, Marks
from footfall.planning.scan.library import Library
from footfall.planning.scan.sdks import ORDERED, WORDS, Naming
from footfall.planning.scan.survey import Survey
from footfall.planning.scan.values import Arguments, Choice, Const, Dictionary, Items, Param, Unknown, Value, because

__all__ = ["TreeMessages", "follow_tree"]

_MOST_ROUNDS = 8


class TreeMessages(msgspec.Struct, frozen=True):
    """What the files of a tree send, by place. `read` counts the files that were read whole, not only searched.

    `silent` are the files that import an SDK and yield no call, each with its SDKs.
    """

    sent: tuple[Sent, ...]
    files: int
    read: int
    involved: tuple[CodeLocation, ...] = ()
    silent: tuple[tuple[str, tuple[str, ...]], ...] = ()


def follow_tree(library: Library, clients: Mapping[str, Naming]) -> TreeMessages:
    """Follow every file that names a method of an SDK, then every file that names a wrapper found there, and so on.

    `clients` are the names given with --client, each with what it is called like.
    """
    survey = Survey(library)
    # A file that is no Python text at all is a finding.
    active = {path for path in library.paths if WORDS.search(text := library.read(path)) or b"\0" in text}
    active |= _files_naming(library, active, [name.rpartition(".")[2] for name in clients])
    names: set[str] = set()
    marks: dict[int, Marks] = {}
    for _ in range(_MOST_ROUNDS):
        engine = Engine(library, active, clients, survey, names, marks)
        sent = [item for path in sorted(active) for item in engine.file(path)]
        fresh = engine.wrappers - names
        if not fresh:
            break
        names |= fresh
        active |= _files_naming(library, active, fresh)
    sent = [*_distinct_messages(sent, engine.called)]
    sent += _unreached(library, active, {item.origin for item in sent} | engine.resolved)
    sending = {location.file for item in sent for location in (item.location, item.origin)}
    silent = tuple((path, sdks) for path in sorted(active) if (sdks := library.sdks(path)) and path not in sending)
    involved = tuple(sorted(set(engine.involved)))
    return TreeMessages(tuple(sent), len(library.paths), len(active), involved, silent)


def _unreached(library: Library, active: Iterable[str], origins: Container[CodeLocation]) -> Iterable[Sent]:
    """The calls that look like an SDK's in files that import one, and that the scan did not come to."""
    for path in sorted(active):
        tree, sdks = library.tree(path), library.sdks(path)
        if tree is None or not sdks:
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            location = CodeLocation(path, node.lineno, node.col_offset + 1)
            if node.func.attr in ORDERED and location not in origins:
                named = {k.arg: _literal_value(k.value) for k in node.keywords if k.arg}
                arguments = Arguments(tuple(map(_literal_value, node.args)), named)
                action = likely(node.func.attr, arguments, sdks)
                receiver = Unknown(because("is ", node.func.value, ", where the scan did not come"))
                yield from send(action, arguments, location, receiver) if action is not None else ()


def _literal_value(node: ast.expr) -> Value:
    is_plain = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return Const(node.value) if isinstance(node, ast.Constant) and is_plain else Unknown(because("is ", node))


def _files_naming(library: Library, active: set[str], names: Iterable[str]) -> set[str]:
    words = [re.escape(name.encode()) for name in sorted(names) if name.isidentifier()]
    if not words:
        return set()
    matches = re.compile(rb"\b(?:" + b"|".join(words) + rb")\b")
    return {path for path in library.paths if path not in active and matches.search(library.read(path))}


def _distinct_messages(sent: list[Sent], called: set[int]) -> Iterable[Sent]:
    """Each message once; what depends on a caller is left to the callers, where one of them could be followed to it."""
    keys: set[tuple[object, ...]] = set()
    deferred: list[Sent] = []
    origins: set[CodeLocation] = set()
    for item in sorted(sent, key=lambda sent: (sent.location, sent.origin, len(sent.via))):
        params = [param for param in item.whole_params() if param.rest != "self"]
        if params and all(param.function in called for param in params):
            deferred.append(item)
            continue
        origins.add(item.origin)
        key = (item.location, item.origin, item.kind, _key(item.event), _key(item.properties), item.receiver is None)
        if key not in keys:
            keys.add(key)
            yield item
    for item in deferred:
        if item.origin not in origins:
            origins.add(item.origin)
            yield item


def _key(value: Value | None) -> object:
    """A key that is equal for values that are reported alike."""
    if isinstance(value, Const):
        return (type(value.value), str(value.value))
    if isinstance(value, Dictionary):
        entries = tuple((name, entry.certain, _key(entry.value)) for name, entry in value.entries.items())
        return (entries, value.rest is None)
    if isinstance(value, Items | Choice):
        return tuple(map(_key, value.items if isinstance(value, Items) else value.options))
    return str(value.reason) if isinstance(value, Unknown) else value if isinstance(value, Param) else type(value)

"""Survey: what the texts of all files say of names: which classes have which bases, which names are changed where.

One pass over the bytes, without parsing. It names too many files rather than too few: whoever asks looks closer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from footfall.planning.scan.library import Library

__all__ = ["Survey"]

_CLASS = re.compile(rb"^[ \t]*class[ \t]+\w+[ \t]*\(([^)]*)\)", re.MULTILINE)
# These begin with a sign that is rare, which is fast; the name before it is read backwards from there.
_STORE = re.compile(rb"\.(?<!\bself\.)(?<!\bcls\.)(\w+)[ \t]*(?:[-+*/|&%]|//|\*\*)?=(?!=)")
_SETATTR = re.compile(rb"\bsetattr\(\s*(?!(?:self|cls)\s*,)[\w.]+\s*,\s*['\"](\w+)['\"]")
_CHANGE = re.compile(
    rb"\.(?:add|append|appendleft|clear|discard|extend|insert|pop|popitem|remove|reverse|setdefault|sort|update)\("
)
_ITEM = re.compile(rb"\][ \t]*(?:[-+*/|&]|//)?=(?!=)")
_DELETED = re.compile(rb"\bdel[ \t]+(?:\w+\.)*(\w+)\[")
_NAME = re.compile(rb"\w+\Z")
_OWNER = re.compile(rb"(\w+)\[[^\n]*\Z")
_ALIAS = re.compile(rb"\b(\w+)[ \t]+as[ \t]+(\w+)")
_WORD = re.compile(rb"\w+")
_MOST_BACK = 80


class Survey:
    """What the files outside of tests say of names. Built when first asked."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._bases: dict[str, set[str]] | None = None
        self._stores: dict[str, set[str]] = {}
        self._changes: dict[str, set[str]] = {}
        self._texts: dict[str, bytes] = {}

    def subclassing(self, name: str) -> frozenset[str]:
        """The files in which some class has a base whose last name is `name`."""
        return frozenset(self._read().get(name, ()))

    def storing(self, name: str) -> frozenset[str]:
        """The files that bind an attribute `name` of anything but `self` or `cls`."""
        self._read()
        return frozenset(self._stores.get(name, ()))

    def changing(self, name: str) -> frozenset[str]:
        """The files that change something called `name` in place: a list, a dictionary."""
        self._read()
        return frozenset(self._changes.get(name, ()))

    def mentions(self, path: str, names: Iterable[str]) -> bool:
        """Whether a file's text has one of the names."""
        text = self._texts.get(path)
        if text is None:
            text = self._texts[path] = self._library.read(path)
        words = b"|".join(re.escape(name.encode()) for name in names)
        return re.search(rb"\b(?:" + words + rb")\b", text) is not None

    def _read(self) -> dict[str, set[str]]:
        if self._bases is None:
            self._bases = {}
            for path in self._library.paths:
                if not self._library.is_test(path):
                    self._note(path, self._library.read(path), self._bases)
        return self._bases

    def _note(self, path: str, text: bytes, bases: dict[str, set[str]]) -> None:
        # Behind the last bracket no class ends, so none is looked for to the end of the file.
        listed = _CLASS.findall(text, 0, text.rfind(b")") + 1)
        names = {word.decode("ascii", "replace") for part in listed for word in _WORD.findall(part)}
        if names:
            renamed = (
                (old.decode("ascii", "replace"), new.decode("ascii", "replace")) for old, new in _ALIAS.findall(text)
            )
            names |= {old for old, new in renamed if new in names}
        for name in names:
            bases.setdefault(name, set()).add(path)
        for attribute in (*_STORE.findall(text), *_SETATTR.findall(text)):
            self._stores.setdefault(attribute.decode("ascii", "replace"), set()).add(path)
        for name in _changed(text):
            self._changes.setdefault(name.decode("ascii", "replace"), set()).add(path)


def _changed(text: bytes) -> Iterator[bytes]:
    """The names that a text changes in place."""
    for match in _CHANGE.finditer(text):
        name = _NAME.search(text, max(0, match.start() - _MOST_BACK), match.start())
        if name is not None:
            yield name.group()
        elif text[match.start() - 1 : match.start()] == b"]":
            owner = _OWNER.search(text, text.rfind(b"\n", 0, match.start()) + 1, match.start())
            yield from (owner.group(1),) if owner is not None else ()
    for match in _ITEM.finditer(text):
        name = _OWNER.search(text, text.rfind(b"\n", 0, match.start()) + 1, match.start())
        if name is not None:
            yield name.group(1)
    yield from _DELETED.findall(text)

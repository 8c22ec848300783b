"""The words of a name, whatever its style, and the name in another style."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Final

__all__ = [
    "GENERIC",
    "STOP_WORDS",
    "STYLES",
    "Style",
    "first_free",
    "singular",
    "spell",
    "stem",
    "underscored",
    "words_of",
]

_WORDS = re.compile(r"[A-Z]+(?![^\W\d_A-Z])|[A-Z]?[^\W\d_A-Z]+|\d+")


class Style:
    """A way of writing a name: what fits it, and how words are joined into it."""

    __slots__ = ("_fits", "on_wire", "spell")

    def __init__(self, pattern: str, spell: Callable[[Sequence[str]], str], *, on_wire: bool = False) -> None:
        self._fits = re.compile(pattern, re.ASCII)
        self.spell = spell
        self.on_wire = on_wire

    def fits(self, name: str) -> bool:
        """Whether the whole name is written in this style."""
        return self._fits.fullmatch(name) is not None


def _camel(words: Sequence[str]) -> str:
    return words[0].lower() + "".join(word.capitalize() for word in words[1:])


# `on_wire` styles have characters that a plan's own names cannot have, so they are about the names on the wire.
STYLES: Final[Mapping[str, Style]] = {
    "snake_case": Style(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", lambda words: "_".join(words).lower()),
    "camelCase": Style(r"[a-z][a-zA-Z0-9]*", _camel),
    "PascalCase": Style(r"[A-Z][a-zA-Z0-9]*", lambda words: "".join(word.capitalize() for word in words)),
    "kebab-case": Style(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", lambda words: "-".join(words).lower(), on_wire=True),
    "Title Case": Style(
        r"[A-Z0-9][A-Za-z0-9]*( [A-Z0-9][A-Za-z0-9]*)*",
        lambda words: " ".join(word[:1].upper() + word[1:] for word in words),
        on_wire=True,
    ),
}


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in any style, in lower case: `orderID2`, `order_id_2` and `Order ID 2` are order, id, 2."""
    return tuple(word.lower() for word in _WORDS.findall(name))


def underscored(name: str) -> str:
    """The words of a name joined by `_`, each number at the letters that it touches: `orderID2` is `order_id2`."""
    text, end = "", 0
    for word in _WORDS.finditer(name):
        is_number, after_number = word[0].isdecimal(), text[-1:].isdecimal()
        touches = word.start() == end and (is_number or (after_number and not word[0][0].isupper()))
        text += ("" if touches or not text else "_") + word[0].lower()
        end = word.end()
    return text


def spell(words: Sequence[str], style: str) -> str:
    """These words as a name in a style; "" without words."""
    return STYLES[style].spell(words) if words else ""


def first_free(name: str, taken: Container[str], joint: str = "_") -> str:
    """The name, or the name with the first number from 2 that makes it new."""
    free, number = name, 2
    while free in taken:
        free, number = f"{name}{joint}{number}", number + 1
    return free


_SINGULARS = (("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("ies", "y"), ("s", ""))
_NO_PLURAL = re.compile(r".*(ss|us|is|series|news)|.{0,3}")


def singular(word: str) -> str:
    """An English noun without its plural ending, near enough to compare names: orders, boxes, categories."""
    if _NO_PLURAL.fullmatch(word):
        return word
    for ending, instead in _SINGULARS:
        if word.endswith(ending):
            return word[: -len(ending)] + instead
    return word


_ENDINGS = re.compile(r"(?<=[a-z]{3})(?:ations?|ings?|ed|es|e|s|ions?|ments?|ly)$")
_DOUBLED = re.compile(r"([bdgmnprt])\1$")


def stem(word: str) -> str:
    """The front of an English word that its forms share, near enough to compare texts: order, ordered, ordering."""
    cut = _ENDINGS.sub("", word[:-3] + "y" if word.endswith("ies") else word)
    return _DOUBLED.sub(r"\1", cut)


# Words that add nothing to a description.
STOP_WORDS: Final = frozenset(
    [
        *("a", "an", "the", "this", "that", "these", "those", "its", "it", "his", "her", "their", "our", "your", "my"),
        *("of", "for", "in", "on", "at", "to", "by", "from", "with", "as", "per", "and", "or", "is", "are", "was"),
        *("were", "be", "been", "has", "have", "had", "does", "do", "did", "which", "what", "who", "whose", "when"),
        *("whether", "if", "how", "will", "can", "some", "any", "each", "every", "itself", "s"),
    ]
)
# Words that say what every description of such a thing could say.
GENERIC: Final = frozenset(
    [
        *("event", "events", "property", "properties", "field", "value", "attribute", "trait", "parameter", "column"),
        *("tracks", "track", "tracked", "tracking", "fired", "fires", "fire", "triggered", "triggers", "trigger"),
        *("sent", "emitted", "logged", "logs", "occurs", "occurred", "happens", "happened", "called", "indicates"),
        *("represents", "contains", "specifies", "describes", "denotes", "stores", "holds", "associated", "related"),
        *("corresponding", "given", "current", "specific", "respective", "data", "info", "information", "name"),
        *("identifier", "id", "ids", "string", "integer", "number", "boolean", "type", "true", "false"),
    ]
)

"""Choice texts: what the pages on which visitors choose say, in each language that a site gives; pure.

    texts={"nb": {"choice": "Ditt valg", "agree": "Ja", …, "statistics": "Vi teller besøk, uten navn."}}

A language has every key of ENGLISH, and may have the name of a purpose, to show a text in place of the plan's
description. English may have some of them: the others stay as they are here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from footfall.errors import UsageError

__all__ = ["ENGLISH", "ChoiceTexts"]

ENGLISH: Mapping[str, str] = {
    "agree": "Agree",
    "agreed": "You agreed.",
    "back": "Back to the site",
    "choice": "Your choice",
    "elsewhere": "Use the form of this site.",
    "gpc": "Your browser asks every site not to track you, and this site complies.",
    "opted_out": "You are no longer recognised here",
    "refuse": "Refuse",
    "refuse_all": "Refuse everything",
    "refused": "You said no.",
    "unchanged": "Nothing was changed",
    "undecided": "You have not chosen yet.",
}
"""The built-in texts. `agreed`, `refused` and `undecided` are the choice in force for one purpose; `elsewhere` and
`unchanged` answer a form of another site."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_ASKED = re.compile(r"\s*([A-Za-z0-9-]{1,35})\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?", re.ASCII)
_LONGEST = 500  # characters of a header that are read


class ChoiceTexts:
    """The texts of a site by language; the first is for visitors who read none of them.

    Raises UsageError with every problem: a name that is no language, a key that is unknown, missing or no text.
    """

    def __init__(self, languages: Mapping[str, Mapping[str, str]] | None = None, purposes: Sequence[str] = ()) -> None:
        languages = languages or {}
        problems = [problem for name, texts in languages.items() for problem in _problems(name, texts, purposes)]
        if problems:
            raise UsageError("; ".join(problems))
        self._languages: dict[str, tuple[str, Mapping[str, str]]] = {
            name.lower(): (name, {**ENGLISH, **texts}) for name, texts in languages.items()
        }
        self._first = next(iter(self._languages), "en")
        self._languages.setdefault("en", ("en", ENGLISH))

    def read_by(self, accept_language: str) -> tuple[str, Mapping[str, str]]:
        """The language that suits an `Accept-Language` header best, and its texts."""
        asked = []
        for part in accept_language[:_LONGEST].split(","):
            match = _ASKED.fullmatch(part)
            if match is not None and (quality := float(match[2] or 1)) > 0:
                asked.append((-quality, match[1].lower()))
        for _, language in sorted(asked, key=lambda each: each[0]):
            while language:  # zh-hant-tw, then zh-hant, then zh
                if language in self._languages:
                    return self._languages[language]
                language = language.rpartition("-")[0]  # noqa: PLW2901
        return self._languages[self._first]


def _problems(name: object, texts: object, purposes: Sequence[str]) -> list[str]:
    place = f"texts[{name!r}]"
    if not isinstance(name, str) or _LANGUAGE.fullmatch(name) is None:
        return [f"{place}: is no language; write one as browsers do, such as nb or pt-BR"]
    if not isinstance(texts, Mapping):
        return [f"{place} must be a dict of texts"]
    keys = [*ENGLISH, *purposes]
    missing = [] if name.lower() == "en" else [key for key in ENGLISH if key not in texts]
    return [
        *(f"{place}[{key!r}]: there is no such key; they are {', '.join(keys)}" for key in texts if key not in keys),
        *(f"{place}[{key!r}] is missing; in English it is {ENGLISH[key]!r}" for key in missing),
        *(f"{place}[{key!r}] must be text" for key, text in texts.items() if not isinstance(text, str) or not text),
    ]

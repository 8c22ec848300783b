r"""The one meaning of a plan's patterns: Python's `re`, but `$` is the end of the text and classes are ASCII.

In plain `re`, `$` also matches before a last newline, and `\d`, `\w`, `\s` and `\b` know all of Unicode; in a plan, as
in JSON Schema's dialect, they do not. `(?u)` in a pattern asks for Unicode, `(?m)` for `$` at the end of every line.
`\B` matches in an empty text, which versions of Python differ about. All code that compiles, reads or exports a
pattern takes it from here.
"""

from __future__ import annotations

import functools
import re
from typing import Any

__all__ = ["compile_pattern", "embedded_pattern", "parse_pattern", "python_pattern"]

_FLAGS = re.compile(r"\(\?([aiLmsux]*)(?:-([imsx]+))?([:)])")
_GLOBAL_FLAGS = re.compile(r"(?:\(\?[aiLmsux]+\)(?:\s*(?=\(\?[aiLmsux]+\)))?)*")
_NO_BOUNDARY = r"(?!\b)"
# Where ASCII makes a difference: classes, boundaries, and flags, which may be `i`.
_BY_ALPHABET = re.compile(r"\\[bBdDsSwW]|\(\?")


@functools.lru_cache(maxsize=1024)
def compile_pattern(text: str) -> re.Pattern[str]:
    """The compiled expression of a plan's pattern. Raises re.error for what is no regular expression."""
    return re.compile(python_pattern(text))


def python_pattern(text: str) -> str:
    """A plan's pattern as one of plain `re` that matches the same texts. Raises re.error as `compile_pattern` does."""
    ends = _rewritten(text)
    return f"(?a){ends}" if _BY_ALPHABET.search(ends) and not _is_unicode(ends) else ends


def embedded_pattern(text: str) -> str:
    """Like `python_pattern`, as one group that can be put into another expression."""
    ends = _rewritten(text)
    stated = _GLOBAL_FLAGS.match(ends)
    assert stated is not None
    flags = set(stated[0]) & set("imsx") | ({"u"} if _is_unicode(ends) else {"a"})
    last = "\n" if "x" in flags else ""  # a comment must not swallow the end of the group
    return f"(?{''.join(sorted(flags))}:{ends[stated.end() :]}{last})"


def parse_pattern(text: str) -> Any:
    """The parts of a plan's pattern, as `re` itself reads them. Raises re.error for what is no regular expression."""
    ends = _rewritten(text)
    return _parse(ends, 0 if _is_unicode(ends) else re.ASCII)


def _parse(text: str, flags: int) -> Any:
    # `re` has no public way to look into an expression; its own parser is the one that cannot disagree with it.
    return re._parser.parse(text, flags)  # type: ignore[attr-defined]  # noqa: SLF001 - see above


def _is_unicode(text: str) -> bool:
    try:
        _parse(text, re.ASCII)
    except ValueError:  # its own flags say otherwise
        return True
    return False


def _rewritten(text: str) -> str:
    r"""The expression with `\Z` for each `$` that means the end of the text, and with `\B` in other words."""
    if "$" not in text and r"\B" not in text:
        return text
    written: list[str] = []
    groups: list[frozenset[str]] = [frozenset()]  # the flags of the open groups
    at = 0
    while at < len(text):
        end = _element_end(text, at, verbose="x" in groups[-1])
        element = text[at:end]
        flags = _FLAGS.fullmatch(element)
        if flags is not None:
            inside = (groups[-1] | set(flags[1])) - set(flags[2] or "")
            groups[-1:] = [inside] if flags[3] == ")" else [groups[-1], inside]
        elif element == "(":
            groups.append(groups[-1])
        elif element == ")" and len(groups) > 1:
            groups.pop()
        is_end = element == "$" and "m" not in groups[-1]
        written.append(r"\Z" if is_end else _NO_BOUNDARY if element == r"\B" else element)
        at = end
    return "".join(written)


def _element_end(text: str, at: int, *, verbose: bool) -> int:
    """Where the element ends that begins at `at`: an escape, a class, a comment, a group's flags, or one character."""
    if text[at] == "\\":
        return at + 2
    if text[at] == "[":
        return _class_end(text, at)
    if text.startswith("(?#", at):
        return _after(text, ")", at)
    if verbose and text[at] == "#":
        return _after(text, "\n", at)
    flags = _FLAGS.match(text, at)
    return at + 1 if flags is None else flags.end()


def _class_end(text: str, at: int) -> int:
    at += 2 if text.startswith("[^", at) else 1
    at += text.startswith("]", at)  # the first one is a member
    while at < len(text) and text[at] != "]":
        at += 2 if text[at] == "\\" else 1
    return at + 1


def _after(text: str, end: str, at: int) -> int:
    index = text.find(end, at)
    return len(text) if index < 0 else index + 1

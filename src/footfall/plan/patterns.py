"""Judges the regular expressions of a plan: whether Python's `re` can compile them, and whether they stay fast.

`re` tries one way after another. Where an expression can match one text in ever more ways, a long value that almost
matches blocks a client or a collector for hours
(https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS). So an expression is refused when

- the number of ways can grow exponentially, as in `(a+)+` and `(a|aa)+`;
- a search that begins anew at every character can read on without bound each time, as in `[a-z]+[0-9]`: the square;
- it can need more than `MOST_TRIES` tries on the longest value that its property takes (`max_length`).

The check errs on the safe side: look-arounds, back references and atomic groups are taken for what they would be
without their limits.
"""

from __future__ import annotations

import functools
import math
import re
import warnings
from typing import Final

from footfall.plan.regex_ambiguity import Automaton
from footfall.plan.regex_dialect import compile_pattern, embedded_pattern, parse_pattern

__all__ = ["MOST_TRIES", "check_pattern", "longest_value"]

MOST_TRIES: Final = 2**17
"""How many elements of a pattern may be tried on one value: some milliseconds where each is a group with choices."""


@functools.lru_cache(maxsize=1024)
def check_pattern(text: str) -> None:
    """Raises ValueError, saying why, for a text that is no regular expression or is too slow for a value of any use."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # a set that a later Python will read otherwise
            re.compile(text)
            compile_pattern(text)
            re.compile(embedded_pattern(text))
    except (re.error, OverflowError, RecursionError, FutureWarning) as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from None
    try:
        ways = _ways(text)
        exponential = ways.exponential()
        long = not exponential and ways.searches_long()
        longest = longest_value(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{text!r} could take for ever: {error}") from None
    if exponential:
        raise ValueError(f"{text!r} can take exponential time: a repetition can match one text in several ways")
    if long:
        raise ValueError(f"{text!r} can take the square of the value's length: {_SEARCH}")
    if longest < _SHORTEST:
        raise ValueError(f"{text!r} can take more than {MOST_TRIES:,} tries on {_SHORTEST} characters: {_SHARE}")


@functools.lru_cache(maxsize=1024)
def longest_value(text: str) -> int:
    """How long a value may be for an expression that can be compiled: a power of two, or 0 where none is short enough.

    A value of that length, and each shorter one, needs `MOST_TRIES` tries or fewer.
    """
    ways = _ways(text)
    most, each = math.log2(MOST_TRIES), math.log2(_MOST_TRIES_EACH)
    longest = 0
    for bits in range(int(math.log2(_SHORTEST)), int(most) + 1):
        if ways.tries(2**bits) > min(most, bits + each):
            break
        longest = 2**bits
    return longest


@functools.lru_cache(maxsize=1024)
def _ways(text: str) -> Automaton:
    return Automaton(parse_pattern(text))


# By character: an array can have many short values.
_MOST_TRIES_EACH = 2**9
# Where not even so short a value can be judged, no `max_length` mends it.
_SHORTEST = 16
_SEARCH = "the search begins anew at every character; anchor it with ^, or leave out what need not be there"
_SHARE = "several repetitions can share one text; let them take different characters"

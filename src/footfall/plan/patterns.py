"""Judges the regular expressions of a plan: whether Python's `re` can compile them, and whether they stay fast.

`re` tries one way after another. Where an expression can match one text in ever more ways, a long value that almost
matches holds up a client or a collector for hours
(https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS). So an expression is refused when
the number of ways can grow exponentially, as in `(a+)+` and `(a|aa)+`, or the tries faster than the square of the
value's length, as in `.*,.*,.*,`. The check errs on the safe side: look-arounds, back references and atomic groups are
taken for what they would be without their limits.
"""

from __future__ import annotations

import functools
import re
import warnings

from footfall.plan.pattern_text import compile_pattern, embedded_pattern, parse_pattern
from footfall.plan.pattern_ways import Ways

__all__ = ["check_pattern"]

# The square, and a factor of some tens for bounded choices.
_MOST_POWER = 2.4


@functools.lru_cache(maxsize=1024)
def check_pattern(text: str) -> None:
    """Raises ValueError, saying why, for a text that is no regular expression or that could take for ever."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # a set that a later Python will read otherwise
            re.compile(text)
            compile_pattern(text)
            re.compile(embedded_pattern(text))
    except (re.error, OverflowError, RecursionError, FutureWarning) as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from None
    try:
        ways = Ways(parse_pattern(text))
        exponential = ways.exponential()
        power = 0.0 if exponential else ways.power()
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{text!r} could take for ever: {error}") from None
    if exponential:
        raise ValueError(f"{text!r} can take exponential time: a repetition can match one text in several ways")
    if power > _MOST_POWER:
        raise ValueError(f"{text!r} can take more than the square of the value's length: {_HOW}")


_HOW = "several repetitions can share one text; anchor it with ^, or let them take different characters"

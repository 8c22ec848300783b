"""Looks for the worst pattern that a plan can have, and prints how long it keeps a process busy.

    python tests/benchmarks/bench_patterns.py [--seconds 60] [--seed 1] [--quick]

Patterns are drawn by a grammar (sets, groups, choices, repetitions, look-aheads, anchored or not) and written
down by hand. Those that `footfall plan check` takes are searched in the longest values that it lets them have, made of
the pattern's own words: one repeated, one after another, with an end that no pattern takes. The best of three times
counts, so that a busy machine does not. The last column is what a sender who fills batches with such values can cost.
"""

from __future__ import annotations

import argparse
import itertools
import random
import time
from collections.abc import Iterator
from typing import NamedTuple

from footfall.plan.model import PATTERN_MAX_LENGTH
from footfall.plan.patterns import check_pattern, longest_value
from footfall.plan.regex_dialect import compile_pattern

# The most characters of a message, and so of a value.
LONGEST = 32_768
WRITTEN = (
    r"^[A-Z0-9]+(-[A-Z0-9]+)*$",
    r"^\d+\.\d+\.\d+$",
    r"^https?://\S+$",
    r"^/(?:[^/]+/)*[^/]*$",
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$",
    r"^\w+([-.+']\w+)*@\w+([-.]\w+)*\.\w+([-.]\w+)*$",
    r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^\w\s]).{8,}$",
    r"^(['\"]).*\1$",
    r"\.(jpg|jpeg|png|gif|webp|svg)$",
    r"[0-9a-f]{64}",
    r"(?:(a)|(b)){30}c",
    r"^(?:(a)|(b))*(?:(a)|(b))*$",
    r"^((((a)|(b))))*((((a)|(b))))*$",
    r"^(?:(a)|(b))*?(?:(a)|(b))*?$",
    r"^(?:(a)|(b))*(?:(a)|(b))*(?:(a)|(b))*$",
    r"(?<=[ab]{30})c",
    r"^(?:(a)|(b))*$",
    r"^(?:ab|a(?=c)|ba?b?)*$",
    "^(?:" + "|".join(f"{a}{b}" for a in "bcdefgh" for b in "bcdefgh") + "|a)*$",
    "^(?:" + "".join(f"{a}*" for a in "bcdefghijklmno") + "a)*$",
    "^" + "(?=(?:(a)|(b))*$)" * 6 + "c",
    "(?:" + "|".join(f"a{{{count}}}b" for count in range(1, 8)) + ")",
)
ENDS = ("", "!", "\n")


class Worst(NamedTuple):
    """The slowest value of a pattern: seconds, its characters, and how it begins."""

    seconds: float
    length: int
    pattern: str
    text: str


def draw(chance: random.Random, depth: int) -> str:
    """An expression over `a`, `b` and a few neighbours."""
    if depth == 0:
        return chance.choice(("a", "b", "[ab]", "[^c]", ".", r"\w", "ab", "(?:a|bb)", "(?:(a)|(b))"))
    inner = draw(chance, depth - 1)
    form = chance.choice(
        ("{}*", "{}+", "{}?", "{}*?", "{}{{1,3}}", "{}{{8}}", "{}{{0,20}}", "(?={})", "join", "join", "join", "either")
    )
    if form == "join":
        return inner + draw(chance, chance.randrange(depth))
    if form == "either":
        return f"(?:{inner}|{draw(chance, chance.randrange(depth))})"
    return form.format(f"({inner})" if chance.random() < 0.5 else f"(?:{inner})")


def patterns(seed: int, seconds: float) -> Iterator[str]:
    yield from WRITTEN
    chance = random.Random(seed)
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        end = chance.choice(("$", "c", ""))
        yield chance.choice(("", "^")) + draw(chance, chance.randint(1, 5)) + end


def taken(pattern: str) -> bool:
    try:
        check_pattern(pattern)
    except ValueError:
        return False
    return True


def words(pattern: str) -> list[str]:
    """What to repeat: the pattern's own characters, and a few of them in a row."""
    own = "".join(dict.fromkeys(char for char in pattern if char.isalnum() or char in "-./@'\" "))[:5] or "a"
    alphabet = "".join(dict.fromkeys(own + "ab"))[:5]
    return ["".join(word) for size in (1, 2) for word in itertools.product(alphabet, repeat=size)] + ["a@.", "a0!A"]


def slowest(pattern: str, length: int) -> Worst:
    search = compile_pattern(pattern).search
    all_words = words(pattern)

    def seconds(text: str) -> float:
        began = time.perf_counter()
        search(text)
        return time.perf_counter() - began

    texts = [(word * length)[: length - len(end)] + end for word in all_words for end in ENDS]
    texts += [(word + "a" * length)[: length - 1] + "!" for word in all_words]
    _, text = max((seconds(text), text) for text in texts)
    return Worst(min(seconds(text) for _ in range(3)), len(text), pattern, text)


def show(title: str, rows: list[Worst]) -> None:
    print(f"\n{title}")
    for row in rows:
        each = row.seconds / (row.length / 1_000)
        print(
            f"{row.seconds * 1e3:8.3f} ms on {row.length:6,} characters, {each * 1e3:7.3f} ms a KB   {row.pattern[:70]}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to draw patterns")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a short run, to see that it works")
    options = parser.parse_args()
    usual: list[Worst] = []
    longest: list[Worst] = []
    drawn = 0
    for pattern in patterns(options.seed, 3.0 if options.quick else options.seconds):
        drawn += 1
        if not taken(pattern):
            continue
        length = min(LONGEST, longest_value(pattern))
        longest.append(slowest(pattern, length))
        if length >= PATTERN_MAX_LENGTH:
            usual.append(slowest(pattern, PATTERN_MAX_LENGTH))
        usual, longest = sorted(usual, reverse=True)[:200], sorted(longest, reverse=True)[:200]
    print(f"{drawn:,} patterns drawn")
    show(f"the worst on values of {PATTERN_MAX_LENGTH:,} characters, which need no max_length", usual[:5])
    show("the worst on the longest value that each may have", longest[:5])
    show("the most for each KB", sorted(longest, key=lambda row: -row.seconds / row.length)[:5])


if __name__ == "__main__":
    main()

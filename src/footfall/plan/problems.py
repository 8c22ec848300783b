"""What can be wrong with a plan: the register of problem codes, and the list that gathers every problem."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from footfall.errors import Problem

__all__ = ["CODES", "MISSING", "Location", "Missing", "Path", "Problems", "did_you_mean", "dotted"]

CODES: Final[Mapping[str, str]] = {
    # Files
    "missing_file": "A plan is a folder, a YAML file or a bundle that exists; there is nothing at this path.",
    "unreadable_file": "The operating system refused to hand over the file.",
    "no_plan_files": "A plan folder has at least one .yaml or .yml file outside `fixtures/` and dot-folders.",
    "empty_file": "A file without content defines nothing, which is seldom what its author meant.",
    "not_utf8": "Plan files are UTF-8, so that every machine reads the same names.",
    "not_yaml": "The text is not YAML, so nothing in this file can be read.",
    "several_documents": "A file has one YAML document; a second one after `---` would be lost.",
    "too_large": "The plan nests or repeats itself (by aliases, or types in one another) beyond what it can need.",
    "bad_alias": "A YAML alias refers to an anchor that is not complete before it.",
    "bad_tag": "Values are plain YAML 1.2; tags that make other kinds of objects are not read.",
    "bad_bundle": "A bundle is made by `footfall plan bundle`, read whole, and never edited by hand.",
    # Shape
    "duplicate_key": "Of two equal keys in one YAML mapping only one could count.",
    "key_not_text": "Names are text; YAML reads this key as something else.",
    "unknown_key": "A key that the format does not know would silently do nothing; `x_*` keys are free.",
    "missing_key": "The format needs this key to give the entry a meaning.",
    "missing_metadata": "The plan's own `require` section says that this must be there.",
    "wrong_type": "The value is of another kind than the key takes.",
    "unknown_value": "The key takes one of a few words, and this is none of them.",
    "bad_name": "Names are used in expressions such as `event.property`, so they are words without dots or spaces.",
    "bad_number": "The number is outside of what can be counted with.",
    "bad_date": "Days are written as in ISO 8601: 2027-03-01.",
    "bad_duration": "Durations are a whole number and one of s, m, h, d, w: 90s, 15m, 6h, 7d, 2w.",
    "bad_regex": "A pattern is a regular expression of Python's `re` that no long value can keep busy.",
    "slow_pattern": "What a pattern tries on the longest value that its property takes is bounded.",
    "newer_format": "The file says that it needs a newer footfall than this one.",
    "unknown_timezone": "Days and windows are cut in the plan's timezone, which must be one of the IANA database.",
    # Names and references
    "duplicate_name": "A name is defined once in the whole plan, in whichever file.",
    "duplicate_property": "Two definitions of one property would make it unclear which one counts.",
    "duplicate_wire_name": "Two things with one name on the wire could not be distinguished when they arrive.",
    "unknown_reference": "The name refers to something that the plan does not define.",
    "cycle": "Definitions that refer to each other in a circle have no end.",
    # Consent, web capture, staff
    "bad_consent": "A `consent:` names purposes of the plan, or one level; a purpose is not called like a level.",
    "bad_path": "An excluded path is written as it is asked for, from its first `/`.",
    "bad_staff": "Own people are recognised by a whole domain, or by an IP address or network.",
    # Properties
    "missing_type": "A property says its `type`, or which type it does `use`.",
    "type_changed": "A type may be narrowed by `use` with further keys, never turned into another one.",
    "misplaced_key": "The key has no effect on a property of this type or in this place.",
    "empty_range": "A lower bound above the upper bound leaves no value that could be right.",
    "bad_enum": "The values of an enum are different from each other and of the property's own type.",
    "bad_example": "An example shows a right value, so it must fit the property's own constraints.",
    "bad_currency": "An amount is in the currency that a property beside it names, or in that of an ISO 4217 code.",
    "bad_rule": "A rule is one expression over the event's own properties.",
    # Measures, journeys, status
    "bad_measure": "A measure has exactly one of the documented forms.",
    "bad_condition": "A condition compares a property with values that it can have.",
    "bad_segment": "A rule of a segment has exactly one of the documented forms, and says how much it takes.",
    "not_numeric": "Sums, averages and other figures need a property whose value is a number.",
    "not_scalar": "Only single values can be counted, grouped and compared, not objects, arrays or maps.",
    "backwards": "Steps are walked in the order in which the journey lists them.",
    "misplaced_step_key": "The key compares with the step before, and there is none.",
    "bad_expectation": "An expectation is a share of the step before: a number from 0 to 1.",
    "bad_experiment": "An experiment compares two variants or more on a figure that each person has.",
    "bad_question": "A board asks what a command of the command line asks, with options that it takes.",
    "bad_signal": "A signal has one occasion: so many messages within a time, one after a pause, or none for a time.",
    "bad_status": "What is said about an event's deprecation must agree with its status.",
}

Path = tuple[str, ...]


class Missing:
    """The type of MISSING."""

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()


class Location(msgspec.Struct, eq=False):
    """Where something is written: a file as the user named it, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def dotted(path: Path) -> str:
    """The name inside the plan as people write it: `order_completed.lines[2].price`."""
    return ".".join(path).replace(".[", "[")


def did_you_mean(word: str, choices: Iterable[str], otherwise: str | None = None) -> str:
    """A remedy for a word that is none of `choices`: the nearest one, else `otherwise`.

    Without `otherwise` it is all choices when they are few; "" without any.
    """
    words = sorted(set(choices))
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    if otherwise is not None:
        return otherwise
    if len(words) > 12:
        return f"use one of the {len(words)} that are defined"
    return f"known: {', '.join(words)}" if words else ""


class Problems:
    """Gathers problems. The same problem at one location (through an alias or a shared type) is kept once.

    `incomplete` says that a file could not be read at all: what it defines is then unknown, not missing.
    """

    def __init__(self) -> None:
        self.incomplete = False
        self._problems: dict[tuple[str, str, int, int, str], Problem] = {}

    def add(self, code: str, message: str, *, at: Location, path: Path = (), remedy: str) -> None:
        """Add a problem. `code` is a key of CODES."""
        if code not in CODES:
            raise KeyError(code)
        key = (code, at.file, at.line, at.column, message)
        if key not in self._problems:
            self._problems[key] = Problem(
                code,
                message,
                remedy=remedy,
                where=dotted(path),
                file=at.file,
                line=at.line,
                column=at.column,
            )

    def unknown(self, kind: str, word: str, choices: Iterable[str], *, at: Location, path: Path) -> None:
        """Add a reference to a name that the plan does not define, if all of the plan could be read."""
        if self.incomplete:
            return
        remedy = did_you_mean(word, choices) or f"define the {kind}, or take the name out"
        self.add("unknown_reference", f"there is no {kind} {word!r}", at=at, path=path, remedy=remedy)

    def __len__(self) -> int:
        return len(self._problems)

    def sorted(self) -> list[Problem]:
        """All problems by file, line and column."""
        return sorted(self._problems.values(), key=lambda problem: (problem.file, problem.line, problem.column))

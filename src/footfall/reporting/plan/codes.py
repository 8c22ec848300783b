"""Every code that a command of `footfall plan` can print: its register, why it is a finding, and what to do."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from footfall.plan.problems import CODES
from footfall.planning.installed_rules import installed_rules

__all__ = ["COMMAND_CODES", "LINT", "REGISTERS", "Explained", "explained"]

COMMAND_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "stale_code": "Code that was made from an older plan sends, and checks, what the plan no longer says.",
        "unfit_wire_name": "A generated class writes names on the wire into its source, which not every one allows.",
        "unformatted": "In files of one form a change of the plan shows nothing but what has changed.",
        "unformattable": "A file whose meaning or comments a new form could not keep is better left as it is.",
        "uncompilable": "A plan that was put together in code holds a pattern or rule that Python cannot compile.",
    }
)
"""The codes about what a command makes from a plan, not about the plan: code -> why it is a finding."""

# What the codes of a register are, and where it is: a mapping from codes to a sentence, or to a row with the columns
# `why` and `remedy`.
REGISTERS: Final[tuple[tuple[str, str], ...]] = (
    ("findings of `plan check`", "footfall.plan.problems:CODES"),
    ("findings of `plan check` about fixtures", "footfall.planning.fixtures:FIXTURE_CODES"),
    ("faults of messages", "footfall.planning.faults:FAULTS"),
    ("changes told by `plan diff`", "footfall.planning.diff.kinds:KINDS"),
    ("findings of `plan scan`", "footfall.planning.scan.call_checker:SCAN_CODES"),
    ("findings of `plan lock`", "footfall.planning.lock:LOCK_CODES"),
    ("findings of `plan drift`", "footfall.planning.profiling.compare:CODES"),
    ("findings of `plan codegen` and `plan fmt`", "footfall.reporting.plan.codes:COMMAND_CODES"),
    ("losses told by `plan export` and `plan import`", "footfall.planning.interop.losses:LOSS_CODES"),
)
LINT: Final = "rules of `plan lint`"


class Explained(NamedTuple):
    """A code with what is said of it; `level` is "" where the code has none of its own."""

    kind: str
    code: str
    why: str
    remedy: str = ""
    level: str = ""


def explained() -> Iterator[Explained]:
    """Every code of every register, and the rules of lint that are installed."""
    for rule in installed_rules(taken=CODES):
        yield Explained(LINT, rule.name, rule.reason, rule.fix, rule.level)
    for kind, where in REGISTERS:
        module, _, attribute = where.partition(":")
        register: Mapping[str, Any] = getattr(importlib.import_module(module), attribute)
        for code, row in register.items():
            if isinstance(row, str):
                yield Explained(kind, code, row)
            else:
                yield Explained(kind, code, row.why, row.remedy, row.level)

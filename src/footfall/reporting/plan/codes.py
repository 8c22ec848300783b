"""Every code that a command of `footfall plan` can print: its register, why it is a finding, and what to do."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from footfall.planning.installed_rules import installed_rules

__all__ = ["COMMAND_CODES", "LINT", "REGISTERS", "Explanation", "explain", "explanations", "list_codes"]

COMMAND_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "stale_code": "Code that was made from an older plan sends, and checks, what the plan no longer says.",
        "unfit_wire_name": "A generated class writes names on the wire into its source, which not every one allows.",
        "unformatted": "In files of one form a change of the plan shows nothing but what has changed.",
        "unformattable": "A file whose meaning or comments a new form could not keep is better left as it is.",
        "uncompilable": "A plan that was made by code has a pattern or rule that Python cannot compile.",
    }
)
"""The codes about what a command makes from a plan, not about the plan: code -> why it is a finding."""

# What the codes of a register are, and where it is: a mapping from codes to a sentence, or to a row with the columns
# `why` and `remedy`.
REGISTERS: Final[tuple[tuple[str, str], ...]] = (
    ("findings of `plan check`", "footfall.plan.problems:CODES"),
    ("findings of `plan check` about fixtures", "footfall.planning.fixtures:FIXTURE_CODES"),
    ("faults of messages", "footfall.planning.faults:FAULTS"),
    ("changes listed by `plan diff`", "footfall.planning.diff.kinds:KINDS"),
    ("findings of `plan scan`", "footfall.planning.scan.call_checker:SCAN_CODES"),
    ("findings of `plan lock`", "footfall.planning.lock:LOCK_CODES"),
    ("findings of `plan observe`", "footfall.planning.profiling.compare:CODES"),
    ("findings of `plan codegen` and `plan fmt`", "footfall.reporting.plan.codes:COMMAND_CODES"),
    ("losses listed by `plan export` and `plan import`", "footfall.planning.interop.losses:LOSS_CODES"),
)
LINT: Final = "rules of `plan lint`"


class Explanation(NamedTuple):
    """A code of a register: why it is a finding, what to do, and its level ("" for a code without one)."""

    kind: str
    code: str
    why: str
    remedy: str = ""
    level: str = ""


def explanations() -> Iterator[Explanation]:
    """Every code of every register, and the rules of lint that are installed."""
    for rule in installed_rules():
        yield Explanation(LINT, rule.name, rule.reason, rule.fix, rule.level)
    for kind, where in REGISTERS:
        module, _, attribute = where.partition(":")
        register: Mapping[str, Any] = getattr(importlib.import_module(module), attribute)
        for code, row in register.items():
            if isinstance(row, str):
                yield Explanation(kind, code, row)
            else:
                yield Explanation(kind, code, row.why, row.remedy, row.level)


def list_codes() -> str:
    """Every code with its reason, by register."""
    lines = []
    by_kind: dict[str, list[Explanation]] = {}
    for code in explanations():
        by_kind.setdefault(code.kind, []).append(code)
    for kind, codes in by_kind.items():
        width = max(len(each.code) for each in codes)
        lines += [
            f"{kind[:1].upper()}{kind[1:]}:",
            *(f"  {each.code:{width}}  {each.why}" for each in sorted(codes)),
            "",
        ]
    return "\n".join([*lines, "`footfall plan explain CODE` says what to do about one of them."])


def explain(code: Explanation) -> str:
    """Why a code is a finding, what to do about it, and how a plan sets the level of a lint rule."""
    level = f" ({code.level})" if code.level else ""
    lines = [f"{code.code}{level}, one of the {code.kind}", f"  Why: {code.why}"]
    if code.remedy:
        lines.append(f"  What to do: {code.remedy[:1].upper()}{code.remedy[1:]}.")
    if code.kind == LINT:
        lines.append(f"  To set its level in the plan: lint: {{{code.code}: error | warning | off}}")
        lines.append(f"  To take one part out, with a comment that says why: no_lint: [{code.code}]")
    return "\n".join(lines)

"""`footfall plan explain`: why something is a finding, and what to do about it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import click

from footfall.cli.output import echo
from footfall.errors import UsageError
from footfall.plan.findings import CODES, did_you_mean
from footfall.plan.installed_rules import installed_rules

__all__ = ["REGISTERS", "command"]

# What the codes of a register are, and where it is: a mapping from codes to a sentence, or to a row with the columns
# `why` and `remedy`.
REGISTERS: Final[tuple[tuple[str, str], ...]] = (
    ("findings of `plan check`", "footfall.plan.findings:CODES"),
    ("findings of `plan check` about fixtures", "footfall.plan.fixtures:FIXTURE_CODES"),
    ("faults of messages", "footfall.plan.faults:FAULTS"),
    ("changes told by `plan diff`", "footfall.plan.diff.kinds:KINDS"),
    ("findings of `plan scan`", "footfall.plan.scan.judge:SCAN_CODES"),
    ("findings of `plan lock`", "footfall.plan.lock:LOCK_CODES"),
    ("findings of `plan observe`", "footfall.plan.observed.compare:CODES"),
    ("findings of `plan codegen` and `plan fmt`", "footfall.cli.plan.codes:COMMAND_CODES"),
    ("losses told by `plan export` and `plan import`", "footfall.plan.exchange.losses:LOSS_CODES"),
)
_LINT = "rules of `plan lint`"


class Explained(NamedTuple):
    """A code with what is said of it; `level` is "" where the code has none of its own."""

    kind: str
    code: str
    why: str
    remedy: str = ""
    level: str = ""


@click.command()
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Say why CODE is a finding, and what to do: a code in brackets at the end of a line, or the name of a lint rule.

    Without CODE, list them all.
    """
    known = tuple(_all())
    if code is None:
        echo("\n".join(_listed(known)))
        return
    found = [each for each in known if each.code == code]
    if not found:
        raise UsageError(f"there is no code {code!r}: {did_you_mean(code, (each.code for each in known))}")
    echo("\n\n".join(_told(each) for each in found))


def _all() -> Iterator[Explained]:
    for rule in installed_rules(taken=CODES):
        yield Explained(_LINT, rule.name, rule.reason, rule.fix, rule.level)
    for kind, where in REGISTERS:
        module, _, attribute = where.partition(":")
        register: Mapping[str, Any] = getattr(importlib.import_module(module), attribute)
        for code, row in register.items():
            if isinstance(row, str):
                yield Explained(kind, code, row)
            else:
                yield Explained(kind, code, row.why, row.remedy, row.level)


def _listed(known: tuple[Explained, ...]) -> Iterator[str]:
    for kind in dict.fromkeys(each.kind for each in known):
        group = sorted(each for each in known if each.kind == kind)
        yield f"{kind[:1].upper()}{kind[1:]}:"
        width = max(len(each.code) for each in group)
        yield from (f"  {each.code:{width}}  {each.why}" for each in group)
        yield ""
    yield "`footfall plan explain CODE` says what to do about one of them."


def _told(each: Explained) -> str:
    level = f" ({each.level})" if each.level else ""
    lines = [f"{each.code}{level}, one of the {each.kind}", f"  Why: {each.why}"]
    if each.remedy:
        lines.append(f"  What to do: {each.remedy[:1].upper()}{each.remedy[1:]}.")
    if each.kind == _LINT:
        lines.append(f"  To set its level in the plan: lint: {{{each.code}: error | warning | off}}")
        lines.append(f"  To take one part out, with a comment that says why: no_lint: [{each.code}]")
    return "\n".join(lines)

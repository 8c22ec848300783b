"""`footfall plan explain`: explains a finding, and says what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from footfall.cli.output import echo
from footfall.errors import UsageError
from footfall.plan.problems import did_you_mean
from footfall.reporting.plan.codes import LINT, Explained, explained

__all__ = ["command"]


@click.command()
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain why CODE is a finding, and what to do about it.

    CODE is the word in brackets at the end of a finding, or the name of a lint rule. Without it, all are listed.
    """
    known = tuple(explained())
    if code is None:
        echo("\n".join(_listed(known)))
        return
    found = [each for each in known if each.code == code]
    if not found:
        raise UsageError(f"there is no code {code!r}: {did_you_mean(code, (each.code for each in known))}")
    echo("\n\n".join(_told(each) for each in found))


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
    if each.kind == LINT:
        lines.append(f"  To set its level in the plan: lint: {{{each.code}: error | warning | off}}")
        lines.append(f"  To take one part out, with a comment that says why: no_lint: [{each.code}]")
    return "\n".join(lines)

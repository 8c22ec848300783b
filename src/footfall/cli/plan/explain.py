"""`footfall plan explain`: explains a finding, and says what to do about it."""

from __future__ import annotations

import click

from footfall.cli.output import echo
from footfall.errors import UsageError
from footfall.plan.problems import did_you_mean
from footfall.reporting.plan.codes import explain, explanations, list_codes

__all__ = ["command"]


@click.command()
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain why CODE is a finding, and what to do about it.

    CODE is the word in brackets at the end of a finding, or the name of a lint rule. Without it, all are listed.
    """
    if code is None:
        echo(list_codes())
        return
    matches = [each for each in explanations() if each.code == code]
    if not matches:
        raise UsageError(f"there is no code {code!r}: {did_you_mean(code, (each.code for each in explanations()))}")
    echo("\n\n".join(map(explain, matches)))

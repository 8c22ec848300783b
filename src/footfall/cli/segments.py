"""`footfall segments discover`: kinds of persons by what they do, which become segments of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from footfall.analytics.questions.discover import DiscoverOptions, DiscoverResult, discover
from footfall.cli.arrow_setup import let_numpy_load
from footfall.cli.output import echo
from footfall.cli.plan.output_files import write_file
from footfall.cli.question import answer_question, moment_options
from footfall.printable import counted

__all__ = ["command"]

_NONE = 1


@click.group("segments")
def command() -> None:
    """Find segments: kinds of persons who do alike."""


@command.command("discover")
@click.option(
    "--days", type=click.IntRange(1, 400), default=28, show_default=True,
    help="Look at so many days, and again at so many after them, which are the last.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path),
    help="Write the accepted ones to this file, as segments of a plan.",
)  # fmt: skip
@moment_options
def discover_command(*, days: int, output: Path | None, **shared: Any) -> None:
    """Find kinds of persons by what they did: when last, how often, on how many days, in which sessions, which events.

    As many kinds as are stable are looked for again in the days after, and each is written as a rule. A kind is
    accepted where it is found again, and its rule has its persons, by at least 60 %. None are shown where they are not
    stable, where chance finds as much, or of fewer than 300 persons.

    The exit code is 1 where -o has nothing to write. It needs the `discover` extra.
    """
    let_numpy_load()
    answer = answer_question(lambda _: discover(DiscoverOptions(days=days)), **shared)
    if output is None:
        return
    text = plan_text(answer.result)
    if text is None:
        echo(f"{output} was not written: no segment is accepted", err=True)
        raise click.exceptions.Exit(_NONE)
    write_file(output, text.encode())


def plan_text(result: DiscoverResult) -> str | None:
    """The accepted segments as a file of a plan; None where there is none."""
    accepted = [each for each in result.segments if each.is_accepted]
    if not accepted:
        return None
    days = f"from {result.begin.date()} to {result.middle.date()}, and again to {result.end.date()}"
    lines = [f"# Found among {counted(result.persons, 'person')} {days}.", "segments:"]
    for each in accepted:
        apart = ", ".join(each.apart).replace("_", " ") or "as most"
        facts = f"{each.share:.1%} of the persons. The rule has them by {each.rule_agreement:.0%}"
        lines += [
            f"  {each.name}:",
            f"    description: 'Found by what they do: {apart}; {facts}'",
            f"    who: {each.who}",
        ]
    return "\n".join([*lines, ""])

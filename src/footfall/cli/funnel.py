"""`footfall funnel`: of those who had one step, who had the next ones."""

from __future__ import annotations

from typing import Any

import click

from footfall.analytics import Question
from footfall.analytics.questions.funnel import funnel_like, funnel_options
from footfall.cli.question import answer_question, like_options, question_options
from footfall.errors import UsageError
from footfall.plan.model import Plan

__all__ = ["command"]


@click.command("funnel")
@click.argument("steps", nargs=-1, metavar="STEP...")
@click.option("--journey", metavar="NAME", help="The steps, the time and the window of a journey of the plan.")
@click.option(
    "--by", type=click.Choice(["user", "device"]), default=None,
    help="Who is counted.  [default: user, or as the journey says]",
)  # fmt: skip
@click.option(
    "--order", type=click.Choice(["ordered", "strict", "any"]), default="ordered", show_default=True,
    help="In order, in order with nothing else done between, or in any order.",
)  # fmt: skip
@click.option(
    "--entry", type=click.Choice(["first", "any", "each"]), default="first", show_default=True,
    help="The first entry of each person, the one of any that gets furthest, or each entry by itself.",
)  # fmt: skip
@click.option(
    "--ties", type=click.Choice(["allowed", "forbidden"]), default="allowed", show_default=True,
    help="Whether steps of equal times count as in order.",
)  # fmt: skip
@click.option("--within", metavar="DURATION|session", help="The time from the entry to any step.  [default: no limit]")
@click.option(
    "--step-within", multiple=True, metavar="N=DURATION", help="The time from the step before to step N: 2=1h.",
)  # fmt: skip
@click.option("--optional", multiple=True, type=int, metavar="N", help="Step N may be left out.")
@click.option(
    "--exclude", multiple=True, nargs=2, metavar="EVENT A-B", help="EVENT between steps A and B ends the entry there.",
)  # fmt: skip
@click.option(
    "--exclude-person", multiple=True, nargs=2, metavar="EVENT A-B",
    help="EVENT between steps A and B takes the person out of all figures.",
)  # fmt: skip
@click.option("--hold", multiple=True, metavar="VALUE", help="Each step has this property as the entry has it.")
@click.option(
    "--breakdown", metavar="VALUE",
    help="Cut by a property, context.campaign.name, traits.NAME, or segment:NAME,NAME.",
)  # fmt: skip
@click.option(
    "--attribution", default="first", show_default=True, metavar="first|last|N",
    help="By the first step with a value, the last one, or step N.",
)  # fmt: skip
@click.option(
    "--top", type=click.IntRange(1), default=10, show_default=True,
    help="So many values by themselves; the others together.",
)  # fmt: skip
@click.option("--dropped", type=int, metavar="N", help="List who reached the step before step N, and not step N.")
@like_options
@question_options
def command(
    *,
    steps: tuple[str, ...],
    ties: str,
    step_within: tuple[str, ...],
    like: str | None,
    keep: tuple[str, ...],
    **values: Any,
) -> None:
    """Show how many go on from STEP to STEP, how long it takes, and who does not go on.

    A STEP is an event of the plan, a call such as page, or * for any message, with conditions where you like, as in a
    plan: 'order_completed {total: {gte: 100}}'. The same step twice needs two messages.

    Each person counts once, by the first entry, where --entry does not say otherwise. Those who did not convert and
    have time left are open.
    """
    asked = {name: values.pop(name) for name in (
        "journey", "by", "order", "entry", "within", "optional", "exclude", "exclude_person", "hold", "breakdown",
        "attribution", "top", "dropped",
    )}  # fmt: skip
    limits = dict(_limit(text) for text in step_within)

    def ask(plan: Plan) -> Question[Any, Any]:
        options = funnel_options(plan, steps, step_within=limits, ties=ties == "allowed", **asked)
        return funnel_like(like, options, keep)

    answer_question(ask, **values)


def _limit(text: str) -> tuple[int, str]:
    number, sign, duration = text.partition("=")
    if not sign or not number.strip().isdecimal():
        raise UsageError(f"--step-within takes the number of a step and a duration, as 2=1h, not {text!r}")
    return int(number), duration.strip()

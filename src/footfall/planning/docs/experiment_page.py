"""The page of a plan's experiments: what each asks, of whom, and when it is decided."""

from __future__ import annotations

from collections.abc import Iterator

from footfall.plan.durations import format_duration
from footfall.plan.model import Experiment, Plan
from footfall.planning.diff.wording import say, say_where
from footfall.planning.docs.html import Markup, Part, element, joined, link
from footfall.printable import counted

__all__ = ["experiments_body"]


def experiments_body(plan: Plan) -> Markup:
    """The page below its title."""
    if not plan.experiments:
        return element("p", "The plan has none.", class_="soft")
    return joined(part for experiment in plan.experiments.values() for part in _experiment(experiment))


def _experiment(experiment: Experiment) -> Iterator[Markup]:
    yield element("h2", experiment.name)
    yield element("p", experiment.hypothesis, class_="lead")
    yield element("dl", *((element("dt", label), element("dd", text)) for label, text in _facts(experiment) if text))


def _facts(experiment: Experiment) -> Iterator[tuple[str, Part]]:
    exposure, stop = experiment.exposure, experiment.stop
    yield "Owner", experiment.owner
    yield "Since", experiment.started
    yield "Exposure", f"{exposure.event}{say_where(exposure.where)}; {exposure.variant} names the variant"
    yield "Variants", ", ".join(f"{name} {say(share)}" for name, share in experiment.variants.items())
    yield "Compares", _compared(experiment)
    yield "Within", format_duration(experiment.within)
    yield "Wanted", experiment.direction
    yield "Guardrails", ", ".join(experiment.guardrails)
    limits = [f"at {say(experiment.alpha)}", f"from {counted(stop.minimum, 'person')} of each variant on"]
    limits += [] if stop.maximum is None else [f"with {counted(stop.maximum, 'person')} in all at the latest"]
    limits += [] if stop.smallest is None else [f"a difference of less than {say(stop.smallest)} does not matter"]
    yield "Decided", "; ".join(limits)


def _compared(experiment: Experiment) -> Part:
    outcome = experiment.outcome
    if experiment.kpi is not None:
        return link(f"kpis/{experiment.kpi}.html", experiment.kpi)
    if outcome is None:
        return ""
    figure = f"the sum of {outcome.event}.{outcome.sum}" if outcome.sum else f"whether there is {outcome.event}"
    return f"{figure}{say_where(outcome.where)}"

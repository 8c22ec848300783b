"""An experiment's answer in words: its definition, its section of a text report, and its flat rows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from footfall.analytics.definitions import PERSONS, filter_text, window_text
from footfall.analytics.question import FlatTable
from footfall.analytics.questions.experiment.decision import Verdict
from footfall.analytics.questions.experiment.options import ExperimentFigure, ExperimentOptions
from footfall.analytics.questions.experiment.result import ComparedFigure, ExperimentResult, VariantResult
from footfall.analytics.sample_ratio import LEAST_EXPECTED, MISMATCH
from footfall.analytics.sections import (
    Amount,
    Cell,
    FigureDefinition,
    Section,
    Table,
    TableRow,
    alarm,
    plain,
    quiet,
    strong,
)
from footfall.analytics.window import Window
from footfall.plan.durations import format_duration
from footfall.plan.model import EventFilter
from footfall.printable import counted

__all__ = ["definition_of", "sections", "table"]


def definition_of(options: ExperimentOptions, window: Window, *, alpha: float, aim: int) -> str:
    """Who enters, what is compared, what the intervals are and who is left out."""
    experiment, within = options.experiment, format_duration(options.experiment.within)
    exposure = EventFilter(event=experiment.exposure.event, where=experiment.exposure.where)
    sentences = [
        (
            f"Entry: the first {filter_text(exposure)} of a person from {experiment.started} on, where it is in the "
            f"window; {experiment.exposure.variant} names the variant."
        ),
        (
            f"Compared: {_figure_text(options.figures[0])}, within {within} of the entry (that moment included, its "
            "end not). A person whose time is not over counts as open, and is in no figure."
        ),
        *(f"Guardrail {each.name}: {_figure_text(each)}." for each in options.figures[1:]),
        (
            "Left out: who saw two variants, whose first exposure was earlier, or whose variant is not named or not "
            "in the plan."
        ),
        (
            "Intervals are asymptotic confidence sequences (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, 2024), which "
            f"hold at every look: that of a variant at {1 - experiment.alpha}, that of a difference at "
            f"{1 - alpha:.6g}, so that together at most a share of {experiment.alpha} of experiments without a "
            f"difference is stopped. They are narrowest at {counted(aim, 'person')}."
        ),
        (
            f"The shares of persons are tested by chi-square, where {LEAST_EXPECTED} of each variant are expected; p "
            f"under {MISMATCH} blocks the reading."
        ),
        f"Entries by corrected time: {window_text(window)}.",
        PERSONS,
    ]
    return " ".join(sentences)


def _figure_text(asked: ExperimentFigure) -> str:
    figure = asked.figure
    messages = filter_text(EventFilter(event=figure.event, where=figure.where))
    return {
        "had": f"the share of persons with {messages}",
        "count": f"messages of {messages} per person",
        "sum": f"the exact sum of {figure.property} over {messages} per person",
    }[figure.form]


def sections(result: ExperimentResult) -> Iterator[Section]:
    """The decision, a row for each variant, then what a reader must know."""
    columns = ["variant", "persons", "open", "closed", result.figure, "at 1 - α", "less control", "at 1 - α"]
    rows = [_row(variant) for variant in result.variants]
    guardrails = [
        TableRow([[quiet(f"{each.name}, {variant.name}")], [], [], [], *_figures(each)])
        for variant in result.variants
        for each in variant.guardrails
    ]
    tone = alarm if result.decision.verdict in ("blocked", "harm") else strong
    left_out = (
        (result.crossed, "saw two variants"),
        (result.early, "were exposed earlier"),
        (result.unnamed, "saw none that was named"),
    )
    remarks: list[Cell] = [
        [tone(result.decision.verdict.replace("_", " ")), plain(": " + result.decision.reason)],
        *([quiet(f"{counted(count, 'person')} {what}: left out")] for count, what in left_out if count),
        *([alarm(remark)] for remark in result.remarks),
    ]
    yield Section(
        f"Experiment {result.name}: {result.hypothesis}",
        table=Table(columns, [*rows, *guardrails]),
        remarks=remarks,
        definition=FigureDefinition("experiment", result.definition),
    )


def _row(variant: VariantResult) -> TableRow:
    counts: list[Cell] = [[plain(number)] for number in (variant.exposed, variant.open, variant.closed)]
    return TableRow([[strong(variant.name)], *counts, *_figures(variant.outcome)])


def _figures(figure: ComparedFigure | None) -> list[Cell]:
    if figure is None:
        return []
    return [
        _amount(figure.mean),
        _between(figure.low, figure.high),
        _amount(figure.difference),
        _between(figure.difference_low, figure.difference_high),
    ]


def _amount(value: Decimal | None) -> Cell:
    return [] if value is None else [plain(Amount(_short(value)))]


def _between(low: Decimal | None, high: Decimal | None) -> Cell:
    return [] if low is None or high is None else [quiet(f"{_short(low)} to {_short(high)}")]


def _short(value: Decimal) -> Decimal:
    return round(value, 4)


def table(result: ExperimentResult) -> FlatTable:
    """A row for each variant and figure; the first figure is the one that decides. Empty cells where it is blocked.

    The verdict is beside the deciding figure of the variants that it is about; the control, which is first, has none.
    """
    rows = []
    for variant in result.variants:
        counts = (variant.name, float(variant.share), variant.exposed, variant.open, variant.closed)
        for place, figure in enumerate((variant.outcome, *variant.guardrails)):
            shown = figure or ComparedFigure(result.figure, None, None, None)
            bounds = (shown.low, shown.high, shown.difference, shown.difference_low, shown.difference_high)
            verdict = _verdict(result, variant) if place == 0 else None
            rows.append((*counts, shown.name, shown.mean, *bounds, verdict))
    columns = (
        "variant", "share", "exposed", "open", "closed", "figure", "mean", "low", "high", "difference",
        "difference_low", "difference_high", "verdict",
    )  # fmt: skip
    return FlatTable(columns, tuple(rows))


def _verdict(result: ExperimentResult, variant: VariantResult) -> Verdict | None:
    """What is decided of a variant; None of the control, and of those that the decision is not about."""
    decision, (control, *_) = result.decision, result.variants
    if variant.name == control.name:
        return None
    if decision.verdict in ("better", "harm") and variant.name != decision.variant:
        return None
    return decision.verdict

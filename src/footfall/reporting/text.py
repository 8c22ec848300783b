"""The picture of a report: for a terminal of any width from 80 columns, and for a pipe, with every number whole."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from footfall.analytics import GoalResult, JourneyResult, KpiResult, Overview, Report, StepResult, VolumeResult
from footfall.printable import counted, printable_lines
from footfall.reporting import overview as overview_text
from footfall.reporting import words

__all__ = ["show"]

_MOST_GROUPS = 12
_BAR = (8, 32)  # the narrowest and the widest
_BESIDE_THE_BAR = 70
_NAME = 20  # the least that the first column of a table may shrink to
_MET: Mapping[bool | None, tuple[str, str]] = {True: ("yes", "green"), False: ("no", "bold red"), None: ("–", "dim")}
# What a terminal that has no more than ASCII gets instead.
_ASCII = str.maketrans({"█": "#", "≥": ">", "≤": "<", "–": "-", "·": "|", "≈": "~", "→": ">", "…": "~"})

Row = Sequence[Text]


def show(report: Report, console: Console, place: str) -> None:
    """Print a report; `place` is where its data came from, as the reader named it."""
    with console.capture() as captured:
        _Picture(report, console).draw(place)
    text = "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())
    if not console.encoding.lower().startswith("utf"):
        text = text.translate(_ASCII).encode(console.encoding, "replace").decode(console.encoding)
    console.file.write(text)


class _Picture:
    def __init__(self, report: Report, console: Console) -> None:
        self._report = report
        self._console = console
        self._kpi_notes: dict[str, str] = {}
        self._notes: list[tuple[str, list[str]]] = []

    def draw(self, place: str) -> None:
        report = self._report
        self._head(place)
        if report.intake.quarantined:
            for line, style in overview_text.quarantine_lines(report.intake, place, has_plan=report.plan is not None):
                self._print(Text(line, style))
        if not report.data.messages:
            self._nothing(place)
            return
        self._hint()
        if report.overview is not None:
            self._overview(report.overview, place)
            return
        for goal in report.goals:
            self._goal(goal)
        named = {name for goal in report.goals for name in goal.kpis}
        others = [kpi for kpi in report.kpis if kpi.name not in named]
        if others:
            self._title("Other KPIs" if report.goals else "KPIs")
            self._kpis(others)
        for journey in report.journeys:
            self._journey(journey)
        if report.volumes:
            self._title("Expected volumes")
            self._volumes(report.volumes)
        if self._notes:
            self._title("How these numbers are made")
            self._footnotes()

    def _print(self, what: Text, indent: int = 0) -> None:
        self._console.print(Padding(_shown(what), (0, 0, 0, indent), expand=False))

    def _table(
        self, names: Sequence[str], rows: Sequence[Row], *, left: Sequence[int] = (0,), name: int = _NAME
    ) -> None:
        """The first column wraps; the others hold numbers, and stay whole even where the terminal is too narrow."""
        rows = [[_shown(cell) for cell in row] for row in rows]
        table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
        whole = [cell_len(row[0].plain) for row in rows if row[0].no_wrap]
        total = 0  # the indent of 2, less the last column's padding
        for place, title in enumerate(names):
            lines = [line for row in rows if place < len(row) for line in row[place].plain.split("\n")]
            widest = max(map(cell_len, [title, *lines]))
            least = min(widest, max([name, *whole])) if place == 0 else widest
            total += least + 2
            table.add_column(
                title, justify="left" if place in left else "right", no_wrap=place > 0, overflow="fold", min_width=least
            )
        for row in rows:
            table.add_row(*row)
        width = self._console.width
        self._console.width = max(width, total)  # print() itself takes no width beyond the console's
        self._console.print(Padding(table, (0, 0, 0, 2), expand=False), crop=False)
        self._console.width = width

    def _title(self, name: str, *verdicts: str, about: str = "") -> None:
        self._print(Text.assemble("\n", (name, "bold"), *((f" · {verdict}", "dim") for verdict in verdicts if verdict)))
        if about:
            self._print(Text(about, "dim"), 2)

    def _head(self, place: str) -> None:
        report, data = self._report, self._report.data
        self._print(Text(report.plan.id if report.plan else "no plan", "bold"))
        if report.plan and report.plan.description:
            self._print(Text(report.plan.description, "dim"))
        end = report.window.until or report.now
        own = (
            f"each figure's own, back from {end.strftime(words.MOMENT)}" if report.overview is None else "all there is"
        )
        held = " · ".join((
            counted(data.messages, "message"),
            counted(data.persons, "person"),
            counted(data.devices, "device"),
        ))  # fmt: skip
        table = Table.grid(padding=(0, 2))
        table.add_row(Text("data", "dim"), Text(f"{place}\n{held}"))
        if data.first and data.last:
            table.add_row(Text("from", "dim"), f"{data.first:{words.MOMENT}} to {data.last:{words.MOMENT}}")
        table.add_row(Text("intake", "dim"), overview_text.intake_line(report.intake))
        table.add_row(Text("window", "dim"), own if report.window.since is None else words.between(report.window))
        table.add_row(Text("clock", "dim"), report.window.timezone)
        self._console.print(table)

    def _nothing(self, place: str) -> None:
        """No message is stored; what else came in is not hidden behind that."""
        data, folder = self._report.data, shlex.quote(place)
        if data.quarantined or data.rejected:
            came = f"{data.quarantined:,} in quarantine and {data.rejected:,} rejected"
            self._print(Text(f"\nNo message is stored yet, so there is no figure. Of what came in, {came}.", "bold"))
            self._print(Text(f"The books by source and event: footfall stats --data {folder}"))
            self._print(Text(f"\n{self._report.intake.definition}", "dim"))
            return
        self._print(Text("\nThere is nothing to report yet: no message has come in here.", "bold"))
        self._print(
            Text(
                f"Start a collector on this folder (footfall serve --data {folder} --plan … --write-key …), "
                "point a client at it, and come back. Or see a whole report at once: footfall demo"
            )
        )

    def _overview(self, overview: Overview, place: str) -> None:
        shown = overview.periods[-overview_text.MOST_PERIODS :]
        self._title(f"What came in by {overview.per}")
        if len(shown) < len(overview.periods):
            self._print(Text(f"{len(overview.periods) - len(shown):,} earlier ones: --format json", "dim"), 2)
        names = (overview.per, "messages", "persons", "events", "sources")
        self._table(names, [overview_text.period_row(period, overview) for period in shown])
        for title, lines in (("event", overview.events), ("source", overview.sources)):
            self._title(f"By {title}")
            rows = [overview_text.name_row(line) for line in lines[: overview_text.MOST_NAMES]]
            self._table((title, "messages", "persons", "first", "last"), rows)
            if len(lines) > len(rows):
                self._print(Text(f"{len(lines) - len(rows):,} rarer ones: --format json", "dim"), 2)
        self._print(Text(f"\nIntake: {self._report.intake.definition}", "dim"))
        self._print(Text("\n" + "\n".join(overview_text.next_steps(place, has_plan=self._report.plan is not None))))

    def _hint(self) -> None:
        """Say so when all of the windows miss all of the data: zeros everywhere would puzzle a newcomer."""
        windows, data = [kpi.window for kpi in self._report.kpis], self._report.data
        if not windows or data.first is None or data.last is None:
            return
        if all(window.since is not None and data.last < window.since for window in windows):
            day = data.first.strftime("%Y-%m-%d")
            self._print(Text(f"\nEvery window begins after the data ends. For all of it: --since {day}", "yellow"))
        elif all(window.until is not None and data.first >= window.until for window in windows):
            self._print(Text("\nEvery window ends before the data begins; give a later --until.", "yellow"))

    def _note(self, name: str, definition: str) -> Text:
        entry = (name, _sentences(definition))
        if entry not in self._notes:
            self._notes.append(entry)
        return Text(f"[{self._notes.index(entry) + 1}]", "dim")

    def _goal(self, goal: GoalResult) -> None:
        verdict = f"{goal.met} of {counted(goal.of, 'target')} met" if goal.of else "no targets"
        self._title(f"Goal: {goal.name}", verdict, about=goal.description)
        self._kpis([kpi for name in goal.kpis for kpi in self._report.kpis if kpi.name == name])

    def _kpis(self, kpis: Sequence[KpiResult]) -> None:
        rows = [row for kpi in kpis for row in self._kpi(kpi)]
        if rows:
            self._table(("KPI", "value", "target", "met", "window", ""), rows)

    def _kpi(self, kpi: KpiResult) -> Iterator[Row]:
        share = words.is_share(kpi)
        name = Text.assemble((kpi.name, "bold"), (f"\n{kpi.question}" if kpi.question else "", "dim"))
        if kpi.drives:
            name.append(f"\ndrives {kpi.drives}", "dim")
        shown = Text(words.kpi_value(kpi, share=share), "bold")
        if kpi.of is not None and kpi.to is not None:
            shown.append(f"\n{words.number(kpi.of)} of {words.number(kpi.to)}", "dim")
        if kpi.unread:
            shown.append(f"\n{kpi.unread:,} unreadable", "red")
        goal = Text(words.target(kpi.target, share=share))
        met = _met(kpi.target.met) if kpi.target else Text("")
        yield (
            name,
            shown,
            goal,
            met,
            Text(words.span(kpi.window, self._report.now)),
            self._note(kpi.name, kpi.definition),
        )
        for row in kpi.rows[:_MOST_GROUPS]:
            label = ", ".join(map(words.key, row.group.values()))
            held = kpi.target is not None and kpi.target.group == label
            figure = Text(words.value(row.value, share=share, rounded=row.rounded))
            yield Text(f"  {label}").append(" (targeted)" if held else "", "dim"), figure
        if len(kpi.rows) > _MOST_GROUPS:
            yield (Text(f"  … {counted(len(kpi.rows) - _MOST_GROUPS, 'more group')}: --format json", "dim"),)
        by_name = {other.name: other for other in self._report.kpis}
        for guard in kpi.guardrails:
            other = by_name[guard.name]
            share = words.is_share(other)
            figure = Text(words.value(guard.value, share=share, rounded=other.rounded))
            goal = Text(words.target(other.target, share=share))
            yield Text(f"  guardrail: {guard.name}", "dim", no_wrap=True), figure, goal, _met(guard.met)

    def _journey(self, journey: JourneyResult) -> None:
        whom = "persons" if journey.by == "user" else "devices"
        self._title(
            f"Journey: {journey.name}",
            f"window {words.span(journey.window, self._report.now)}",
            about=journey.description,
        )
        width = min(max(_BAR[0], self._console.width - _BESIDE_THE_BAR), _BAR[1])
        names = ("step", "", whom, "of before", "expected", "met", "of first", "median")
        self._table(names, [_step(step, journey.entered, width) for step in journey.steps], left=(0, 1), name=10)
        for branch in journey.branches:
            way = " → ".join((branch.after, *branch.steps))
            note = f" ({branch.note})" if branch.note else ""
            self._print(Text.assemble((f"branch {branch.id}: ", "dim"), f"{branch.actors:,} more by {way}{note}"), 2)
        for guard in journey.never:
            met = (f"{guard.actors:,} of {guard.of:,}", "red" if guard.actors else "")
            about = f" had {guard.event} between {guard.start} and {guard.end}"
            self._print(Text.assemble((f"never {guard.name}: ", "dim"), met, about), 2)
        self._print(Text.assemble(("counted as in ", "dim"), self._note(journey.name, journey.definition)), 2)

    def _volumes(self, volumes: Sequence[VolumeResult]) -> None:
        rows = []
        alike = {found.definition: [v.event for v in volumes if v.definition == found.definition] for found in volumes}
        for found in volumes:
            periods = f"\nin {counted(found.periods, found.per)}"
            lowest = found.lowest_at.strftime(words.MOMENT) if found.lowest_at else ""
            highest = found.highest_at.strftime(words.MOMENT) if found.highest_at else ""
            rows.append((
                Text(found.event),
                Text(words.expected(found)).append(periods, "dim"),
                _met(found.met),
                _extreme(found.lowest, lowest),
                _extreme(found.highest, highest),
                self._note(f"volume of {', '.join(alike[found.definition])}", found.definition),
            ))  # fmt: skip
        self._table(("event", "expected", "met", "lowest", "highest", ""), rows, name=18)

    def _footnotes(self) -> None:
        """Each definition once: what a journey says, its KPIs do not; what several say comes at the end.

        But each figure keeps its own first sentence, which says what it is.
        """
        journeys = {journey.name for journey in self._report.journeys}
        told = {sentence for name, found in self._notes if name in journeys for sentence in found}
        own = [
            (name, found[:1], [s for s in found[1:] if name in journeys or s not in told])
            for name, found in self._notes
        ]
        often = Counter(sentence for _, _, more in own for sentence in more)
        table = Table.grid(padding=(0, 1))
        for number, (name, first, more) in enumerate(own, 1):
            text = " ".join([*first, *(s for s in more if often[s] == 1 and not s.startswith(_WINDOWS))])
            table.add_row(Text(f"[{number}]", "dim"), Text.assemble((f"{name}: ", "bold"), text))
        self._console.print(Padding(table, (0, 0, 0, 2), expand=False))
        zone = self._report.window.timezone
        general = [
            f"Windows go by corrected time on the clock of {zone}, begin included, end left out.",
            f"Intake: {self._report.intake.definition}",
            *(s for s, count in often.items() if count > 1 and not s.startswith(_WINDOWS)),
        ]
        self._print(Text("\n" + "\n".join(general)), 2)


_WINDOWS = ("Window by corrected time", "Entries by corrected time")


def _sentences(text: str) -> list[str]:
    return [part if part.endswith(".") else f"{part}." for part in text.split(". ") if part]


def _met(met: bool | None) -> Text:
    return Text(*_MET[met])


def _step(step: StepResult, entered: int, width: int) -> Row:
    length = -(-step.actors * width // entered) if entered else 0
    return (
        Text(step.id, "bold"),
        Text("█" * length + " " * (width - length), "cyan"),
        Text(f"{step.actors:,}", "bold"),
        Text(words.percent(step.conversion) if step.conversion is not None else ""),
        Text(f"≥ {words.percent(step.expect)}" if step.expect is not None else ""),
        _met(step.met) if step.expect is not None else Text(""),
        Text(words.percent(step.conversion_from_first) if step.conversion_from_first is not None else ""),
        Text(words.duration(step.median_seconds)),
    )


def _extreme(count: int | None, moment: str) -> Text:
    return Text("–") if count is None else Text.assemble((f"{count:,}", "bold"), (f"\n{moment}", "dim"))


def _shown(text: Text) -> Text:
    """The text with what a terminal would obey escaped, before rich measures it: an escape is wider than its cause."""
    plain = printable_lines(text.plain)
    return text if plain == text.plain else Text(plain, text.style, no_wrap=text.no_wrap, overflow=text.overflow)

"""A report as text: for a terminal of any width from 80 columns, and for a pipe, with every number whole."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from footfall.analytics.question import Report
from footfall.analytics.questions.intake import INTAKE, IntakeResult
from footfall.analytics.sections import (
    Bar,
    Cell,
    Command,
    FigureDefinition,
    Section,
    Table,
    TableRow,
    TargetMet,
    Tone,
    Value,
)
from footfall.printable import counted, printable_lines
from footfall.reporting.words import between, say
from footfall.storage.environments import PRODUCTION
from footfall.timestamps import MOMENT

__all__ = ["show"]

_BAR = (8, 32)  # the narrowest and the widest
_BESIDE_THE_BAR = 70
_NAME = (10, 20)  # what the first column of a table may shrink to, on a narrow terminal and else
_STYLES: Mapping[Tone, str] = {"plain": "", "strong": "bold", "quiet": "dim", "alarm": "red", "notice": "yellow"}
_MET: Mapping[bool | None, str] = {True: "green", False: "bold red", None: "dim"}
# What a terminal that has no more than ASCII gets instead.
_ASCII = str.maketrans({"█": "#", "≥": ">", "≤": "<", "–": "-", "·": "|", "≈": "~", "→": ">", "…": "~"})
# Sentences that the footnotes replace by one about all windows.
_WINDOWS = ("Window by corrected time", "Entries by corrected time")


def show(report: Report, console: Console, data: str, *, has_head: bool = True) -> None:
    """Print a report; `data` is where its data came from, as the reader named it.

    Without `has_head` it is not said again what the data and the window are.
    """
    with console.capture() as captured:
        _Page(report, console, data).print(has_head=has_head)
    text = "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())
    if not console.encoding.lower().startswith("utf"):
        text = text.translate(_ASCII).encode(console.encoding, "replace").decode(console.encoding)
    console.file.write(text)


class _Page:
    def __init__(self, report: Report, console: Console, data: str) -> None:
        self._report = report
        self._console = console
        self._data = data
        self._folder = shlex.quote(data)
        self._intake = report.get(INTAKE)
        self._definitions: list[FigureDefinition] = []

    def print(self, *, has_head: bool) -> None:
        sections = list(self._report.sections())
        if has_head:
            self._head()
        for section in sections:
            self._section(section)
        if not self._report.data.messages:
            self._nothing()
        elif self._definitions:
            self._footnotes({section.definition for section in sections if section.definition is not None})
        elif self._intake is not None:
            self._line(Text(f"\nIntake: {self._intake.definition}", "dim"))
        left_out = self._report.data.left_out
        if left_out is not None and (left_out.bots or left_out.staff):
            counts = (f"{left_out.bots:,} of bots (list {left_out.list})", f"{left_out.staff:,} of own people")
            self._line(Text(f"\nLeft out: {', '.join(counts)}; --include bots,staff has them too", "dim"))
        for name, number in self._report.data.elsewhere.items():
            self._line(Text(f"\nLeft out: {counted(number, 'message')} of {name} (--environment {name})", "dim"))

    def _line(self, text: Text, indent: int = 0) -> None:
        self._console.print(Padding(_escaped(text), (0, 0, 0, indent), expand=False))

    def _head(self) -> None:
        report, data = self._report, self._report.data
        self._line(Text(report.plan.id if report.plan else "no plan", "bold"))
        if report.plan and report.plan.description:
            self._line(Text(report.plan.description, "dim"))
        counts = ((data.messages, "message"), (data.persons, "person"), (data.devices, "connected product"))
        lines = [("data", f"{self._data}\n{' · '.join(counted(count, noun) for count, noun in counts)}")]
        if data.as_of is not None:
            lines.append(("as of", data.as_of.text))
        if data.environment != PRODUCTION:
            lines.append(("environment", data.environment))
        lines += [("damaged", loss) for loss in data.losses]
        if data.first and data.last:
            lines.append(("from", f"{data.first:{MOMENT}} to {data.last:{MOMENT}}"))
        if self._intake is not None:
            lines.append(("intake", _intake_text(self._intake)))
        lines += [("window", self._window()), ("clock", report.window.timezone)]
        grid = Grid.grid(padding=(0, 2))
        for name, text in lines:
            grid.add_row(Text(name, "dim"), Text(text))
        self._console.print(grid)

    def _window(self) -> str:
        report = self._report
        if report.window.since is not None:
            return between(report.window)
        if not any(question.is_named for question in report.questions):
            return "all there is" if report.window.until is None else f"all before {report.window.until:{MOMENT}}"
        return f"each figure's own, back from {report.window.until or report.now:{MOMENT}}"

    def _nothing(self) -> None:
        """Say that no message is stored, and how many came in but were not."""
        data = self._report.data
        if data.quarantined or data.rejected:
            came = f"{data.quarantined:,} in quarantine and {data.rejected:,} rejected"
            self._line(Text(f"\nNo message is stored yet, so there is no figure. Of what came in, {came}.", "bold"))
            self._line(Text(f"The books by source and event: footfall stats --data {self._folder}"))
            if self._intake is not None:
                self._line(Text(f"\n{self._intake.definition}", "dim"))
            return
        self._line(Text("\nThere is nothing to report yet: no message has come in here.", "bold"))
        self._line(
            Text(
                f"Make a key (footfall keys create --data {self._folder} --source NAME), "
                f"start a collector (footfall serve --data {self._folder} --plan PLAN), "
                "point a client at it, and come back. Or see a whole report at once: footfall demo"
            )
        )

    def _section(self, section: Section) -> None:
        self._title(Text(section.title, _STYLES[section.tone]), section.beside)
        if section.about:
            self._line(Text(section.about, "dim"), 2)
        if section.table is not None:
            self._table(section.table)
        for remark in section.remarks:
            self._line(self._text(remark), 2)
        if section.definition is not None:
            self._line(Text.assemble(("counted as in ", "dim"), self._note(section.definition)), 2)

    def _title(self, title: Text, beside: Cell = ()) -> None:
        self._line(Text.assemble("\n", title, *((" · ", "dim"), (self._text(beside).plain, "dim")) if beside else ()))

    def _text(self, cell: Cell) -> Text:
        return Text.assemble(*(self._value(value, _STYLES[phrase.tone]) for phrase in cell for value in phrase.values))

    def _value(self, value: Value, style: str) -> tuple[str, str]:
        if isinstance(value, Bar):
            length = -(-value.part * self._bar // value.whole) if value.whole else 0
            return "█" * length + " " * (self._bar - length), "cyan"
        if isinstance(value, Command):
            return value.text.format(data=self._folder), style
        return say(value), _MET[value.met] if isinstance(value, TargetMet) else style

    @property
    def _bar(self) -> int:
        return min(max(_BAR[0], self._console.width - _BESIDE_THE_BAR), _BAR[1])

    def _table(self, table: Table) -> None:
        """The first column wraps; the others have numbers, and stay whole even where the terminal is too narrow."""
        rows = [self._cells(row) for row in table.rows]
        columns = [*table.columns, *([""] if any(row.definition for row in table.rows) else [])]
        widths = [
            max(cell_len(line) for text in texts for line in text.plain.split("\n"))
            for texts in zip_longest(map(Text, columns), *rows, fillvalue=Text())
        ]
        grid = Grid(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
        for number, title in enumerate(columns):
            grid.add_column(
                title,
                justify="left" if number == 0 or _has_bar(table, number) else "right",
                no_wrap=number > 0,
                overflow="fold",
                min_width=widths[number] if number else self._name_width(widths, rows),
            )
        for row in rows:
            grid.add_row(*row)
        width = self._console.width
        needed = self._name_width(widths, rows) + sum(widths[1:]) + 2 * len(widths)  # less padding, and an indent
        self._console.width = max(width, needed)  # print() itself takes no width beyond the console's
        self._console.print(Padding(grid, (0, 0, 0, 2), expand=False), crop=False)
        self._console.width = width

    def _name_width(self, widths: Sequence[int], rows: Sequence[Sequence[Text]]) -> int:
        """The least width of the first column: it gives way to the others, but not below ten."""
        room = self._console.width - sum(widths[1:]) - 2 * len(widths)
        whole = [cell_len(row[0].plain) for row in rows if row[0].no_wrap]
        return min(widths[0], max(_NAME[0], min(room, _NAME[1]), *whole, 0))

    def _cells(self, row: TableRow) -> list[Text]:
        cells = [_escaped(self._text(cell)) for cell in row.cells]
        cells[0].no_wrap = row.is_whole
        if row.definition is not None:
            cells.append(self._note(row.definition))
        return cells

    def _note(self, definition: FigureDefinition) -> Text:
        if definition not in self._definitions:
            self._definitions.append(definition)
        return Text(f"[{self._definitions.index(definition) + 1}]", "dim")

    def _footnotes(self, of_sections: Collection[FigureDefinition]) -> None:
        """Each definition once. Others do not repeat a section's sentences; what several say comes at the end.

        The first sentence of each stays, as it says what the figure is.
        """
        self._title(Text("How these numbers are made", "bold"))
        sentences = {definition: _sentences(definition.text) for definition in self._definitions}
        of_section = {sentence for definition in of_sections for sentence in sentences[definition]}
        more = {
            definition: [
                text
                for text in texts[1:]
                if not text.startswith(_WINDOWS) and (definition in of_sections or text not in of_section)
            ]
            for definition, texts in sentences.items()
        }
        often = Counter(text for texts in more.values() for text in texts)
        grid = Grid.grid(padding=(0, 1))
        for number, (definition, texts) in enumerate(sentences.items(), 1):
            text = " ".join([*texts[:1], *(text for text in more[definition] if often[text] == 1)])
            grid.add_row(Text(f"[{number}]", "dim"), Text.assemble((f"{definition.name}: ", "bold"), text))
        self._console.print(Padding(grid, (0, 0, 0, 2), expand=False))
        zone = self._report.window.timezone
        general = [
            f"Windows go by corrected time on the clock of {zone}, begin included, end left out.",
            *([] if self._intake is None else [f"Intake: {self._intake.definition}"]),
            *(text for text, count in often.items() if count > 1),
        ]
        self._line(Text("\n" + "\n".join(general)), 2)


def _intake_text(intake: IntakeResult) -> str:
    counts = (
        (intake.stored, "stored"), (intake.quarantined, "in quarantine"), (intake.rejected, "rejected"),
        (intake.late, "late"),
    )  # fmt: skip
    return " · ".join(f"{count:,} {state}" for count, state in counts)


def _has_bar(table: Table, number: int) -> bool:
    cells = (row.cells[number] for row in table.rows if number < len(row.cells))
    return any(isinstance(value, Bar) for cell in cells for phrase in cell for value in phrase.values)


def _sentences(text: str) -> list[str]:
    return [part if part.endswith(".") else f"{part}." for part in text.split(". ") if part]


def _escaped(text: Text) -> Text:
    """The text with what a terminal would obey escaped, before rich measures it: an escape is wider than its cause."""
    plain = printable_lines(text.plain)
    return text if plain == text.plain else Text(plain, text.style, no_wrap=text.no_wrap, overflow=text.overflow)

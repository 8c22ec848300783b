"""`footfall export`: stored messages with their persons, for tools that are not footfall."""

from __future__ import annotations

import shlex
import sys
import textwrap
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

import click

from footfall import plan as plans
from footfall.analytics.earlier import EarlierMoment
from footfall.analytics.exports import (
    COLUMNS,
    FORMATS,
    MessageStream,
    Selection,
    write_days,
    write_excel_csv,
)
from footfall.analytics.stored_messages import StoredMessages
from footfall.analytics.window import Span, microseconds
from footfall.cli.data_option import data_option, environment_option, plan_option
from footfall.cli.output import echo, writing
from footfall.cli.time_param import TimeParam, as_of_option, moment
from footfall.clock import SystemClock
from footfall.disk import SystemDisk
from footfall.people.lookup import lookup
from footfall.plan.problems import did_you_mean
from footfall.printable import counted
from footfall.timestamps import local_time

__all__ = ["command"]

_DAMAGED = 1

# Paragraphs with \b keep their lines.
_COLUMNS_HELP = "\b\nColumns:\n" + "\n".join(
    textwrap.fill(f"{column:<20} {about}", 78, subsequent_indent=" " * 21) for column, about in COLUMNS.items()
)


@click.command("export", epilog=_COLUMNS_HELP)
@data_option
@plan_option("The plan that says who the persons are.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="jsonl", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write here; - is standard output.")
@click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark, so that Excel reads it as UTF-8.")
@click.option(
    "--event",
    "events",
    multiple=True,
    help="Only messages of this event, as the column `event` has it, or of this type: (page). May be repeated.",
)
@click.option("--since", type=TimeParam(), help="Only what occurred from this time on (2026-11-01, 7d, 12h).")
@click.option("--until", type=TimeParam(), help="Only what occurred before this time.")
@click.option("--received-since", type=TimeParam(), help="Only what was received from this time on.")
@click.option("--received-until", type=TimeParam(), help="Only what was received before this time.")
@click.option("--person", metavar="ID", help="Only messages of the persons behind this id of any kind.")
@click.option("--after", type=click.IntRange(0), default=0, metavar="SEQ", help="Go on after an earlier run.")
@as_of_option
@environment_option
@click.option(
    "--partition-by", type=click.Choice(["day"]),
    help="Write a file for each day of receipt (UTC) into the folder that -o names.",
)  # fmt: skip
def command(
    *, data: Path, plan: Path | None, form: str, output: Path | None, bom: bool, partition_by: str | None, **given: Any
) -> None:
    """Write out stored messages in order of receipt, with their person_id, and why they are theirs.

    Works while a collector runs, as of the moment when it starts. All formats have the same columns; what is absent is
    null in Parquet and empty elsewhere. In CSV a control character shows as its picture (␀, ␛), what overrides the
    direction of text as U+FFFD, and a cell that a spreadsheet would run begins with an apostrophe. A few lines of JSON
    lines and CSV come before their turn, so that readers that guess a column's type from the first lines guess right;
    `seq` has the order.

    The reason is explicit (it names the user), sole_owner (the only user ever identified on its device), same_session
    (the user of its session, on a device of several), contested (nobody was identified in that session), anonymous
    (nobody ever was on that device), device (a
    connected product's, never a person's), unconsented (only counted, as nobody agreed to more), bot, or blocked (no
    usable id). Messages of the last three are nobody's: each is alone. They and devices count as no person.

    The last line on standard error names the last seq. With --after and that number the next run goes on from there:
    together the runs have each message once. A message keeps the person_id that it had in its run, also where a later
    message shows whose it is; a run over everything has today's persons.

    With --partition-by day the file of a day is day=2026-11-29/messages.FORMAT. A run replaces whole days, those that
    --received-since and --received-until touch, or all. What was received on a day changes only when a message leaves
    the quarantine, is purged, or gets another person.

    With --as-of messages, persons and plan are as they were at that moment, less what was purged since.

    Exit code 0: all that was asked for is written. 1: a file of sealed messages is damaged; it is named, and all else
    is written, but no day of which messages are missing. 2: nothing is written. An --event that is neither in the plan
    nor stored, and a --person that nobody knows, is a line on standard error.
    """
    if str(output) == "-":
        output = None
    if output is None and form == "parquet" and sys.stdout.isatty():
        raise click.UsageError("Parquet is not for a terminal: name a file by -o, or send it on.")
    if bom and form != "csv":
        raise click.UsageError("--bom is for --format csv.")
    if partition_by and (output is None or given["after"]):
        raise click.UsageError("--partition-by needs a folder by -o, and goes without --after: it writes whole days.")
    write = write_excel_csv if bom else FORMATS[form]
    chosen = plans.read(plan).require() if plan is not None else None
    stored = StoredMessages.open(data, chosen, as_of=given["as_of"], environment=given["environment"])
    stream = MessageStream(stored)
    selection = _selection(stored, given)
    if output is None:
        with click.open_file("-", "wb") as out:
            write(stream, cast("IO[bytes]", out), selection)
            out.flush()  # an output that cannot be written ends here, with nothing more to say
    elif partition_by:
        with writing(output):
            days = write_days(stream, output, form, write, selection, SystemDisk())
        echo(f"{counted(days.messages, 'message')} written to {counted(days.files, 'day')} in {output}", err=True)
    else:
        # A whole file or none, for its owner alone: an export that breaks off leaves the old file as it was.
        with writing(output), SystemDisk().replacing(output, private=True) as file:
            messages = write(stream, file, selection)
        echo(f"{counted(messages, 'message')} written to {output}", err=True)
    earlier = stored.as_of and EarlierMoment.of(stored.as_of, stored.plan.timezone if stored.plan else "UTC")
    if earlier is not None:
        echo(f"as of {earlier.text}", err=True)
    if stored.quarantined:
        left_out = f"{counted(stored.quarantined, 'message')} in quarantine left out"
        echo(f"{left_out}: footfall quarantine list --data {shlex.quote(str(data))}", err=True)
    for note in _slips(data, stored, stream, given):
        echo(note, err=True)
    if stored.losses:
        echo("\n".join(loss.text for loss in stored.losses), err=True)
        raise click.exceptions.Exit(_DAMAGED)
    if not partition_by:
        echo(f"last seq {stream.last()}: --after {stream.last()} goes on from there", err=True)


def _slips(data: Path, stored: StoredMessages, stream: MessageStream, given: Mapping[str, Any]) -> Iterator[str]:
    """A line for each event and person that nobody knows: what is written does not show a slip in a name."""
    names = stream.event_names()
    for event in given["events"]:
        if event not in names:
            remedy = did_you_mean(event, names, "`footfall stats` names what came in")
            yield f"no event of the plan and no message is called {event!r}; {remedy}"
    if given["person"] is not None and not lookup(stored, given["person"]):
        yield f"{data} knows nobody as {given['person']!r}: it is no user, anonymous, device or person id there"


def _selection(stored: StoredMessages, given: Mapping[str, Any]) -> Selection:
    now = local_time(SystemClock().now_us() if stored.as_of is None else stored.as_of.at)
    timezone = stored.plan.timezone if stored.plan else "UTC"
    return Selection(
        events=frozenset(given["events"]) or None,
        occurred=_span(given["since"], given["until"], now, timezone),
        received=_span(given["received_since"], given["received_until"], now, timezone),
        persons=None if given["person"] is None else stored.person_ids(given["person"]),
        after=given["after"],
    )


def _span(since: str | None, until: str | None, now: datetime, timezone: str) -> Span:
    return Span(*(None if text is None else microseconds(moment(text, now), timezone) for text in (since, until)))

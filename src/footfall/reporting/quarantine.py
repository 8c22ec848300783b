"""What is in quarantine, the ways out of it, and what a replay did."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.markup import escape

from footfall.printable import counted, printable
from footfall.quarantine import EventReplay, Prospect, Quarantined, Replay
from footfall.storage.environments import KEPT_AS, line_source
from footfall.storage.journal import counter_name
from footfall.timestamps import MOMENT, local_time, parse_timestamp

__all__ = ["quarantined_markup", "replay_lines", "way_out_lines"]

_MOST_FAULTS = 3
_SIGNS: dict[Prospect, str] = {"now": "can be replayed", "plan": "", "never": "no plan can free it"}


def quarantined_markup(items: Iterable[Quarantined], timezone: str) -> Iterator[str]:
    """Each message with its faults, in rich's markup; times are on the clock of `timezone`."""
    for item in items:
        source = line_source(item.source, KEPT_AS.get(item.environment))
        event, message_id, source = map(_escaped, (counter_name(item.event, item.type), item.message_id, source))
        sign = f"  ({_SIGNS[item.replay]})" if _SIGNS[item.replay] else ""
        size = counted(item.body_bytes, "byte")
        received = local_time(parse_timestamp(item.received_at) or 0, timezone)
        yield f"{received:{MOMENT}}  {source}  [bold]{event}[/bold]  {message_id}  {size}{sign}"
        yield from (f"    {_escaped(str(fault))}" for fault in item.faults)


def _escaped(text: str) -> str:
    return escape(printable(text))


def way_out_lines(items: Sequence[Quarantined], number: int, data: Path) -> Iterator[str]:
    """How the listed messages, of `number` in quarantine, leave it: each way with its command."""
    again = f"footfall quarantine replay --data {shlex.quote(str(data))}"
    counts = Counter(item.replay for item in items)
    listed = "" if len(items) == number else f", {len(items):,} of them listed"
    yield f"\n{counted(number, 'message')} in quarantine{listed}:"
    if counts["now"]:
        yield f"  {counts['now']:,} would pass now. Store them: {again}"
    if counts["plan"]:
        yield f"  {counts['plan']:,} would pass another plan. Mend it, and try it: {again} --plan NEW --dry-run"
    if counts["never"]:
        yield f"  {counts['never']:,} cannot pass whatever the plan says. Have the sender mend and send again."


def replay_lines(result: Replay, command: str, report: str) -> Iterator[str]:
    """What a replay did; `command` does it without `--dry-run`, `report` shows what counts then."""
    by = "without a plan" if result.plan is None else f"by the plan {result.plan} ({(result.bundle or '')[:12]})"
    released, stay = ("would be released", "would stay") if result.is_dry_run else ("released", "staying")
    yield f"{counted(result.released + result.staying, 'message')} judged {by}"
    for event in result.events:
        yield from _event_lines(event, released, stay)
    more = f", {result.passed_over:,} not asked for" if result.passed_over else ""
    yield f"{result.released:,} {released}, {result.staying:,} {stay} in quarantine{more}"
    if result.truncated:
        was = "was" if result.truncated == 1 else "were"
        yield f"{result.truncated:,} {was} too large to be kept whole: have them sent again in smaller parts"
    if result.is_dry_run and result.released:
        yield f"Nothing was changed. To do it: {command}"
    elif result.released:
        yield f"They count now: {report}"
        if " --plan " in command:
            yield "The plan that judged them is the folder's newest: start the collector with it from now on."


def _event_lines(event: EventReplay, released: str, stay: str) -> Iterator[str]:
    parts = [f"{number:,} {word}" for number, word in ((event.released, released), (event.staying, stay)) if number]
    yield printable(f"  {event.event}: {', '.join(parts)}")
    for fault in event.faults[:_MOST_FAULTS]:
        yield printable(f"    {fault.messages:,} x {' '.join(part for part in (fault.path, fault.code) if part)}")
    if len(event.faults) > _MOST_FAULTS:
        yield f"    and {counted(len(event.faults) - _MOST_FAULTS, 'other fault')}"

"""What the demo shows at its end: the report, one person's story, the books, and what to try next."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from footfall import storage
from footfall.cli.demo.processes import FOOTFALL
from footfall.cli.output import echo
from footfall.collector.revalidation import faults_of
from footfall.query import Database
from footfall.query import open as open_data
from footfall.storage.journal import counter_name

__all__ = ["REASONS", "best_example", "page_views", "show_results", "story_of"]

REASONS = {
    "explicit": "they were signed in",
    "sole_owner": "nobody was signed in, and nobody else ever signed in on this browser",
    "same_session": "nobody was signed in; the browser is shared, and this is the visit in which they signed in",
}
_DECODER = msgspec.json.Decoder(float_hook=Decimal)  # amounts keep their digits
_DETAILS = ("sku", "total", "reason", "score", "method", "quantity")


# What became of whose page views; the first row that fits decides.
_Fits = Callable[[str, Mapping[str, Any]], bool]
_AUDIENCES: tuple[tuple[str, _Fits, str], ...] = (
    ("of a crawler", lambda reason, _: reason == "bot", "stored; in no figure without --include bots"),
    (
        "of people who refuse (GPC)",
        lambda reason, _: reason == "unconsented",
        "counted, of nobody: no id, the hour alone",
    ),
    ("by a campaign", lambda _, context: "campaign" in context, "of people, with the link that brought them"),
    ("of everybody else", lambda _reason, _context: True, "each of a person, by cookie or account"),
)


class StoryMessage(NamedTuple):
    """One message of a story: when (on the plan's clock), what it was, and the reason why it is this person's."""

    time: datetime
    what: str
    reason: str


def best_example(data: Database) -> tuple[str, str] | None:
    """Who has the most messages from before they were known, among those who then ordered: person_id and user_id."""
    rows = data.sql(
        "SELECT person_id, any_value(persons.user_id) FROM messages JOIN persons USING (person_id) GROUP BY person_id "
        "HAVING bool_or(event = 'order_completed') AND bool_or(reason = 'explicit') AND bool_or(reason <> 'explicit') "
        "ORDER BY count(*) FILTER (reason <> 'explicit') DESC, person_id LIMIT 1"
    ).rows
    return (rows[0][0], rows[0][1]) if rows else None


def story_of(data: Database, person_id: str) -> Iterator[StoryMessage]:
    """A person's messages in time, oldest first."""
    rows = data.sql(
        "SELECT occurred_at, type, event, message, reason FROM messages WHERE person_id = ? "
        "ORDER BY occurred_at, source, message_id",
        [person_id],
    )
    for occurred_at, kind, event, message, reason in rows:
        yield StoryMessage(occurred_at, _what(kind, event, message), reason)


def page_views(data: Database) -> Counter[tuple[str, str]]:
    """How many page views each kind of visitor had, and what became of them."""
    counts: Counter[tuple[str, str]] = Counter()
    for reason, body in data.sql("SELECT reason, message FROM messages WHERE type = 'page'"):
        context = _DECODER.decode(body).get("context") or {}
        counts[next((who, result) for who, fits, result in _AUDIENCES if fits(reason, context))] += 1
    return counts


def _what(kind: str, event: str | None, body: str) -> str:
    message: dict[str, Any] = _DECODER.decode(body)
    if kind != "track":
        return f"{kind} {message.get('name') or ''}".strip()
    properties = message.get("properties") or {}
    details = ", ".join(f"{name} {properties[name]}" for name in _DETAILS if properties.get(name) is not None)
    return f"{event} ({details})" if details else str(event)


def show_results(data: Path) -> None:
    """Run the reading commands on the demo's folder, each under the line that repeats it."""
    _heading("The report: every goal, KPI and journey of the plan")
    echo("Minutes of a visit took moments here, so read the times between steps with a smile.")
    _run("report", "--data", str(data), "--plan", str(data / "plan"))
    with open_data(data) as database:
        person = best_example(database)
        if person:
            _heading("One person, from anonymous to customer")
            _story(database, *person)
        _heading("Who else came, and what became of their page views")
        for (who, result), count in page_views(database).most_common():
            echo(f"  {count:>4} {who:<28} {result}")
        echo("Pages that were loaded in advance are no page views: below the books is what did not count.")
        echo("The shop's own people are in the foot of the report.")
    _heading("The books: received = stored + duplicate + quarantined + rejected")
    _run("stats", "--data", str(data))
    _heading("In quarantine, whole, until somebody looks")
    for line in _quarantined(data):
        echo(f"  {line}")
    _heading("Try next")
    _advice(data, person)


def _heading(text: str) -> None:
    echo()
    click.secho(text, bold=True)


def _run(*arguments: str) -> None:
    """Show a command and run it, as the reader would."""
    click.secho(f"$ footfall {shlex.join(arguments)}\n", dim=True)
    sys.stdout.flush()
    subprocess.run([sys.executable, *FOOTFALL, *arguments], check=True, stdin=subprocess.DEVNULL)  # noqa: S603 - ours


def _story(data: Database, person_id: str, user_id: str) -> None:
    messages = list(story_of(data, person_id))
    echo(f"person {person_id}, known to the shop as {user_id}\n")
    for message in messages:
        time = f"{message.time:%Y-%m-%d %H:%M:%S.%f}"[:-5]
        echo(f"  {time}  {message.what:<50} {message.reason}")
    echo("\nWhy each message is theirs:")
    for reason in dict.fromkeys(message.reason for message in messages):
        echo(f"  {reason:<14}{REASONS[reason]}")


def _quarantined(data: Path) -> list[str]:
    """How many messages are in quarantine for which faults, the most frequent first."""
    with storage.open(data, "read") as store, store.snapshot() as snapshot:
        counts = Counter(
            (counter_name(entry.row.event, entry.row.type), "; ".join(map(str, faults_of(entry.row))))
            for chunk in snapshot.scan("quarantined")
            for entry in chunk
        )
    return [f"{count:>4} x {event}: {faults}" for (event, faults), count in counts.most_common()]


def _advice(data: Path, person: tuple[str, str] | None) -> None:
    folder, plan = shlex.quote(str(data)), shlex.quote(str(data / "plan"))
    commands = [
        (
            f"footfall funnel product_viewed checkout_started order_completed --data {folder}",
            "how many go on to an order",
        ),
        (f"footfall retention order_completed --per week --data {folder}", "who orders again, by week"),
        (f"footfall persons --segment loyal_customers --data {folder}", "a segment of the plan, person by person"),
        (f"footfall attribution order_completed --sum total --model all --data {folder}", "what the campaigns brought"),
        (f"footfall journey purchase --between checkout buy --data {folder}", "what comes before giving up"),
        (f"footfall report --data {folder} --plan {plan} --format json", "the same figures for a program"),
        (f"footfall signals find --data {folder}", "whom to call, by the signals of the plan"),
        (f"footfall board shop_week --data {folder}", "several questions at once, as the plan has them"),
        (f"footfall web --data {folder}", "the shop's pages, visits and visitors"),
        (f"footfall campaigns --data {folder}", "their visits, and a link that was misspelt"),
        (f"footfall quarantine list --data {folder}", "what broke the plan, and how"),
        (f"footfall export --data {folder} --format csv", "every message with its person"),
        (f"footfall plan check {plan}", "the plan is yours: change it and read again"),
    ]
    if person:
        show = f"footfall person show {person[1]} --data {folder}"
        commands.insert(0, (show, "the person above, by the shop's own key"))
    width = max(len(command) for command, _ in commands)
    for command, purpose in commands:
        echo(f"  {command:<{width}}  # {purpose}")

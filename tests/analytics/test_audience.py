"""Bots and own people are known by what their messages say, judged as they are read, and left out of figures."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from tests.maintenance.folders import compact, seal

import footfall
from footfall.analytics import Dataset, report
from footfall.analytics.audience import audiences, included, left_out
from footfall.analytics.audience_rules import AUDIENCES
from footfall.analytics.exports import FORMATS, MessageStream, Selection
from footfall.analytics.persons import PersonsCache
from footfall.analytics.questions.overview import OVERVIEW
from footfall.analytics.stored_messages import StoredMessages
from footfall.collector import Collector
from footfall.errors import UsageError
from footfall.plan.model import Plan, Property, Staff
from footfall.storage.part import Part
from footfall.testing import ManualClock
from footfall.web.bots import list_version

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
STAFF = Staff(
    traits={"role": ("employee",), "badge": (7,)},
    email_domains=("fjordhome.example",),
    networks=("192.0.2.0/24", "203.0.113.0/28"),
)
PLAN = Plan(
    id="shop",
    staff=STAFF,
    traits={"user": (Property(name="work_address", wire_name="workAddress", type="string", format="email"),)},
)
State = Callable[[Path], object]

# What a message says, and of whom it is.
CASES: Mapping[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "people"),
    "browser": ({"context": {"userAgent": CHROME}}, "people"),
    "crawler": ({"context": {"userAgent": GOOGLEBOT}}, "bot"),
    "marked bot": ({"context": {"bot": {"reason": "crawler", "list": "0"}}}, "bot"),
    "marked by an old list, and with headers known better": (
        {"context": {"userAgent": CHROME, "http": {"accept": "text/html", "accept-language": "nb",
         "accept-encoding": "gzip", "sec-ch-ua": '"Chromium";v="141"', "sec-ch-ua-mobile": "?0",
         "sec-ch-ua-platform": '"Windows"', "sec-fetch-site": "none", "sec-fetch-mode": "navigate",
         "sec-fetch-dest": "document", "scheme": "https"}, "bot": {"reason": "odd_headers", "list": "0"}}},
        "people",
    ),
    "marked by its headers, which are gone": (
        {"context": {"userAgent": CHROME, "bot": {"reason": "no_headers", "list": "0"}}}, "bot",
    ),
    "own network, cut": ({"context": {"ip": "192.0.2.0"}}, "staff"),
    "own small network": ({"context": {"ip": "203.0.113.3"}}, "staff"),
    "cut, of own small network or a neighbour's": ({"context": {"ip": "203.0.113.0"}}, "people"),
    "marked staff": ({"context": {"staff": True, "userAgent": GOOGLEBOT}}, "staff"),
    "staff that is not true": ({"context": {"staff": "true"}}, "people"),
    "in the network": ({"context": {"ip": "192.0.2.77"}}, "staff"),
    "in another network": ({"context": {"ip": "198.51.100.7"}}, "people"),
    "an address of version 6": ({"context": {"ip": "2001:db8::1"}}, "people"),
    "no address": ({"context": {"ip": "office"}}, "people"),
    "an agent that is no text": ({"context": {"userAgent": {"x": 1}}}, "people"),
    "an agent in the properties": ({"properties": {"userAgent": GOOGLEBOT, "bot": True}}, "people"),
}  # fmt: skip


def collect(data: Path, messages: list[dict[str, Any]], *, context: Any = None) -> Path:
    clock = ManualClock(NOON)
    with Collector(data, clock=clock) as collector:
        collector.take(json.dumps({"batch": messages, "context": context}).encode(), source="web")
    return data


def track(number: int, **fields: Any) -> dict[str, Any]:
    at = f"2026-11-29T10:{number % 60:02}:00Z"
    return {
        "type": "track",
        "event": "seen",
        "messageId": f"m{number}",
        "timestamp": at,
        "userId": f"u{number}",
    } | fields


def untouched(_: Path) -> None:
    """What is not sealed yet."""


def compacted(data: Path) -> None:
    for _ in range(2):
        seal(data)
        compact(data)
        collect(data, [track(900, messageId="last")])


def judged(data: Path, plan: Plan | None = PLAN) -> Mapping[str, str]:
    """The audience of each message, by its id."""
    with Dataset.open(data, plan) as dataset:
        columns = audiences(dataset.parts, lambda: dataset.persons, plan)
        audience: dict[str, str] = {}
        for part, column in zip(dataset.parts, columns, strict=True):
            numbers = [0] * part.messages if column is None else column.to_pylist()
            ids = part.read(["message_id"]).column(0).to_pylist()
            audience |= {id_: AUDIENCES[number] for id_, number in zip(ids, numbers, strict=True)}
        return audience


@pytest.mark.parametrize("state", [untouched, seal, compacted], ids=["unsealed", "sealed", "compacted"])
def test_each_message_is_judged_by_what_it_says_in_every_state(state: State, tmp_path: Path) -> None:
    data = collect(tmp_path, [track(number, **fields) for number, (fields, _) in enumerate(CASES.values())])
    state(data)

    audience = judged(data)
    assert {name: audience[f"m{number}"] for number, name in enumerate(CASES)} == {
        name: expected for name, (_, expected) in CASES.items()
    }


@pytest.mark.parametrize("state", [untouched, seal], ids=["unsealed", "sealed"])
def test_page_views_that_come_faster_than_a_person_can_open_pages_are_a_bots(state: State, tmp_path: Path) -> None:
    def page(number: int, visitor: str, at: str) -> dict[str, Any]:
        return {"type": "page", "name": f"/{number % 3}", "messageId": f"{visitor}{number}", "anonymousId": visitor,
                "timestamp": at, "context": {"userAgent": CHROME}}  # fmt: skip

    fast = [page(number, "fast", f"2026-11-29T10:00:00.{number:03}Z") for number in range(20)]
    slow = [page(number, "slow", f"2026-11-29T10:00:{number:02}Z") for number in range(20)]
    data = collect(tmp_path, [*fast, *slow, page(99, "fast", "2026-11-29T10:30:00Z"), track(1, anonymousId="fast")])
    state(data)

    audience = judged(data)
    assert {id_ for id_, name in audience.items() if name == "bot"} == {message["messageId"] for message in fast}


def test_a_message_without_a_context_has_that_of_its_batch(tmp_path: Path) -> None:
    own = {"context": {"userAgent": CHROME}}
    data = collect(tmp_path, [track(1), track(2, **own)], context={"userAgent": GOOGLEBOT})

    assert judged(data) == {"m1": "bot", "m2": "people"}


@pytest.mark.parametrize(
    ("traits", "expected"),
    [
        ({"role": "employee"}, "staff"),
        ({"badge": 7}, "staff"),
        ({"badge": "7"}, "people"),
        ({"badge": True}, "people"),
        ({"email": "kari@FJORDHOME.example"}, "staff"),
        ({"email": "kari@other.example"}, "people"),
        ({"email": "fjordhome.example@other.example"}, "people"),
        ({"workAddress": "ola@fjordhome.example"}, "staff"),
        ({"workAddress": 7}, "people"),
    ],
)
def test_who_says_once_that_they_are_of_the_team_is_so_in_all_their_messages(
    traits: dict[str, Any], expected: str, tmp_path: Path
) -> None:
    identify = {"type": "identify", "messageId": "who", "userId": "u1", "anonymousId": "a", "traits": traits}
    before = {"type": "page", "messageId": "before", "anonymousId": "a", "timestamp": "2026-11-29T09:00:00Z"}
    data = collect(tmp_path, [before, track(1), identify, track(2)])

    assert judged(data) == {"before": expected, "m1": expected, "who": expected, "m2": "people"}


@pytest.mark.parametrize("state", [untouched, seal], ids=["unsealed", "sealed"])
def test_page_views_that_come_too_fast_are_a_bots_and_what_else_the_visitor_does_is_not(
    state: State, tmp_path: Path
) -> None:
    browser = {"context": {"userAgent": CHROME}, "anonymousId": "a"}
    pages = [
        {"type": "page", "messageId": f"p{number}", "timestamp": f"2026-11-29T10:00:00.{number:03}Z", **browser}
        for number in range(25)
    ]
    later = {"type": "page", "messageId": "later", "timestamp": "2026-11-29T10:30:00Z", **browser}
    data = collect(tmp_path, [*pages, later, track(1, userId=None, anonymousId="a")])
    state(data)

    audience = judged(data)
    assert {audience[f"p{number}"] for number in range(25)} == {"bot"}
    assert (audience["later"], audience["m1"]) == ("people", "people")


def test_a_burst_is_the_same_wherever_its_views_are_stored(tmp_path: Path) -> None:
    browser = {"context": {"userAgent": CHROME}, "anonymousId": "a"}
    pages = [
        {"type": "page", "messageId": f"p{number}", "timestamp": f"2026-11-29T10:00:00.{number:03}Z", **browser}
        for number in range(25)
    ]
    data = collect(tmp_path, pages[:12])
    seal(data)
    collect(data, pages[12:])

    assert {*judged(data).values()} == {"bot"}


def test_without_a_plan_only_marks_and_agents_count(tmp_path: Path) -> None:
    data = collect(tmp_path, [track(1, context={"ip": "192.0.2.7"}), track(2, context={"staff": True})])

    assert judged(data, None) == {"m1": "people", "m2": "staff"}


def figures(data: Path, *include: str) -> tuple[int, int, Mapping[str, int]]:
    with Dataset.open(data, PLAN) as dataset:
        answers = report(dataset, None, now=NOON, include=include)
    overview = answers[OVERVIEW]
    assert overview is not None
    return answers.data.messages, answers.data.persons, {each.name: each.messages for each in overview.events}


@pytest.mark.parametrize("state", [untouched, seal], ids=["unsealed", "sealed"])
def test_figures_leave_out_bots_and_own_people_unless_they_are_included(state: State, tmp_path: Path) -> None:
    # u1 is a person, and a crawler once; the device u2 had is left by a person of the team alone.
    messages = [
        track(1), track(2, userId="u1", context={"userAgent": GOOGLEBOT}),
        track(3, userId="u3", context={"bot": {"reason": "ai"}}), track(4, userId="u4", context={"staff": True}),
        track(5, userId=None, anonymousId="a5"),
    ]  # fmt: skip
    data = collect(tmp_path, messages)
    state(data)

    assert figures(data) == (2, 2, {"seen": 2})
    assert figures(data, "staff") == (3, 3, {"seen": 3})
    assert figures(data, "bots") == (4, 3, {"seen": 4})
    assert figures(data, "bots", "staff") == (5, 4, {"seen": 5})


def test_the_report_says_how_many_messages_it_leaves_out_and_by_which_list(tmp_path: Path) -> None:
    data = collect(tmp_path, [track(number, **fields) for number, (fields, _) in enumerate(CASES.values())])
    with Dataset.open(data, PLAN) as dataset:
        answers = [report(dataset, None, now=NOON, include=include).data.left_out for include in ((), ("bots",))]

    assert [(each.bots, each.staff, each.list) for each in answers if each is not None] == [
        (3, 4, list_version()), (0, 4, list_version()),
    ]  # fmt: skip


@pytest.mark.parametrize("state", [untouched, seal], ids=["unsealed", "sealed"])
def test_sql_and_exports_leave_nobody_out_and_say_of_whom_each_message_is(state: State, tmp_path: Path) -> None:
    data = collect(tmp_path, [track(number, **fields) for number, (fields, _) in enumerate(CASES.values())])
    state(data)
    with footfall.open(data, PLAN) as database:
        rows = dict(iter(database.sql("SELECT message_id, audience FROM messages")))
    output = io.BytesIO()
    FORMATS["jsonl"](MessageStream(StoredMessages.open(data, PLAN)), output, Selection())
    lines = {line["message_id"]: line["audience"] for line in map(json.loads, output.getvalue().splitlines())}

    assert rows == lines == {f"m{number}": expected for number, (_, expected) in enumerate(CASES.values())}


def test_where_nobody_says_who_they_are_nothing_is_selected(tmp_path: Path) -> None:
    data = collect(tmp_path, [track(number) for number in range(3)])
    seal(data)
    with Dataset.open(data, PLAN) as dataset:
        columns = audiences(dataset.parts, lambda: pytest.fail("nobody has to be known"), Plan(id="shop"))
        among = dataset.among(included(()), PLAN)

        assert columns == [None]
        assert among is dataset
        assert left_out(columns, included(())).bots == 0


def test_who_may_be_included_is_said_where_a_word_is_unknown() -> None:
    assert included(["bots"]) == {"people", "bot"}
    with pytest.raises(UsageError, match="nobody is called 'robots' there; include bots or staff"):
        included(["robots"])


@pytest.mark.parametrize("agent", [GOOGLEBOT, CHROME, None])
def test_what_a_sealed_file_says_is_read_once_and_judged_each_time(tmp_path: Path, agent: str | None) -> None:
    context = {"ip": "192.0.2.7"} | ({} if agent is None else {"userAgent": agent})
    with Collector(tmp_path / "data") as collector:
        page = {"type": "page", "name": "Home", "userId": "ann", "context": context}
        collector.take(json.dumps({"batch": [page]}).encode())
    seal(tmp_path / "data")
    with Dataset.open(tmp_path / "data") as dataset:
        (part,), persons = dataset.parts, dataset.persons
    cache, first = PersonsCache(tmp_path / "cache"), ReadPart(part)
    plans = [Plan(id="shop"), Plan(id="shop", staff=Staff(networks=("192.0.2.0/24",)))]

    columns = [audiences([cast("Part", first)], lambda: persons, plan, cache) for plan in plans]

    assert first.reads.count(("marks",)) == 1
    assert columns == [audiences([part], lambda: persons, plan) for plan in plans]
    assert columns[1][0].to_pylist() == [AUDIENCES.index("staff")]


class ReadPart:
    """A part that knows which columns were read of it."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self.reads: list[tuple[str, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._part, name)

    def read(self, columns: Sequence[str], start: int = 0, stop: int | None = None) -> Any:
        self.reads.append(tuple(columns))
        return self._part.read(columns, start, stop)

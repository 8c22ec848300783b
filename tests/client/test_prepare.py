"""Prepare: ids of any type, and values that answer badly, in every place where a caller may hand one in; and that the
page view of an integration becomes the same bytes by few steps as by all.
"""

from __future__ import annotations

import enum
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.client.hostile import hostile_values
from tests.web.sites import plan

from footfall import Client, Receipt
from footfall.client.event_policy import EventPolicy, PlanEventPolicy
from footfall.client.message import Hook, SitePage
from footfall.client.prepare import Preparer
from footfall.client.scope import NO_SCOPE
from footfall.encoding_plain import json_text
from footfall.plan.model import Page, Property
from footfall.testing import ManualClock, Recorder

Call = Callable[[Client, Any], Receipt]


def in_a_scope(client: Client, **said: Any) -> Receipt:
    with client.scope(**said):
        return client.track("a", context={"b": 1})


PLACES: Mapping[str, Call] = {
    "event": lambda client, value: client.track(value, user_id="ann"),
    "properties": lambda client, value: client.track("a", value, user_id="ann"),
    "property": lambda client, value: client.track("a", {"b": value}, user_id="ann"),
    "user_id": lambda client, value: client.track("a", user_id=value),
    "anonymous_id": lambda client, value: client.track("a", anonymous_id=value),
    "timestamp": lambda client, value: client.track("a", user_id="ann", timestamp=value),
    "message_id": lambda client, value: client.track("a", user_id="ann", message_id=value),
    "context": lambda client, value: client.track("a", user_id="ann", context=value),
    "context of nobody": lambda client, value: client.track("a", context=value),
    "our part of the context": lambda client, value: client.track("a", user_id="ann", context={"client": value}),
    "device": lambda client, value: client.track("a", context={"device": {"id": value}}),
    "another order": lambda client, value: client.track(value, value, value),  # type: ignore[call-overload]
    "identify": lambda client, value: client.identify(value),
    "traits": lambda client, value: client.identify("ann", value),
    "page": lambda client, value: client.page(value, user_id="ann"),
    "category": lambda client, value: client.page("p", category=value, user_id="ann"),
    "group": lambda client, value: client.group(value, user_id="ann"),
    "previous_id": lambda client, value: client.alias(value, "ann"),
    "alias": lambda client, value: client.alias("ann", value),
    "reset": lambda client, value: client.reset(anonymous_id=value),
    "a scope's user": lambda client, value: in_a_scope(client, user_id=value),
    "a scope's context": lambda client, value: in_a_scope(client, user_id="ann", context=value),
}


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def client(recorder: Recorder) -> Iterator[Client]:
    with Client(recorder) as client:
        yield client


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("hooks", [[], [lambda message: message]], ids=["plain", "hooked"])
def test_no_value_is_a_defect_of_ours_wherever_it_is_handed_in(
    place: str, hooks: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    with Client(Recorder(), hooks=hooks) as client:
        reasons = {PLACES[place](client, value).reason for value in hostile_values()}

    assert "internal" not in reasons
    assert reasons <= {None, "invalid", "hook", "argument_order", "unencodable"}
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    ("place", "path"),
    [("user_id", "userId"), ("event", "event"), ("timestamp", "timestamp"), ("previous_id", "previousId")],
)
def test_a_value_that_cannot_be_compared_is_invalid_and_the_fault_names_its_place(
    client: Client, place: str, path: str
) -> None:
    receipt = PLACES[place](client, hostile_values()[0])

    assert receipt.reason == "invalid"
    assert [(fault.path, fault.code) for fault in receipt.faults] == [(path, "type")]


class Account(int, enum.Enum):
    MAIN = 7


@pytest.mark.parametrize("value", [7, Account.MAIN, np.int64(7), 7.0, np.float64(7.0)])
def test_a_whole_number_of_any_type_is_its_digits_in_every_place_of_an_id(
    client: Client, recorder: Recorder, value: Any
) -> None:
    client.track("a", user_id=value, anonymous_id=value)
    client.group(value, user_id=value)
    client.alias(value, value)
    client.flush()

    ids = ("userId", "anonymousId", "groupId", "previousId")
    sent = [message[name] for message in recorder.messages for name in ids if name in message]
    assert sent == ["7"] * 6


def test_a_float_as_an_id_is_a_warning_and_even_a_strict_client_sends_it(recorder: Recorder) -> None:
    with Client(recorder, on_invalid="drop") as client:
        receipt = client.track("a", user_id=12345.0)  # type: ignore[call-overload]  # on purpose

    assert [(fault.path, fault.code, fault.got) for fault in receipt.faults] == [("userId", "float_id", "float")]
    assert [message["userId"] for message in recorder.messages] == ["12345"]
    assert "violations" not in recorder.messages[0]["context"]


def test_a_zero_is_a_placeholder_in_every_type(client: Client) -> None:
    zeros: list[Any] = [0, 0.0, "00", "-0", np.int8(0)]

    assert [client.track("a", user_id=zero).faults[-1].code for zero in zeros] == ["no_usable_id"] * 5


class Key(enum.StrEnum):
    CLIENT = "client"


def test_our_part_of_the_context_is_left_out_whatever_the_type_of_its_key(client: Client, recorder: Recorder) -> None:
    receipt = client.track("a", user_id="ann", context={Key.CLIENT: {"id": "x"}, "page": {"client": "y"}})
    client.flush()

    assert [(fault.path, fault.code) for fault in receipt.faults] == [("context.client", "reserved")]
    assert recorder.messages[0]["context"]["page"] == {"client": "y"}
    assert recorder.messages[0]["context"]["client"]["seq"] == 1


class PlainSource(msgspec.Struct):
    """The context of a page view, and its JSON where it has one."""

    context: Mapping[str, Any]

    @property
    def context_text(self) -> bytes | None:
        try:
            return json_text(self.context)[1:-1]
        except TypeError:
            return None


STATED = {"consent": {"categoryPreferences": {"statistics": True, "marketing": False}}}
TEXT = st.text(max_size=8) | st.sampled_from(["", "\ud800", "guest", "0", "a\u2028\x7f\x00b", '"\\'])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
PAGE = SitePage("/orders/{id}", {"status": 200}, PlainSource(STATED), anonymous_id="a")
PAGES = st.builds(
    SitePage,
    TEXT,
    st.dictionaries(TEXT, VALUES, max_size=3),
    st.dictionaries(TEXT, VALUES, max_size=2).map(lambda more: PlainSource({**more, **STATED})),
    st.none() | TEXT,
    st.none() | TEXT,
    st.none() | st.integers(-2_208_988_800_000_000, 7_258_118_399_999_999),
)
POLICIES = (EventPolicy(None), PlanEventPolicy(plan(), None, None))
REFUSED = {"consent": {"categoryPreferences": {"statistics": False, "marketing": False}}}
BOT = {"reason": "crawler", "list": "12"}
COUNTED = msgspec.structs.replace(PAGE, source=PlainSource(REFUSED), is_full=False)
MARKS = st.fixed_dictionaries({}, optional={
    "bot": VALUES | st.just(BOT), "staff": VALUES | st.just(True), "page": VALUES,
})  # fmt: skip
COUNTED_PAGES = st.builds(
    msgspec.structs.replace,
    PAGES,
    source=MARKS.map(lambda more: PlainSource({**more, **REFUSED})),
    properties=st.fixed_dictionaries(
        {},
        optional={
            "status": VALUES | st.integers(100, 599), "origin": VALUES | st.just("search"), "embedded": VALUES,
            "teaser": VALUES, "title": VALUES,
        },
    ),
    is_full=st.just(False),
)  # fmt: skip
TEASER = Property(name="teaser", type="string", sensitivity="public")
COUNTING = (
    POLICIES[1],
    PlanEventPolicy(
        msgspec.structs.replace(plan(), pages={"page:/": Page(name="page:/", properties=(TEASER,))}), "drop", None
    ),
)


def preparer(policy: EventPolicy = POLICIES[0], hooks: tuple[Hook, ...] = (), max_bytes: int = 32_768) -> Preparer:
    return Preparer(policy, hooks=hooks, clock=ManualClock(), max_bytes=max_bytes, client_id="c")


@given(PAGES)
@example(PAGE)
@example(msgspec.structs.replace(PAGE, user_id="ann", at_us=1))
@example(msgspec.structs.replace(PAGE, user_id="guest"))
@example(msgspec.structs.replace(PAGE, name="\ud800"))
@example(msgspec.structs.replace(PAGE, properties={"status": 2**64}))
@pytest.mark.parametrize("policy", POLICIES, ids=["no plan", "plan"])
def test_a_page_by_few_steps_has_the_bytes_that_all_steps_give_it(policy: EventPolicy, page: SitePage) -> None:
    ready = preparer(policy).prepare_page(page)

    assert ready is None or ready == preparer(policy).prepare(page.message(), NO_SCOPE)


@pytest.mark.parametrize("policy", POLICIES, ids=["no plan", "plan"])
def test_few_steps_are_enough_for_a_page_of_a_visitor_a_user_or_a_bot(policy: EventPolicy) -> None:
    bot = PlainSource({**STATED, "bot": {"reason": "crawler"}})
    pages = [
        PAGE,
        msgspec.structs.replace(PAGE, user_id="ann", at_us=1),
        msgspec.structs.replace(PAGE, source=bot, anonymous_id=None, is_of_bot=True),
    ]

    ready = [preparer(policy).prepare_page(page) for page in pages]

    assert ready == [preparer(policy).prepare(page.message(), NO_SCOPE) for page in pages]


@given(COUNTED_PAGES)
@example(COUNTED)
@example(msgspec.structs.replace(COUNTED, at_us=-1, source=PlainSource({**REFUSED, "bot": BOT, "staff": True})))
@example(msgspec.structs.replace(COUNTED, name="/", properties={"teaser": "a", "status": 200, "title": "b"}))
@example(msgspec.structs.replace(COUNTED, name="\ud800"))
@example(msgspec.structs.replace(COUNTED, properties={"title": "\ud800"}))
@pytest.mark.parametrize("policy", COUNTING, ids=["plan", "plan with a page"])
def test_a_page_that_is_only_counted_has_the_bytes_that_all_steps_give_it(policy: EventPolicy, page: SitePage) -> None:
    ready = preparer(policy).prepare_page(page)

    assert ready is None or ready == preparer(policy).prepare(page.message(), NO_SCOPE)


@pytest.mark.parametrize("changed", [
    {}, {"anonymous_id": None}, {"user_id": "guest"}, {"at_us": 1}, {"is_of_bot": True},
    {"source": PlainSource({**REFUSED, "bot": BOT})},
])  # fmt: skip
def test_few_steps_are_enough_for_a_page_that_is_only_counted(changed: Mapping[str, Any]) -> None:
    page = msgspec.structs.replace(COUNTED, **changed)

    ready = preparer(POLICIES[1]).prepare_page(page)

    assert ready is not None
    assert ready == preparer(POLICIES[1]).prepare(page.message(), NO_SCOPE)


@pytest.mark.parametrize("changed", [
    {"name": ""}, {"name": "\ud800"}, {"properties": {"title": "\ud800"}},
    {"source": PlainSource({**REFUSED, "page": "\ud800"})},
])  # fmt: skip
def test_a_page_that_is_only_counted_and_needs_care_gets_it(changed: Mapping[str, Any]) -> None:
    assert preparer(POLICIES[1]).prepare_page(msgspec.structs.replace(COUNTED, **changed)) is None


def test_a_client_without_consent_makes_no_page_that_is_only_counted() -> None:
    assert preparer(POLICIES[0]).prepare_page(COUNTED) is None


@pytest.mark.parametrize("changed", [
    {"anonymous_id": None}, {"anonymous_id": ""}, {"name": ""}, {"user_id": "guest"},
    {"name": "\ud800"}, {"source": PlainSource({"page": "\ud800"})},
])  # fmt: skip
def test_a_page_that_needs_care_gets_it(changed: Mapping[str, Any]) -> None:
    assert preparer().prepare_page(msgspec.structs.replace(PAGE, **changed)) is None


def test_hooks_and_a_small_limit_see_every_page() -> None:
    assert preparer(hooks=(lambda message: message,)).prepare_page(PAGE) is None
    assert preparer(max_bytes=200).prepare_page(PAGE) is None
    assert preparer(POLICIES[1], max_bytes=200).prepare_page(COUNTED) is None

"""Random logs for the identity tests: small worlds in which everybody meets, salted with the cases that are hard.

Hypothesis alone would seldom put three users on one device or close a ring of aliases, so each hard case is a pinch of
its own that a draw may add. `HARD_CASES` says what must be drawn, and tests look for each of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
from hypothesis import Phase, settings
from hypothesis import strategies as st

from footfall.identity.attribution import Observation
from footfall.identity.ids import comparable
from footfall.identity.junk import is_junk

MINUTE = 60_000_000
GAP = 30 * MINUTE

USERS = ("ann", "bob", "cleo", "dora", "Émile", "\U0001f600", "￿")
DEVICES = ("a1", "a2", "a3", "ünø")
PRODUCTS = ("sensor-1", "sensor-2")
JUNK = ("null", " 'Guest' ", "[object Object]", "0", "\u00a0NaN", "")
SOURCES = ("gateway", "web")
TYPES = ("track", "track", "page", "identify", "group", "reset", "alias")
# Times that tie, and pauses on both sides of a session's end.
TIMES = (0, 0, 1, MINUTE, GAP - 1, GAP, GAP, GAP + 1, 2 * GAP, 2 * GAP + 1, 3 * GAP + 2, 10 * GAP)

# The same ids as other senders write them.
WRITTEN = (" ann", "bob\u200b", "E\u0301mile", "\ufeffa1", "u\u0308nø", "a2\x00")

user_ids = st.sampled_from((None, None, None, *USERS, *USERS[:3], *JUNK[:2], *WRITTEN[:3]))
anonymous_ids = st.sampled_from((*DEVICES * 3, None, *JUNK, *WRITTEN[3:]))
device_ids = st.sampled_from((*[None] * 8, *PRODUCTS, JUNK[0]))
previous_ids = st.sampled_from((None, *USERS, *DEVICES, *JUNK[:3], *WRITTEN))


class Draft(msgspec.Struct, frozen=True):
    """An observation that has no name yet."""

    type: str
    occurred_at: int
    user_id: str | None = None
    anonymous_id: str | None = None
    device_id: str | None = None
    previous_id: str | None = None
    nobody: Literal["unconsented", "bot"] | None = None


drafts = st.builds(
    Draft,
    st.sampled_from(TYPES),
    st.sampled_from(TIMES),
    user_ids,
    anonymous_ids,
    device_ids,
    previous_ids,
)

some_device = st.sampled_from(DEVICES)
some_time = st.sampled_from(TIMES)


@st.composite
def three_users_on_a_device(draw: st.DrawFn) -> list[Draft]:
    device = draw(some_device)
    return [Draft("identify", draw(some_time), user, device) for user in USERS[:3]]


@st.composite
def a_ring_of_aliases(draw: st.DrawFn) -> list[Draft]:
    ring = draw(st.permutations(USERS).map(lambda users: users[: 2 + len(users) // 3]))
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return [Draft("alias", draw(some_time), user, None, None, previous) for previous, user in pairs]


@st.composite
def an_alias_of_an_anonymous_id(draw: st.DrawFn) -> list[Draft]:
    device = draw(some_device)
    return [
        Draft("page", draw(some_time), None, device),
        Draft(
            "alias", draw(some_time), draw(st.sampled_from(USERS)), draw(st.sampled_from((None, device))), None, device
        ),
    ]


@st.composite
def an_id_that_is_both(draw: st.DrawFn) -> list[Draft]:
    """An id that some send as a user's and others as a browser's, aliased to one user or to several."""
    both = draw(st.sampled_from(("kim", *DEVICES[:2])))
    users = draw(st.sampled_from((("ann",), ("ann", " ann"), ("ann", "bob"), ("dora", "cleo"), ("bob", "cleo", both))))
    return [
        Draft("track", draw(some_time), both, draw(st.sampled_from((None, *DEVICES)))),
        Draft("page", draw(some_time), None, both),
        *(Draft("alias", draw(some_time), user, None, None, both) for user in users),
    ]


@st.composite
def an_id_that_proves_to_be_anonymous(draw: st.DrawFn) -> list[Draft]:
    """Aliased to two users long before the first message that bears it as an anonymous_id, if ever one does."""
    proof = [Draft("page", 30 * GAP, draw(st.sampled_from((None, "dora"))), "late")]
    return [
        Draft("alias", draw(some_time), "yan", None, None, "late"),
        Draft("alias", draw(some_time), "zed", None, None, "late"),
        *(proof if draw(st.booleans()) else []),
    ]


@st.composite
def a_reset(draw: st.DrawFn) -> list[Draft]:
    device, time = draw(some_device), draw(some_time)
    return [Draft("reset", time, None, device), Draft("page", time + 1, None, device)]


@st.composite
def junk_ids(draw: st.DrawFn) -> list[Draft]:
    junk = draw(st.sampled_from(JUNK))
    return [
        Draft("track", draw(some_time), junk, draw(some_device)),
        Draft("track", draw(some_time), junk, junk),
        Draft("alias", draw(some_time), "ann", None, None, junk),
    ]


@st.composite
def messages_at_one_time(draw: st.DrawFn) -> list[Draft]:
    device, time = draw(some_device), draw(some_time)
    return [Draft("track", time, draw(user_ids), device) for _ in range(3)]


@st.composite
def visits_of_nobody(draw: st.DrawFn) -> list[Draft]:
    """An anonymous visit on a browser of its own, and one on a kiosk that two users share, long after they left.

    The kiosk's own sensor speaks up a minute before that visit, which it must not begin.
    """
    visit = 20 * GAP + draw(some_time)
    return [
        Draft("page", draw(some_time), None, "quiet"),
        Draft("identify", 0, "yan", "kiosk"),
        Draft("identify", draw(some_time), "zed", "kiosk"),
        Draft("track", visit - MINUTE, None, "kiosk", "sensor-1"),
        Draft("page", visit, None, "kiosk"),
    ]


@st.composite
def messages_of_nobody(draw: st.DrawFn) -> list[Draft]:
    """Messages that were only counted, and those of bots, also with an id."""
    return [
        Draft("page", draw(some_time), nobody="unconsented"),
        Draft("track", draw(some_time), nobody="bot"),
        Draft("page", draw(some_time), None, draw(st.sampled_from((*JUNK, *DEVICES))), nobody="bot"),
    ]


PINCHES = (
    three_users_on_a_device(),
    a_ring_of_aliases(),
    an_alias_of_an_anonymous_id(),
    an_id_that_is_both(),
    an_id_that_proves_to_be_anonymous(),
    a_reset(),
    junk_ids(),
    messages_at_one_time(),
    visits_of_nobody(),
    messages_of_nobody(),
)


@st.composite
def logs(draw: st.DrawFn) -> list[Observation]:
    """A log of up to some 40 messages, in no particular order, each with a name of its own."""
    found = draw(st.lists(drafts, min_size=4, max_size=20))
    for pinch in PINCHES:
        if draw(st.sampled_from((True, True, True, False))):
            found += draw(pinch)
    found = draw(st.permutations(found))
    numbers = draw(st.permutations(range(len(found))))
    return [
        # Two sources number their messages alike, so that only both parts of the name tell them apart.
        Observation(SOURCES[number % 2], f"m{number // 2}", *msgspec.structs.astuple(draft))
        for number, draft in zip(numbers, found, strict=True)
    ]


def has_equal_times(log: Sequence[Observation]) -> bool:
    seen = Counter((one.anonymous_id, one.occurred_at) for one in log if one.anonymous_id in DEVICES)
    return any(count > 1 for count in seen.values())


def has_three_users_on_a_device(log: Sequence[Observation]) -> bool:
    users: dict[str, set[str]] = defaultdict(set)
    for one in log:
        if one.anonymous_id in DEVICES and one.user_id in USERS:
            users[one.anonymous_id].add(one.user_id)
    return any(len(several) >= 3 for several in users.values())


def _targets(log: Sequence[Observation]) -> dict[str, set[str]]:
    targets: dict[str, set[str]] = defaultdict(set)
    for one in log:
        if one.type == "alias" and one.previous_id is not None and one.user_id is not None:
            previous, user = comparable(one.previous_id), comparable(one.user_id)
            if previous != user and not is_junk(previous) and not is_junk(user):
                targets[previous].add(user)
    return targets


def _is_both(log: Sequence[Observation], several: bool) -> bool:
    """Whether an id is seen as a user's and as a browser's, and is aliased to one user or to several."""
    users = {comparable(one.user_id) for one in log if one.user_id is not None}
    anonymous = {comparable(one.anonymous_id) for one in log if one.anonymous_id is not None}
    return any(
        previous in users & anonymous and (len(targets) > 1) == several for previous, targets in _targets(log).items()
    )


def is_anonymous_only_later(log: Sequence[Observation]) -> bool:
    first = {one: min(two.occurred_at for two in log if two.anonymous_id == one) for one in _anonymous(log)}
    return any(
        one.type == "alias" and one.occurred_at < first.get(one.previous_id or "", one.occurred_at) for one in log
    )


def _anonymous(log: Sequence[Observation]) -> set[str]:
    return {one.anonymous_id for one in log if one.anonymous_id is not None}


def has_a_ring_of_aliases(log: Sequence[Observation]) -> bool:
    after = _targets(log)

    def reached(start: str) -> set[str]:
        nodes: set[str] = set()
        todo = [start]
        while todo:
            for node in after.get(todo.pop(), set()) - nodes:
                nodes.add(node)
                todo.append(node)
        return nodes

    return any(node in reached(node) for node in list(after))


UNSHRUNK = settings(phases=[Phase.generate], max_examples=2_000)

HARD_CASES: dict[str, Callable[[Sequence[Observation]], bool]] = {
    "equal times on a device": has_equal_times,
    "three users on a device": has_three_users_on_a_device,
    "a ring of aliases": has_a_ring_of_aliases,
    "a reset": lambda log: any(one.type == "reset" and one.anonymous_id in DEVICES for one in log),
    "a junk user id": lambda log: any(one.user_id in JUNK for one in log),
    "a junk anonymous id": lambda log: any(one.anonymous_id in JUNK for one in log),
    "an alias of an anonymous id": lambda log: any(
        one.type == "alias" and one.previous_id in DEVICES and one.user_id in USERS for one in log
    ),
    "an id that is both, aliased to one user": lambda log: _is_both(log, several=False),
    "an id that is both, aliased to several users": lambda log: _is_both(log, several=True),
    "an id that proves to be anonymous later": is_anonymous_only_later,
    "a message that was only counted": lambda log: any(one.nobody == "unconsented" for one in log),
    "a bot with an id": lambda log: any(one.nobody == "bot" and one.anonymous_id in DEVICES for one in log),
    "a bot with a junk id": lambda log: any(one.nobody == "bot" and one.anonymous_id in JUNK for one in log),
    "an id written in another way": lambda log: any(
        one in WRITTEN for message in log for one in (message.user_id, message.anonymous_id, message.previous_id)
    ),
}

"""Each rule of attribution by an example, and that nothing but the set of messages matters."""

from __future__ import annotations

from itertools import permutations
from random import Random
from typing import get_args
from uuid import NAMESPACE_DNS, UUID, uuid5

import msgspec
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from tests.identity.by_definition import attributions_by_definition
from tests.identity.logs import GAP, HARD_CASES, MINUTE, UNSHRUNK, logs

from footfall.identity.aliases import AliasEffect
from footfall.identity.attribution import (
    ROOT,
    Attribution,
    Observation,
    Reason,
    attribute,
    effects_of_aliases,
    namespace,
)

NS = namespace("shop")


def person(name: str) -> str:
    return str(uuid5(NS, name))


class Log:
    """Messages of one source, named in the order in which they are written down: m1, m2, …"""

    def __init__(self) -> None:
        self.messages: list[Observation] = []

    def add(
        self,
        at: int = 0,
        *,
        type: str = "track",  # noqa: A002 - the column's name
        user: str | None = None,
        anonymous: str | None = None,
        device: str | None = None,
        previous: str | None = None,
    ) -> str:
        name = f"m{len(self.messages) + 1}"
        self.messages.append(Observation("web", name, type, at, user, anonymous, device, previous))
        return name

    def __getitem__(self, message_id: str) -> Attribution:
        return attribute(self.messages, NS)["web", message_id]


def test_the_namespace_comes_from_the_plans_id_alone() -> None:
    footfall = uuid5(NAMESPACE_DNS, "footfall")

    assert footfall == ROOT
    assert namespace("shop") == uuid5(footfall, "shop") == UUID("dc016cbd-7059-5069-8f6e-8e5c60bc6366")
    assert namespace("shop") != namespace("shop2")


def test_a_message_with_a_user_id_belongs_to_that_user() -> None:
    log = Log()
    message = log.add(user="ann", anonymous="a1")

    assert log[message] == Attribution(person("u:ann"), "explicit", ("web", message), "ann", counted=True)


def test_a_person_does_not_depend_on_which_device_or_event_came_first() -> None:
    early, late = Log(), Log()
    first = early.add(user="ann")
    late.add(anonymous="a9")
    late.add(MINUTE, user="bob", anonymous="a9")
    second = late.add(2 * MINUTE, user="ann", anonymous="a8")

    assert early[first].person_id == late[second].person_id


def test_a_stream_that_nobody_identified_is_the_devices_anonymous_person() -> None:
    log = Log()
    first, second = log.add(anonymous="a1"), log.add(10 * GAP, anonymous="a1")

    assert log[first] == log[second] == Attribution(person("a:a1"), "anonymous", None, None, counted=True)


def test_the_only_user_of_a_device_owns_its_whole_history() -> None:
    log = Log()
    before = log.add(anonymous="a1")
    identify = log.add(100 * GAP, user="ann", anonymous="a1")
    log.add(150 * GAP, user="ann", anonymous="a1")
    after = log.add(200 * GAP, anonymous="a1")

    assert log[before] == log[after]
    assert log[before] == Attribution(person("u:ann"), "sole_owner", ("web", identify), "ann", counted=True)


def test_an_identify_that_arrives_late_changes_the_same_messages_as_one_that_arrives_early() -> None:
    message = Observation("web", "m1", "page", 0, None, "a1")
    identify = Observation("web", "m2", "identify", MINUTE, "ann", "a1")

    assert attribute([message], NS)["web", "m1"].reason == "anonymous"
    assert attribute([message, identify], NS) == attribute([identify, message], NS)
    assert attribute([message, identify], NS)["web", "m1"].person_id == person("u:ann")


def test_a_tablet_that_strangers_share_never_merges_them() -> None:
    log = Log()
    ann = log.add(0, user="ann", anonymous="tablet")
    bob = log.add(MINUTE, user="bob", anonymous="tablet")

    assert log[ann].person_id == person("u:ann")
    assert log[bob].person_id == person("u:bob")


def test_on_a_shared_device_a_message_goes_to_the_user_identified_before_it_in_its_session() -> None:
    log = Log()
    log.add(0, user="ann", anonymous="tablet")
    bob = log.add(MINUTE, user="bob", anonymous="tablet")
    message = log.add(2 * MINUTE, anonymous="tablet")
    log.add(3 * MINUTE, user="ann", anonymous="tablet")

    assert log[message] == Attribution(person("u:bob"), "same_session", ("web", bob), "bob", counted=True)


def test_on_a_shared_device_a_message_before_any_sign_in_goes_to_the_next_user_of_its_session() -> None:
    log = Log()
    message = log.add(0, anonymous="tablet")
    ann = log.add(MINUTE, user="ann", anonymous="tablet")
    log.add(2 * MINUTE, user="bob", anonymous="tablet")

    assert log[message] == Attribution(person("u:ann"), "same_session", ("web", ann), "ann", counted=True)


def test_on_a_shared_device_a_session_without_a_user_is_a_contested_person_of_its_own() -> None:
    log = Log()
    log.add(0, user="ann", anonymous="tablet")
    log.add(MINUTE, user="bob", anonymous="tablet")
    first = log.add(10 * GAP, anonymous="tablet")
    second = log.add(10 * GAP + MINUTE, anonymous="tablet")
    other_day = log.add(20 * GAP, anonymous="tablet")

    assert log[first] == log[second]
    assert log[first] == Attribution(person(f's:["tablet","web","{first}"]'), "contested", None, None, counted=True)
    assert log[other_day].person_id == person(f's:["tablet","web","{other_day}"]')


@pytest.mark.parametrize(("pause", "reason"), [(GAP, "same_session"), (GAP + 1, "contested")])
def test_a_session_lasts_over_a_pause_of_exactly_thirty_minutes_and_no_longer(pause: int, reason: str) -> None:
    log = Log()
    log.add(-100 * GAP, user="bob", anonymous="tablet")
    log.add(0, user="ann", anonymous="tablet")
    message = log.add(pause, anonymous="tablet")

    assert log[message].reason == reason


def test_a_session_goes_on_as_long_as_no_pause_is_too_long() -> None:
    log = Log()
    log.add(-100 * GAP, user="bob", anonymous="tablet")
    ann = log.add(0, user="ann", anonymous="tablet")
    for number in range(1, 10):
        message = log.add(number * GAP, anonymous="tablet")

    assert log[message].evidence == ("web", ann)


def test_a_reset_belongs_to_the_session_that_it_ends() -> None:
    log = Log()
    log.add(-100 * GAP, user="bob", anonymous="tablet")
    log.add(0, user="ann", anonymous="tablet")
    reset = log.add(MINUTE, type="reset", anonymous="tablet")
    after = log.add(2 * MINUTE, anonymous="tablet")

    assert log[reset].person_id == person("u:ann")
    assert log[after].person_id == person(f's:["tablet","web","{after}"]')


def test_messages_of_one_time_are_ordered_by_source_and_then_by_message_id() -> None:
    ann = Observation("web", "m1", "identify", 0, "ann", "tablet")
    message = Observation("web", "m2", "page", 0, None, "tablet")
    bob = Observation("web", "m3", "identify", 0, "bob", "tablet")
    earlier_source = Observation("app", "m9", "page", 0, None, "tablet")

    found = attribute([bob, message, earlier_source, ann], NS)

    assert found["web", "m2"].user_id == "ann"
    assert found["app", "m9"].evidence == ("web", "m1")


def test_two_ids_become_one_person_by_an_alias_and_go_under_the_id_that_nothing_replaced() -> None:
    log = Log()
    old, new = log.add(user="ann@old"), log.add(user="ann")
    alias = log.add(type="alias", previous="ann@old", user="ann")

    assert {log[name].person_id for name in (old, new, alias)} == {person("u:ann")}
    assert log[old].user_id == "ann"


def test_a_chain_of_aliases_ends_at_its_last_id() -> None:
    log = Log()
    first = log.add(user="a")
    for previous, user in [("c", "d"), ("a", "b"), ("b", "c")]:
        log.add(type="alias", previous=previous, user=user)

    assert log[first].user_id == "d"


def test_of_several_last_ids_the_smallest_by_code_point_is_the_persons() -> None:
    log = Log()
    message = log.add(user="old")
    for user in ("\U0001f600", "￿", "zoe"):
        log.add(type="alias", previous="old", user=user)

    assert log[message].user_id == "zoe"


def test_a_ring_of_aliases_is_one_person_under_its_smallest_id_in_any_order() -> None:
    ring = [
        Observation("web", "m1", "alias", 0, "b", previous_id="c"),
        Observation("web", "m2", "alias", 0, "c", previous_id="a"),
        Observation("web", "m3", "alias", 0, "a", previous_id="b"),
    ]
    expected = attribute(ring, NS)

    assert {one.person_id for one in expected.values()} == {person("u:a")}
    assert all(attribute(order, NS) == expected for order in permutations(ring))


def test_an_alias_of_an_id_to_itself_joins_nothing() -> None:
    log = Log()
    message = log.add(type="alias", previous="ann", user="ann")

    assert log[message].user_id == "ann"


def test_two_ids_of_one_person_are_one_owner_of_a_device() -> None:
    log = Log()
    identify = log.add(0, user="ann@old", anonymous="a1")
    log.add(10 * GAP, user="ann", anonymous="a1")
    message = log.add(20 * GAP, anonymous="a1")
    log.add(30 * GAP, type="alias", previous="ann@old", user="ann")

    assert log[message] == Attribution(person("u:ann"), "sole_owner", ("web", identify), "ann", counted=True)


def test_an_alias_of_an_anonymous_id_identifies_its_device() -> None:
    log = Log()
    message = log.add(0, anonymous="a1")
    alias = log.add(10 * GAP, type="alias", previous="a1", user="ann")

    assert log[message] == Attribution(person("u:ann"), "sole_owner", ("web", alias), "ann", counted=True)


def test_an_alias_takes_part_in_the_timeline_of_the_device_that_it_names() -> None:
    log = Log()
    log.add(-100 * GAP, user="bob", anonymous="a1")
    log.add(0, user="cleo", anonymous="a1")
    alias = log.add(GAP, type="alias", previous="a1", user="ann")
    message = log.add(2 * GAP, anonymous="a1")

    assert log[message] == Attribution(person("u:ann"), "same_session", ("web", alias), "ann", counted=True)


def test_two_people_who_alias_the_id_of_one_tablet_stay_two() -> None:
    log = Log()
    looking = log.add(0, anonymous="tablet")
    first = log.add(MINUTE, type="alias", previous="tablet", user="kari1")
    between = log.add(2 * MINUTE, anonymous="tablet")
    second = log.add(10 * GAP, type="alias", previous="tablet", user="ola1")
    after, elsewhere = log.add(10 * GAP + MINUTE, anonymous="tablet"), log.add(20 * GAP, user="ola1")

    assert [log[name].user_id for name in (looking, first, between)] == ["kari1"] * 3
    assert [log[name].user_id for name in (second, after, elsewhere)] == ["ola1"] * 3
    assert log[after].evidence == ("web", second)


def test_an_alias_stops_merging_once_a_message_shows_its_previous_id_to_be_anonymous() -> None:
    log = Log()
    message = log.add(user="ann@old")
    log.add(type="alias", previous="ann@old", user="ann")
    log.add(type="alias", previous="ann@old", user="bob")

    assert log[message].user_id == "ann"
    log.add(anonymous=" ann@old ")
    assert log[message].user_id == "ann@old"


def test_an_id_that_is_a_users_and_a_browsers_is_merged_with_the_one_user_it_is_aliased_to() -> None:
    log = Log()
    message, looking = log.add(user="kim"), log.add(anonymous="kim")
    alias = log.add(GAP, type="alias", previous="kim", user="ann")
    log.add(2 * GAP, type="alias", previous="kim", user=" ann")

    assert log[message].user_id == log[looking].user_id == "ann"
    assert log[looking].evidence == ("web", alias)


def test_an_id_that_is_a_users_and_a_browsers_is_merged_with_nobody_as_long_as_there_are_several() -> None:
    log = Log()
    message = log.add(user="kim", anonymous="kim")
    log.add(type="alias", previous="kim", user="ann")
    log.add(type="alias", previous="kim", user="bob")
    effects = effects_of_aliases(log.messages)

    assert log[message].user_id == "kim"
    assert effects == {("web", "m2"): "ambiguous", ("web", "m3"): "ambiguous"}


def test_a_connected_products_message_also_shows_that_an_id_is_anonymous() -> None:
    log = Log()
    message = log.add(user="tablet")
    log.add(type="alias", previous="tablet", user="ann")
    log.add(type="alias", previous="tablet", user="bob")
    log.add(device="sensor", anonymous="tablet")

    assert log[message].user_id == "tablet"


def test_each_alias_has_an_effect() -> None:
    log = Log()
    log.add(user="ann", anonymous="a1")
    log.add(type="alias", previous="ann@old", user="ann")
    log.add(type="alias", previous="a1", user="ann")
    log.add(type="alias", previous="ann", user="ann ")
    log.add(type="alias", previous="null", user="ann")
    log.add(type="alias", previous="ann", user=None)

    effects = effects_of_aliases(log.messages)

    assert [*effects.values()] == ["merged", "identified", "itself", "unusable", "unusable"]


def test_ids_that_differ_by_what_cannot_be_seen_are_one_id() -> None:
    log = Log()
    log.add(0, user="Zoe\u0308", anonymous="a1\u200b")
    message = log.add(MINUTE, anonymous="\ufeffa1")
    sensor, other = log.add(device="s1"), log.add(device="s1 ")

    assert log[message] == Attribution(person("u:Zo\u00eb"), "sole_owner", ("web", "m1"), "Zo\u00eb", counted=True)
    assert log[sensor] == log[other]


def test_sessions_of_one_device_that_begin_with_one_message_id_at_two_sources_are_two_persons() -> None:
    log = [
        Observation("web", "i1", "identify", 0, "ann", "tablet"),
        Observation("web", "i2", "identify", 1, "bob", "tablet"),
        Observation("web", "m1", "page", 10 * GAP, None, "tablet"),
        Observation("app", "m1", "page", 20 * GAP, None, "tablet"),
    ]

    found = attribute(log, NS)

    assert found["web", "m1"].person_id == person('s:["tablet","web","m1"]')
    assert found["app", "m1"].person_id == person('s:["tablet","app","m1"]')


def test_an_alias_without_a_usable_user_links_nothing() -> None:
    log = Log()
    message = log.add(0, anonymous="a1")
    log.add(MINUTE, type="alias", previous="a1", user="undefined", anonymous="a2")

    assert log[message].reason == "anonymous"


@pytest.mark.parametrize("junk", ["null", "'NULL'", " Guest ", '"[object Object]"', "-1", ""])
def test_a_junk_user_id_counts_as_absent(junk: str) -> None:
    log = Log()
    message = log.add(user=junk, anonymous="a1")
    log.add(MINUTE, user="ann", anonymous="a1")
    log.add(type="alias", previous=junk, user="bob")

    assert log[message].reason == "sole_owner"
    assert log[message].user_id == "ann"


@pytest.mark.parametrize("junk", ["undefined", "NaN", "0"])
def test_a_junk_anonymous_id_makes_each_message_a_person_that_is_not_counted(junk: str) -> None:
    log = Log()
    log.add(user="ann", anonymous=junk)
    first, second = log.add(anonymous=junk), log.add(anonymous=junk)

    assert log[first] == Attribution(person(f'm:["web","{first}"]'), "blocked", None, None, counted=False)
    assert log[second].person_id == person(f'm:["web","{second}"]')


def test_a_message_without_any_id_is_blocked() -> None:
    log = Log()
    message = log.add()

    assert log[message].reason == "blocked"


def test_a_connected_product_is_a_stream_of_its_own_and_no_person() -> None:
    log = Log()
    log.add(0, user="ann", anonymous="a1")
    message = log.add(MINUTE, device="sensor", anonymous="a1")

    assert log[message] == Attribution(person("d:sensor"), "device", None, None, counted=False)


def test_a_message_of_a_product_with_a_user_is_that_users() -> None:
    log = Log()
    message = log.add(user="ann", device="sensor")

    assert log[message].reason == "explicit"


def test_a_junk_device_id_counts_as_absent() -> None:
    log = Log()
    message = log.add(device="null", anonymous="a1")

    assert log[message].reason == "anonymous"


def test_a_products_messages_do_not_hold_a_session_together() -> None:
    log = Log()
    log.add(-100 * GAP, user="bob", anonymous="tablet")
    log.add(0, user="ann", anonymous="tablet")
    log.add(GAP, device="sensor", anonymous="tablet")
    message = log.add(2 * GAP, anonymous="tablet")

    assert log[message].reason == "contested"


@pytest.mark.slow
def test_a_hundred_thousand_aliases_onto_one_user_are_one_person() -> None:
    log = [Observation("web", f"m{n}", "alias", n, "hot", previous_id=f"old-{n}") for n in range(100_000)]

    found = attribute(log, NS)

    assert {one.person_id for one in found.values()} == {person("u:hot")}


@pytest.mark.parametrize("case", HARD_CASES)
def test_the_logs_that_are_drawn_hold_the_hard_cases(case: str) -> None:
    assert find(logs(), HARD_CASES[case], settings=UNSHRUNK)


@pytest.mark.parametrize("reason", get_args(Reason))
def test_the_logs_that_are_drawn_give_every_reason(reason: Reason) -> None:
    assert find(logs(), lambda log: reason in {one.reason for one in attribute(log, NS).values()}, settings=UNSHRUNK)


def test_the_aliases_that_are_revoked_make_a_difference() -> None:
    def differs(drawn: tuple[list[Observation], Random]) -> bool:
        log, chance = drawn
        return attribute(without(log, revoked_of(log, chance)), NS) != attribute(log, NS)

    assert find(st.tuples(logs(), st.randoms(use_true_random=False)), differs, settings=UNSHRUNK)


@settings(max_examples=100)
@given(logs(), st.randoms(use_true_random=False))
def test_every_message_is_attributed_as_by_the_definition_whatever_was_revoked(
    log: list[Observation], chance: Random
) -> None:
    revoked = revoked_of(log, chance)

    assert attribute(without(log, revoked), NS) == attributions_by_definition(log, NS, revoked)
    assert attribute(log, NS) == attributions_by_definition(log, NS)


def revoked_of(log: list[Observation], chance: Random) -> set[tuple[str, str]]:
    aliases = [(one.source, one.message_id) for one in log if one.type == "alias"]
    return set(chance.sample(aliases, len(aliases) // 3))


def without(log: list[Observation], revoked: set[tuple[str, str]]) -> list[Observation]:
    return [without_previous(one) if (one.source, one.message_id) in revoked else one for one in log]


def without_previous(one: Observation) -> Observation:
    return msgspec.structs.replace(one, previous_id=None)


@settings(max_examples=100)
@given(logs(), st.data())
def test_any_order_any_repeats_and_any_pieces_of_a_log_give_the_same_persons(
    log: list[Observation], data: st.DataObject
) -> None:
    expected = attribute(log, NS)
    shuffled = data.draw(st.permutations(log))
    again = data.draw(st.lists(st.sampled_from(log), max_size=10))
    cut = data.draw(st.integers(0, len(log)))

    assert attribute(shuffled, NS) == expected
    assert attribute([*log, *again], NS) == expected
    assert attribute([*again, *shuffled[cut:], *log, *shuffled[:cut]], NS) == expected


@settings(max_examples=50)
@given(logs(), st.randoms(use_true_random=False))
def test_should_two_messages_bear_one_name_their_order_still_does_not_matter(
    log: list[Observation], random: object
) -> None:
    twins = [Observation("web", "m0", one.type, one.occurred_at, one.user_id, one.anonymous_id) for one in log]

    assert attribute([*twins, *log], NS) == attribute([*reversed(log), *reversed(twins)], NS)


@pytest.mark.parametrize("effect", get_args(AliasEffect))
def test_the_logs_that_are_drawn_give_every_effect_of_an_alias(effect: AliasEffect) -> None:
    assert find(logs(), lambda log: effect in effects_of_aliases(log).values(), settings=UNSHRUNK)

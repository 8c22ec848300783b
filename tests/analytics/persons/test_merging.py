"""What a further part changes: owners, edges of aliases and sessions, each as if all parts had come at once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.analytics.persons.parts import ListPart, attributions, effects

from footfall.analytics.persons import Persons
from footfall.analytics.persons.dictionary import EMPTY, NOBODY, SHARED
from footfall.analytics.persons.merging import extended
from footfall.analytics.persons.reader import PartReader
from footfall.analytics.persons.summary import summarise
from footfall.identity.attribution import Observation, attribute, effects_of_aliases, namespace
from footfall.identity.sessions import SESSION_GAP_US

LATER = SESSION_GAP_US + 1


def page(name: str, at: int, device: str, user: str | None = None, type_: str = "page") -> Observation:
    return Observation("web", name, type_, at, user, device)


def alias(name: str, at: int, previous: str | None, user: str) -> Observation:
    return Observation("web", name, "alias", at, user, previous_id=previous)


# Each is a log in the parts in which it comes in.
CASES: dict[str, Sequence[Sequence[Observation]]] = {
    "a device gets its first user": [[page("m1", 1, "a1")], [page("m2", 2, "a1", "ann")]],
    "a device gets a second user": [
        [page("m1", 1, "a1", "ann"), page("m2", 2, "a1"), page("m3", 2 * LATER, "a1")],
        [page("m4", 3, "a1", "bob"), page("m5", 4, "a1")],
    ],
    "an alias makes the users of a shared device one": [
        [page("m1", 1, "a1", "ann"), page("m2", 2, "a1", "bob"), page("m3", 2 * LATER, "a1")],
        [alias("m4", 3, "ann", "bob")],
    ],
    "an alias makes a device shared": [
        [page("m1", 1, "a1", "ann"), page("m2", 2, "a1")],
        [alias("m3", 3, "a1", "bob")],
    ],
    "three users, of which two are one": [
        [page("m1", 1, "a1", "ann"), page("m2", 2, "a1", "bob")],
        [page("m3", 3, "a1", "cleo"), page("m4", 4, "a1")],
        [alias("m5", 5, "ann", "cleo")],
    ],
    "a previous id proves to be an anonymous id": [
        [alias("m1", 1, "old", "ann"), alias("m2", 2, "old", "bob"), page("m3", 3, "a1", "ann")],
        [page("m4", 4, "old")],
    ],
    "a previous id proves to be a user too": [
        [alias("m1", 1, "old", "ann"), page("m2", 2, "old"), page("m3", 3, "a1", "ann")],
        [page("m4", 4, "a2", "old"), page("m5", 5, "a2")],
    ],
    "a second user is aliased to an id that is both": [
        [alias("m1", 1, "old", "ann"), page("m2", 2, "old"), page("m3", 3, "a2", "old")],
        [alias("m4", 4, "old", "bob")],
    ],
    "a ring of aliases closes": [
        [alias("m1", 1, "dora", "bob"), page("m2", 2, "a1", "dora"), page("m3", 2, "a1", "cleo")],
        [alias("m4", 3, "bob", "cleo")],
        [alias("m5", 4, "cleo", "ann"), alias("m6", 5, "ann", "bob")],
    ],
    "a revoked alias joins nobody": [
        [alias("m1", 1, None, "ann")],
        [page("m2", 2, "a1", "ann"), page("m3", 3, "a1", "x")],
    ],
    "a late message joins two sessions": [
        [page("m1", 1, "a1", "ann"), page("m2", 2, "a1", "bob"), page("m3", LATER, "a1"), page("m4", 3 * LATER, "a1")],
        [page("m5", 2 * LATER, "a1")],
    ],
    "a late message begins a contested session": [
        [page("m1", 1, "a1", "ann"), page("m2", 2, "a1", "bob"), page("m3", 5 * LATER, "a1")],
        [page("m4", 5 * LATER - 1, "a1")],
    ],
    "a reset in a later part ends a session": [
        [page("m1", 1, "a1", "ann"), page("m2", 2, "a1", "bob"), page("m4", 4, "a1")],
        [page("m3", 3, "a1", None, "reset")],
    ],
    "times tie over parts": [
        [page("m2", 5, "a1", "bob"), page("m5", 5, "a1")],
        [page("m1", 5, "a1"), page("m3", 5, "a1", "ann"), page("m4", 5, "a1")],
    ],
    "a tie decides who was first on a device": [
        [page("m2", 5, "a1", "ann")],
        [page("m1", 5, "a1", "ann"), page("m3", 1, "a1")],
    ],
    "a product's stream names a shared browser": [
        [page("m1", 1, "a1", "ann"), page("m2", 2, "a1", "bob")],
        [Observation("web", "m3", "track", 3, None, "a1", "sensor"), page("m4", LATER + 2, "a1")],
    ],
}


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("case", CASES)
def test_parts_one_by_one_give_the_persons_of_the_pure_rules(case: str, order: int) -> None:
    logs = CASES[case][::order]
    persons, parts = Persons.of((), "shop"), list[ListPart]()
    so_far: list[Observation] = []

    for log in logs:
        parts.append(ListPart(log))
        so_far += log
        persons = persons.extended(parts[-1])
        assert attributions(persons, parts) == attribute(so_far, namespace("shop"))
        assert effects(persons, parts) == effects_of_aliases(so_far)


def test_two_branches_of_one_dictionary_do_not_mix() -> None:
    first, left, right = ([page(name, 1, name, user)] for name, user in (("a", "ann"), ("b", "bob"), ("c", "cleo")))
    persons = Persons.of([ListPart(first)], "shop")
    lefts, rights = persons.extended(ListPart(left)), persons.extended(ListPart(right))

    assert attributions(lefts, [ListPart(first), ListPart(left)]) == attribute([*first, *left], namespace("shop"))
    assert attributions(rights, [ListPart(first), ListPart(right)]) == attribute([*first, *right], namespace("shop"))


def test_a_timeline_that_is_cut_anew_many_times_does_not_pile_up() -> None:
    persons = Persons.of([ListPart([page("m1", 1, "a1", "ann"), page("m2", 2, "a1", "bob")])], "shop")
    for number in range(60):
        persons = persons.extended(ListPart([page(f"n{number}", number, "a1")]))

    assert persons.dictionary.current_entries().num_rows == 62
    assert persons.dictionary.entries.num_rows < 62 * 5


def test_a_batch_reads_no_part_again() -> None:
    parts = [ListPart([page(f"m{number}", number, f"a{number}", "ann")]) for number in range(20)]
    persons = Persons.of(parts, "shop")
    for part in parts:
        part.reads.clear()
    persons.extended(ListPart([page("m", 1, "a3", "bob"), page("n", 1, "new", "bob")]))

    assert not [number for number, part in enumerate(parts) if part.reads]


def test_owners_say_of_each_device_who_used_it() -> None:
    part = ListPart(
        [page("m1", 1, "a1", "ann"), page("m2", 2, "a2", "ann"), page("m3", 3, "a2", "bob"), page("m4", 4, "a3")]
    )
    dictionary = extended(EMPTY, PartReader([part], None, {}), [summarise(part)[0]])
    ids = dictionary.ids.to_pylist()
    owners = dict(zip(ids, dictionary.owners.to_pylist(), strict=True))

    assert owners == {"ann": NOBODY, "bob": NOBODY, "a1": ids.index("ann"), "a2": SHARED, "a3": NOBODY}

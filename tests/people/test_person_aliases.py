"""The aliases of a person: those that were sent as theirs, and those about one of their ids."""

from __future__ import annotations

from tests.people.lives import DAY, Life

from footfall.people.person_aliases import AliasLine, alias_lines, person_aliases


def lines(life: Life) -> list[AliasLine]:
    stored = life.open()
    (stretch,) = [stretch for stretch in stored.parts[0].stretches() if stretch.type == "alias"]
    rows = range(stretch.start, stretch.stop)
    return sorted(alias_lines(stored, [0] * len(rows), rows))


def test_a_line_has_its_ids_as_they_are_compared_and_what_it_did() -> None:
    life = Life()
    life.add("alias", previous=" old\n", user="ann", message_id="m1")
    life.add("alias", at=1, previous="guest", user="ann", message_id="m2")
    life.add("alias", at=2, user="ann", message_id="m3")

    assert [(line.message_id, line.previous_id, line.user_id, line.effect) for line in lines(life)] == [
        ("m1", "old", "ann", "merged"),
        ("m2", "guest", "ann", "unusable"),
        ("m3", None, "ann", "unusable"),
    ]
    assert alias_lines(life.open(), [], []) == []


def test_aliases_of_one_kind_are_one_line_with_the_first_of_them() -> None:
    life = Life()
    life.add("alias", at=DAY, previous="old", user="ann", message_id="later")
    life.add("alias", previous="old", user="ann", message_id="first")

    aliases, total = person_aliases(life.open(), lines(life), ())

    assert total == 1
    assert (aliases[0].messages, aliases[0].message_id, aliases[0].users) == (2, "first", ("ann",))


def test_an_alias_that_another_sent_about_an_id_is_there_too_and_only_twenty_are_shown() -> None:
    life = Life()
    life.add(anonymous="b1")
    for number in range(25):
        life.add("alias", at=number, previous="ann", user=f"user-{number:02}", anonymous="b2")
    stored = life.open()

    aliases, total = person_aliases(stored, [], [stored.persons.dictionary.ids.index("ann").as_py()])

    assert (len(aliases), total) == (20, 25)
    assert {alias.users for alias in aliases} == {tuple(f"user-{number:02}" for number in range(5))}
    assert person_aliases(stored, [], [stored.persons.dictionary.ids.index("b1").as_py()]) == ((), 0)

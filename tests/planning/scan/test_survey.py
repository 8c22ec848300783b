"""What the texts of all files say of names."""

from __future__ import annotations

import pytest

from footfall.planning.scan import Library
from footfall.planning.scan.survey import Survey


def survey(**texts: str) -> Survey:
    files = {f"{name}.py": text for name, text in texts.items()}
    return Survey(Library(files, lambda path: files[path].encode()))


@pytest.mark.parametrize(
    "text",
    [
        "class Form(Base):\n",
        "class Form(Other, acme.Base):\n",
        "class Form(\n    Base,\n):\n",
        "    class Form(Base[int], metaclass=Meta):\n",
        "from base import Base as Parent\nclass Form(Parent):\n",
    ],
)
def test_a_file_with_a_subclass_is_named(text: str) -> None:
    assert survey(app=text).subclassing("Base") == {"app.py"}


def test_classes_without_an_end_cost_no_square_of_their_number() -> None:
    # To look for the end of each in all the rest of the file would take hours.
    assert survey(app="class A(Base):\n" + "class B(\n" * 300_000).subclassing("Base") == {"app.py"}


def test_a_subclass_in_a_test_is_not() -> None:
    assert survey(test_app="class Form(Base):\n").subclassing("Base") == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "form.event = 1",
        "form.event += 1",
        "get().event = 1",
        "setattr(form, 'event', 1)",
        "setattr(self.form, 'event', 1)",
        "a.form.event = 1",
        "self.form.event = 1",
        "myself.event = 1",
    ],
)
def test_a_file_that_sets_an_attribute_from_outside_is_named(text: str) -> None:
    assert survey(app=text).storing("event") == {"app.py"}


@pytest.mark.parametrize(
    "text",
    ["self.event = 1", "cls.event = 1", "form.event == 1", "form.other = 1", "setattr(self, 'event', 1)", "x = event"],
)
def test_an_attribute_that_is_set_from_inside_is_not(text: str) -> None:
    assert survey(app=text).storing("event") == frozenset()


@pytest.mark.parametrize(
    "text", ["names.append(1)", "a.names.update(b)", "names['a'] = 1", "names['a'].append(1)", "del names['a']"]
)
def test_a_name_that_is_changed_in_place_is_named(text: str) -> None:
    assert survey(app=text).changing("names") == {"app.py"}


@pytest.mark.parametrize("text", ["names.get(1)", "names['a'] == 1", "names = []"])
def test_a_name_that_is_only_read_or_bound_is_not(text: str) -> None:
    assert survey(app=text).changing("names") == frozenset()


def test_words_are_found_as_a_whole() -> None:
    texts = survey(app="import config as c, configure")

    assert texts.mentions("app.py", ["config", "other"])
    assert not texts.mentions("app.py", ["conf"])

"""Problems are gathered once for each place, in the order of the files, with a remedy that is near."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.plan.problems import CODES, Location, Problems, did_you_mean, dotted

HERE, LATER = Location("a.yaml", 2, 1), Location("a.yaml", 10, 1)


def test_every_code_says_in_one_sentence_why_it_is_a_fault() -> None:
    assert [code for code, why in CODES.items() if not why[0].isupper() or not why.endswith(".")] == []


def test_the_same_problem_of_one_location_is_kept_once() -> None:
    problems = Problems()
    problems.add("bad_rule", "it is bad", at=LATER, path=("sold",), remedy="mend it")
    problems.add("bad_rule", "it is bad", at=HERE, path=("sold",), remedy="mend it")
    problems.add("bad_rule", "it is bad", at=LATER, path=("paid",), remedy="mend it")

    assert [(problem.line, problem.where) for problem in problems.sorted()] == [(2, "sold"), (10, "sold")]
    assert len(problems) == 2


def test_a_code_that_is_not_registered_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="no_such_code"):
        Problems().add("no_such_code", "it is bad", at=HERE, remedy="mend it")


def test_an_unknown_name_is_a_problem_only_when_every_file_was_read() -> None:
    problems = Problems()
    problems.unknown("type", "mony", ["money"], at=HERE, path=("sold", "total"))
    problems.incomplete = True
    problems.unknown("type", "sku", ["money"], at=LATER, path=("sold", "total"))

    assert [str(problem) for problem in problems.sorted()] == [
        "a.yaml:2 sold.total: there is no type 'mony' (did you mean 'money'?)"
    ]


@pytest.mark.parametrize(
    ("choices", "remedy"),
    [
        ([], ""),
        (["total"], "did you mean 'total'?"),
        (["b", "a"], "known: a, b"),
        ([chr(97 + n) * 3 for n in range(13)], "use one of the 13 that are defined"),
    ],
)
def test_a_remedy_names_the_nearest_word_or_all_of_a_few(choices: list[str], remedy: str) -> None:
    assert did_you_mean("totla", choices) == remedy


def test_where_no_word_is_near_the_given_remedy_is_said() -> None:
    choices = ("total", "currency")

    assert [did_you_mean(word, choices, "plan it") for word in ("totla", "age")] == ["did you mean 'total'?", "plan it"]


@given(st.lists(st.sampled_from(["order", "lines", "[0]", "[]", "price"]), min_size=1))
def test_an_index_follows_its_list_without_a_dot(parts: list[str]) -> None:
    text = dotted(tuple(parts))

    assert ".[" not in text
    assert text.replace("[", ".[").lstrip(".") == ".".join(parts)

"""Write keys are read from lines, every problem has its place, and none has a key in it."""

from __future__ import annotations

import pytest

from footfall.collector.key_lines import KeyLine, lines_of_file, read_key_lines, unknown_sources
from footfall.collector.key_text import ENTROPY, new_key
from footfall.plan.model import Plan, Source
from footfall.storage.environments import Sender

OURS = new_key("write", bytes(ENTROPY)).text


def read(*texts: str) -> tuple[dict[str, Sender], list[str]]:
    return read_key_lines(KeyLine(f"keys.txt:{number}", text) for number, text in enumerate(texts, 1))


def test_keys_name_their_source_or_belong_to_default() -> None:
    assert read("a", "b=shop", "c=x=y", f"{OURS}=shop") == (
        {"a": Sender("default"), "b": Sender("shop"), "c": Sender("x=y"), OURS: Sender("shop")},
        [],
    )


def test_a_key_names_the_environment_after_its_source() -> None:
    assert read("a=shop:staging", "b=shop:test", "c=shop:production") == (
        {"a": Sender("shop", "staging"), "b": Sender("shop", "test"), "c": Sender("shop")},
        [],
    )


def test_an_environment_that_is_none_is_named_with_the_nearest() -> None:
    assert read("a=shop:stagging")[1] == ["keys.txt:1: there is no environment 'stagging', did you mean 'staging'?"]


@pytest.mark.parametrize("source", ["shop (staging)", "shop (test)", "shop (production)"])
def test_a_source_cannot_be_called_as_the_books_call_another_one(source: str) -> None:
    assert read(f"a={source}")[0] == {}


def test_every_line_that_cannot_be_used_is_listed_with_its_place_and_no_key_is_shown() -> None:
    wrong = ["secret 1", "secret-2=", "=shop", "secret:3", "secret-4,b=app", "secret-5\x00=a", "secret-6\ufffd"]

    keys, problems = read("secret", *wrong)

    assert keys == {"secret": Sender("default")}
    assert [problem.partition(": ")[0] for problem in problems] == [f"keys.txt:{number}" for number in range(2, 9)]
    assert "secret" not in " ".join(problems)


def test_a_key_may_be_given_twice_for_one_source_and_not_for_two() -> None:
    assert read("a=shop", "a=shop") == ({"a": Sender("shop")}, [])
    assert read("a=shop", "b", "a=app")[1] == [
        "keys.txt:3: the key is given twice, for two sources or environments (also keys.txt:1)"
    ]


def test_a_key_that_no_request_can_carry_is_refused() -> None:
    assert read("a" * 1_000)[1] == []
    assert read("a" * 1_001)[1] == [
        (
            "keys.txt:1: write KEY, KEY=SOURCE or KEY=SOURCE:ENVIRONMENT without commas;"
            " a key has up to 1,000 letters, no space and no colon"
        )
    ]


def test_a_typing_error_in_a_key_of_ours_is_named() -> None:
    assert read(OURS[:-1])[1] == ["keys.txt:1: the key has a typing error, or was cut; copy it again"]


@pytest.mark.parametrize("role", ["view", "analyst", "admin"])
def test_a_key_of_another_role_is_no_write_key(role: str) -> None:
    key = new_key(role, bytes(ENTROPY)).text  # type: ignore[arg-type]  # one of the roles

    assert read(key)[1] == [f"keys.txt:1: a key of the role {role} may not send; give one of the role write"]


def test_a_file_has_a_key_a_line_with_comments_empty_lines_and_any_line_end() -> None:
    content = b"\xef\xbb\xbf# the shop\r\n\r\n  a=shop \nb=app\n#c\n"

    assert list(lines_of_file("keys.txt", content)) == [("keys.txt:3", "a=shop"), ("keys.txt:4", "b=app")]


def test_a_line_shows_its_place_and_not_its_key() -> None:
    assert repr(KeyLine("keys.txt:3", "secret")) == "KeyLine('keys.txt:3', '…')"


def test_a_source_that_the_plan_does_not_name_is_said_with_the_nearest_name() -> None:
    plan = Plan(id="p", sources={"shop_backend": Source(name="shop_backend", kind="server")})

    assert unknown_sources(plan, ["default", "shop_backend"]) == []
    assert unknown_sources(plan, ["shop_backed", "shop_backed"]) == [
        "the plan has no source 'shop_backed', did you mean 'shop_backend'?"
    ]
    assert unknown_sources(Plan(id="p"), ["any"]) == []

"""One dict of settings is read the same way for every framework, and all that is wrong in it is said at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from footfall import Client
from footfall.errors import UsageError
from footfall.integrations.options import SiteOptions
from footfall.integrations.settings import KEYS, read_settings, setting_problems
from footfall.testing import Recorder

PLAN = Path(__file__).parent / "plan.yaml"
KEY = "a key of the tests that is long enough"
OBJECTS = {"shop.member": lambda request: "m-7", "shop.client": Recorder()}


def read(settings: object, **defaults: Any) -> tuple[Any, SiteOptions]:
    def imported(path: str) -> Any:
        if path not in OBJECTS:
            raise ImportError(f"No module named {path!r}")
        return OBJECTS[path]

    return read_settings(settings, defaults, imported)


@pytest.mark.parametrize("key", sorted(KEYS))
def test_every_key_is_read_and_one_with_a_letter_more_is_not(key: str) -> None:
    assert setting_problems({}) == []

    [problem] = setting_problems({f"{key}x": None})
    assert f"did you mean {key!r}?" in problem


def test_a_key_that_is_like_none_gets_the_list_of_all() -> None:
    [problem] = setting_problems({"zzzzzz": 1})

    assert all(key in problem for key in KEYS)


@pytest.mark.parametrize(
    ("key", "value", "form"),
    [
        ("cookie_keys", "one text", "a list of texts"),
        ("cookie_keys", [7], "a list of texts"),
        ("cookie_keys", [None], "without None; set what it is read from first"),
        ("exclude", "/admin", "a list of texts"),
        ("trusted_proxies", 1, "a list of texts"),
        ("cookie_name", "", "text"),
        ("prefix", None, "text"),
        ("debug", "yes", "True or False"),
        ("secure", 1, "True or False"),
        ("user", 7, "a function"),
        ("consent", [], "a function"),
    ],
)
def test_a_value_of_another_type_is_named_with_the_right_one(key: str, value: object, form: str) -> None:
    [problem] = setting_problems({key: value})

    assert problem.startswith(f"FOOTFALL[{key!r}] must be {form}")


@pytest.mark.parametrize("settings", [None, [], "text", 7])
def test_settings_that_are_no_dict_are_one_problem(settings: object) -> None:
    with pytest.raises(UsageError, match="must be a dict"):
        read(settings)


def test_all_problems_are_said_at_once() -> None:
    with pytest.raises(UsageError, match=r"'secrets'.*'debug'"):
        read({"secrets": [], "debug": 7})


def test_a_client_is_taken_as_it_is_and_a_transport_becomes_one_with_the_plan() -> None:
    client = Client(Recorder())

    assert read({"client": client})[0] is client
    recording, _ = read({"client": Recorder(), "collector": "http://127.0.0.1:1", "plan": PLAN})
    assert recording.plan is not None
    assert recording.plan.id == "integrations"


def test_dotted_paths_are_imported_and_one_that_leads_nowhere_is_said() -> None:
    client, options = read({"client": "shop.client", "user": "shop.member", "cookie_keys": [KEY]})

    assert isinstance(client, Client)
    assert options.user is not None
    assert options.user(None) == "m-7"
    with pytest.raises(UsageError, match="nowhere"):
        read({"user": "nowhere"})


def test_a_key_comes_before_its_default() -> None:
    assert read({"client": Recorder()}, debug=True)[1].debug
    assert not read({"client": Recorder(), "debug": False}, debug=True)[1].debug


def test_without_a_client_or_a_url_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOOTFALL_URL", raising=False)

    with pytest.raises(UsageError, match="FOOTFALL_URL"):
        read({"cookie_keys": [KEY]})

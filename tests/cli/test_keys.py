"""`footfall keys` shows a key once, lists and revokes by ids, and keeps nothing that opens anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from footfall import storage
from footfall.cli import main
from footfall.cli.keys import wait_until_taken
from footfall.collector import Collector
from footfall.collector.key_text import id_of, is_mistyped
from footfall.collector.key_watch import LOOK_EVERY
from footfall.storage import DataFolder
from footfall.testing import ManualClock

PLAN = "plan: p\nsources: {shop_backend: {kind: server}}\nevents:\n  e: {description: Something}\n"


class Ran(NamedTuple):
    code: int
    out: str
    err: str


Keys = Callable[..., Ran]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def keys(capsys: pytest.CaptureFixture[str], data: Path) -> Keys:
    """Runs `footfall keys` on the data folder."""

    def run(command: str, *arguments: str) -> Ran:
        with pytest.raises(SystemExit) as left:
            main(["keys", command, *arguments, "--data", str(data)])
        return Ran(int(left.value.code or 0), *capsys.readouterr())

    return run


def listed(keys: Keys) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads(keys("list", "--format", "json").out)
    return records


def test_a_key_is_printed_alone_so_that_a_shell_can_take_it(keys: Keys) -> None:
    ran = keys("create", "--source", "shop", "--name", "The shop")

    key = ran.out.removesuffix("\n")
    assert (ran.code, is_mistyped(key)) == (0, False)
    assert ran.err == (
        f"created the key {id_of(key)} (role write) of the source shop in production;"
        " it is shown this once, keep it now\n"
    )


def test_nothing_in_the_folder_has_the_key(keys: Keys, data: Path) -> None:
    key = keys("create").out.strip()
    secret = key.rpartition("_")[2]

    content = b"".join(path.read_bytes() for path in data.iterdir())

    assert content
    assert secret.encode() not in content
    assert secret not in keys("list").out + keys("list", "--format", "json").out


def test_the_list_says_what_each_key_is_for(keys: Keys) -> None:
    first = json.loads(keys("create", "--source", "shop", "--name", "a\x1b[31m", "--format", "json").out)
    second = json.loads(keys("create", "--role", "analyst", "--format", "json").out)
    keys("revoke", first["id"])

    records = listed(keys)

    assert [record["id"] for record in records] == [first["id"], second["id"]]
    assert [(record["role"], record["source"]) for record in records] == [("write", "shop"), ("analyst", None)]
    assert [record["revoked_at"] is not None for record in records] == [True, False]
    assert "\x1b" not in keys("list").out
    assert first["id"] in keys("list").out


def test_a_key_is_of_the_environment_that_is_named(keys: Keys) -> None:
    ran = keys("create", "--source", "shop", "--environment", "staging")
    keys("create", "--source", "shop")
    keys("create", "--role", "view")

    assert "of the source shop in staging;" in ran.err
    assert [record["environment"] for record in listed(keys)] == ["staging", "production", None]
    assert "staging" in keys("list").out


def test_an_empty_list_says_how_to_make_a_key(keys: Keys, data: Path) -> None:
    DataFolder.open(data).close()

    assert keys("list").out == f"there is no key yet; make one: footfall keys create --data {data} --source NAME\n"


def test_a_key_is_revoked_once_and_again_is_no_error(keys: Keys) -> None:
    key_id = id_of(keys("create").out.strip())
    assert key_id is not None

    assert keys("revoke", key_id).out == f"revoked {key_id}; a running collector refuses it within two seconds\n"
    assert keys("revoke", key_id).out == f"{key_id} was revoked before\n"


def test_a_wrong_id_is_answered_with_the_nearest_and_nothing_is_revoked(keys: Keys) -> None:
    key_id = id_of(keys("create").out.strip())
    assert key_id is not None

    ran = keys("revoke", key_id, key_id[:-1] + "u", "nobody")

    assert (ran.code, ran.out) == (2, "")
    assert f"there is no key with the id '{key_id[:-1]}u' (did you mean {key_id!r}?)" in ran.err
    assert "there is no key with the id 'nobody' (`footfall keys list` shows them)" in ran.err
    assert [record["revoked_at"] for record in listed(keys)] == [None]


def test_a_key_in_the_place_of_its_id_is_not_shown_again(keys: Keys) -> None:
    key = keys("create").out.strip()

    ran = keys("revoke", key)

    assert ran.code == 2
    assert f"revoke it by its id: {id_of(key)}" in ran.err
    assert key not in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--role", "view", "--source", "shop"], "a key of the role view sends nothing: leave --source out"),
        (["--source", ""], "--source must be a name"),
        (["--source", "a\nb"], "--source must be a name"),
        (["--source", "a" * 201], "--source is longer than 200 characters; give a shorter one"),
        (["--name", "a" * 201], "--name is longer than 200 characters; give a shorter one"),
        (["--role", "wirte"], "wirte"),
    ],
)
def test_what_cannot_be_created_makes_no_folder(keys: Keys, data: Path, arguments: list[str], said: str) -> None:
    ran = keys("create", *arguments)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not data.exists()


def test_a_source_that_the_folders_plan_does_not_name_is_refused_with_the_nearest(
    keys: Keys, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN)
    Collector(data, plan=tmp_path / "plan.yaml").close()

    refused = keys("create", "--source", "shop_backed")
    taken = keys("create", "--source", "shop_backed", "--allow-unknown-sources")

    assert (refused.code, taken.code) == (2, 0)
    assert "the plan has no source 'shop_backed', did you mean 'shop_backend'?" in refused.err
    assert "--allow-unknown-sources" in refused.err


def test_a_folder_is_made_by_create_alone(keys: Keys, data: Path) -> None:
    for command, arguments in (("list", []), ("revoke", ["x"])):
        assert keys(command, *arguments).code == 2
    assert not data.exists()


def test_a_key_is_printed_when_a_collector_that_runs_has_looked_at_least_twice(tmp_path: Path) -> None:
    clock = ManualClock()
    began = clock.monotonic()
    new = storage.open(tmp_path / "new", "beside", make=True)
    with Collector(tmp_path / "used"):
        used = storage.open(tmp_path / "used", "beside")

    wait_until_taken(new, clock)
    without_collector = clock.monotonic() - began
    wait_until_taken(used, clock)

    assert without_collector == 0
    assert clock.monotonic() - began > 2 * LOOK_EVERY


def test_keys_are_changed_while_a_collector_holds_the_folder(keys: Keys, data: Path) -> None:
    with Collector(data):
        key_id = id_of(keys("create").out.strip())
        assert key_id is not None
        assert keys("revoke", key_id).code == 0

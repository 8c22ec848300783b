"""Settings come from flags, then the environment, then the file; every problem is listed with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.collector import CollectorSettings
from footfall.collector.read_settings import SettingsFile, SettingsReading, read_settings
from footfall.collector.serve_settings import SETTINGS, ServeSettings, Setting

# Right for settings of texts and for those of addresses.
LISTS = st.lists(st.sampled_from(["10.0.0.1", "10.0.0.0/8", "::1"]), min_size=1, max_size=3)
WORDS = st.text("abcxyz0189-_./", min_size=1, max_size=8)
VALUES: dict[Any, st.SearchStrategy[object]] = {
    int: st.integers(1, 65535),
    float: st.floats(0.001, 30, allow_nan=False),
    bool: st.booleans(),
    str: WORDS,
    Path: WORDS,
    tuple: LISTS,
    list: LISTS,
}


def read(
    text: str = "", *, flags: dict[str, object] | None = None, environment: dict[str, str] | None = None
) -> SettingsReading:
    return read_settings(flags or {}, environment or {}, SettingsFile(Path("footfall.toml"), text.encode()))


def values_of(setting: Setting) -> st.SearchStrategy[object]:
    """Right values of a setting, as a file has them."""
    if setting.name == "log_format":
        return st.sampled_from(["text", "json"])
    if setting.name.endswith("_at"):
        return st.sampled_from(["00:00", "23:59", "Sunday 03:10", "monday 00:00"])
    return VALUES[Path if setting.default is None else type(setting.default)]


def as_text(value: object) -> str:
    """A value as it is written into a variable."""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def expected(setting: Setting, value: object) -> object:
    if setting.type == Path | None:
        return Path(str(value))
    return type(setting.default)(value) if isinstance(value, list) else value  # type: ignore[call-arg]  # a list


@given(setting=st.sampled_from(list(SETTINGS.values())), data=st.data())
def test_of_any_places_that_give_a_setting_the_first_one_wins(setting: Setting, data: st.DataObject) -> None:
    order = ["flag", "environment"] if setting.is_secret else ["flag", "environment", "file"]
    places = data.draw(st.sets(st.sampled_from(order)))
    values = {place: data.draw(values_of(setting)) for place in order if place in places}

    reading = read_settings(
        {setting.name: tuple(values["flag"]) if isinstance(values["flag"], list) else as_text(values["flag"])}
        if "flag" in places
        else {},
        {setting.variable: as_text(values["environment"])} if "environment" in places else {},
        SettingsFile(Path("footfall.toml"), f"{setting.name} = {json.dumps(values['file'])}\n".encode())
        if "file" in places
        else None,
    )

    names = {"flag": setting.flag, "environment": setting.variable, "file": "footfall.toml:1"}
    winner = next((place for place in order if place in places), None)
    assert reading.problems == reading.warnings == []
    assert reading.places == ({} if winner is None else {setting.name: names[winner]})
    assert setting.of(reading.settings) == (setting.default if winner is None else expected(setting, values[winner]))


def test_five_faults_in_three_places_are_five_problems_with_their_places() -> None:
    reading = read(
        '# ours\nprot = 8400\nmax_depth = "deep"\n',
        flags={"port": "many", "host": None, "write_keys": ()},
        environment={"FOOTFALL_VERBOSE": "perhaps", "FOOTFALL_MAX_MESSAGES": "0", "FOOTFALL_HOST": ""},
    )

    assert sorted(reading.problems) == [
        "--port: must be a whole number from 0 to 65535, not 'many'",
        "FOOTFALL_MAX_MESSAGES: collector settings must be more than 0: max_messages",
        "FOOTFALL_VERBOSE: must be true or false, not 'perhaps'",
        "footfall.toml:2 prot: there is no such setting (did you mean port?)",
        "footfall.toml:3 max_depth: must be a whole number, not 'deep'",
    ]


def test_a_wrong_value_is_a_problem_also_where_another_place_wins() -> None:
    reading = read("port = -1", flags={"port": "80"})

    assert reading.settings.port == 80
    assert reading.problems == ["footfall.toml:1 port: must be a whole number from 0 to 65535, not '-1'"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("port", "true", "must be a whole number from 0 to 65535, not 'True'"),
        ("port", '"80"', "must be a whole number from 0 to 65535, not '80'"),
        ("max_depth", "1.5", "must be a whole number, not '1.5'"),
        ("header_timeout", "nan", "must be a number, not 'nan'"),
        ("header_timeout", "inf", "must be a number, not 'inf'"),
        ("header_timeout", "1" + "0" * 400, "must be a number, not '1000"),
        ("verbose", "1", "must be true or false, not '1'"),
        ("verbose", "1979-05-27", "must be true or false, not '1979-05-27'"),
        ("host", "1", "must be a text, not '1'"),
        ("host", '""', "must be a text, not ''"),
        ("data", "1", "must be a path, not '1'"),
        ("data", '""', "must be a path, not ''"),
        ("data", r'"a\u0000"', "must be a path, not"),
        ("log_format", '"xml"', "must be json or text, not 'xml'"),
        ("plan", '["a"]', "must be a path, not"),
    ],
)
def test_a_value_of_another_form_is_refused_with_what_it_must_be(name: str, text: str, said: str) -> None:
    (problem,) = read(f"{name} = {text}").problems

    assert problem.startswith(f"footfall.toml:1 {name}: {said}")


def test_numbers_may_be_grouped_and_words_of_yes_and_no_are_understood() -> None:
    environment = {"FOOTFALL_MAX_BODY_BYTES": " 20_000 ", "FOOTFALL_VERBOSE": "Yes", "FOOTFALL_RETRY_AFTER": "3"}

    settings = read("max_messages = 1_000", environment=environment).settings

    assert settings.verbose
    assert settings.collector == CollectorSettings(max_body_bytes=20_000, max_messages=1_000, retry_after=3)


def test_keys_in_the_environment_are_separated_by_commas_spaces_or_lines_and_never_shown() -> None:
    reading = read(environment={"FOOTFALL_WRITE_KEYS": "secret-1=shop, secret-2\nsecret-3=app"})

    assert reading.settings.write_keys == ("secret-1=shop", "secret-2", "secret-3=app")
    assert "secret" not in repr(reading)


def test_a_secret_in_the_file_is_a_problem_that_does_not_show_it() -> None:
    (problem,) = read('write_keys = ["secret-1"]').problems

    assert problem.startswith("footfall.toml:1 write_keys: no secret belongs in this file; use write_key_file")
    assert "secret-1" not in problem


def test_paths_in_the_file_start_from_its_folder() -> None:
    file = SettingsFile(Path("/etc/footfall/footfall.toml"), b'data = "data"\nplan = "/plans/shop"\n')

    settings = read_settings({}, {}, file).settings

    assert (settings.data, settings.plan) == (Path("/etc/footfall/data"), Path("/plans/shop"))


def test_the_line_is_that_of_the_key_and_not_of_a_text_that_looks_like_it() -> None:
    text = 'host = """\nprot = 1\n"""\n  "prot" = 2\n[colector]\nport = 1\n'

    assert read(text).problems == [
        "footfall.toml:4 prot: there is no such setting (did you mean port?)",
        "footfall.toml:5 colector: there is no such setting (`footfall serve --print-settings` shows every setting)",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a = 1\nport = \n", "footfall.toml:2: not TOML: Invalid value"),
        (b"port = 1\nport = 2\n", "footfall.toml:2: not TOML: Cannot overwrite a value"),
        (b"# \xff", "footfall.toml: is not UTF-8"),
        (b"a = " + b"[" * 5000, "footfall.toml: not TOML"),
    ],
)
def test_a_file_that_is_no_toml_is_one_problem(content: bytes, said: str) -> None:
    (problem,) = read_settings({}, {}, SettingsFile(Path("footfall.toml"), content)).problems

    assert problem.startswith(said)


def test_of_a_file_of_another_kind_not_every_name_is_listed() -> None:
    names = [f"name_{number}" for number in range(20)]

    assert len(read("".join(f"{name} = 1\n" for name in names)).problems) == 20
    assert read("".join(f"{name} = 1\n" for name in [*names, "one_more"])).problems == [
        "footfall.toml: 21 of its names are no settings; give another file"
    ]


def test_a_byte_order_mark_is_nothing() -> None:
    assert read("\ufeffport = 1").settings.port == 1


def test_a_variable_with_a_typing_error_is_warned_of_with_the_nearest_name() -> None:
    reading = read(environment={"FOOTFALL_PROT": "1", "FOOTFALL_URL": "http://c", "OTHER": "x", "FOOTFALL_": ""})

    assert reading.settings == ServeSettings()
    all_of_them = "(`footfall serve --print-settings` shows every setting)"
    assert reading.warnings == [
        f"FOOTFALL_: there is no such variable, and it has no effect {all_of_them}",
        "FOOTFALL_PROT: there is no such variable, and it has no effect (did you mean FOOTFALL_PORT?)",
    ]


def test_a_problem_begins_with_the_place_of_what_was_not_given_as_a_flag() -> None:
    reading = read("plan = 'p'", flags={"data": "d"}, environment={"FOOTFALL_WRITE_KEY_FILE": "k"})

    assert [reading.label(name) for name in ("plan", "data", "write_key_file", "port")] == [
        "footfall.toml:1 plan: ",
        "",
        "FOOTFALL_WRITE_KEY_FILE: ",
        "",
    ]


def test_a_time_of_a_job_that_cannot_be_is_said_with_its_place_and_what_it_must_be() -> None:
    reading = read('\nverify_at = "sundays"', environment={"FOOTFALL_SEAL_ROWS": "0"})

    must = "must be a time of day in UTC (00:10), or one with its day (sunday 03:10), not 'sundays'"
    assert reading.problems == [
        "FOOTFALL_SEAL_ROWS: seal_rows must be more than 0",
        f"footfall.toml:2 verify_at: {must}",
    ]

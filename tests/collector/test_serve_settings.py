"""Every field is a setting with a name in each place, and what is printed can be fed back and hides what is secret."""

from __future__ import annotations

import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from footfall.client import environment
from footfall.collector import CollectorSettings
from footfall.collector.keys import TRANSFORM_KEY_FILE
from footfall.collector.read_settings import SettingsFile, read_settings
from footfall.collector.serve_settings import OTHER_VARIABLES, PARTS, SETTINGS, ServeSettings, as_toml
from footfall.secret import SecretText

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


def test_every_field_of_the_collector_and_of_its_jobs_is_a_setting_and_no_name_is_there_twice() -> None:
    of_serve = set(ServeSettings.__struct_fields__) - set(PARTS)
    of_parts = [name for part in PARTS.values() for name in part.__struct_fields__]

    assert sorted(SETTINGS) == sorted([*of_serve, *of_parts])
    assert {setting.of(ServeSettings()) == setting.default for setting in SETTINGS.values()} == {True}


def test_no_variable_of_the_client_is_taken_for_a_typing_error() -> None:
    variables = {environment.DISABLED, environment.PLAN, environment.URL, environment.WRITE_KEY}

    assert variables <= {*OTHER_VARIABLES, *(setting.variable for setting in SETTINGS.values())}
    assert SETTINGS["transform_key_file"].variable == TRANSFORM_KEY_FILE


@given(data=TEXTS, host=TEXTS, port=st.integers(0, 65535), verbose=st.booleans(), depth=st.integers(1))
def test_what_is_printed_gives_the_same_settings_again(
    data: str, host: str, port: int, verbose: bool, depth: int
) -> None:
    limits = CollectorSettings(max_depth=depth, header_timeout=1e-7)
    before = ServeSettings(data=Path("/", data), host=host, port=port, verbose=verbose, collector=limits)

    again = read_settings({}, {}, SettingsFile(Path("/footfall.toml"), as_toml(before, {}).encode()))

    assert again.problems == []
    assert again.settings == before


def test_what_is_printed_says_where_each_setting_is_from_and_hides_secrets() -> None:
    settings = ServeSettings(port=1, write_keys=(SecretText("secret-1=shop"), SecretText("secret-2")))

    text = as_toml(settings, {"port": "footfall.toml:3", "write_keys": "FOOTFALL_WRITE_KEYS"})

    lines = text.splitlines()
    assert "port = 1                                  # footfall.toml:3" in lines
    assert "# write_keys: 2 given, hidden             # FOOTFALL_WRITE_KEYS" in lines
    assert "# plan is not set                         # default" in lines
    assert "secret-" not in text
    assert "secret-" not in repr(settings)
    assert tomllib.loads(text)["port"] == 1

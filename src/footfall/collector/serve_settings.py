"""ServeSettings: everything that `footfall serve` goes by, frozen, and the names under which each setting is given.

Every field has a key in `footfall.toml` (its name) and a variable of the environment (`FOOTFALL_` and its name in
capitals). Both come from the fields, so that a new limit of the collector needs no more than its field. A few have a
flag on the command line too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from footfall.collector.job_settings import JobSettings
from footfall.collector.settings import CollectorSettings

__all__ = ["CONFIG", "OTHER_VARIABLES", "PARTS", "SETTINGS", "ServeSettings", "Setting", "as_toml"]

CONFIG = "FOOTFALL_CONFIG"
"""The environment's variable that names the settings file."""

OTHER_VARIABLES = (CONFIG, "FOOTFALL_DISABLED", "FOOTFALL_URL", "FOOTFALL_WRITE_KEY")
"""Variables that are not the collector's settings and no typing error: a client in the same environment reads them."""

_LONG = 40  # columns for a key and its value, before the place that it is from


class ServeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What `footfall serve` goes by, read once.

    `data` is the data folder and has no default. `plan` is the tracking plan; without one everything is taken. `host`
    and `port` are the address; port 0 takes a free one. `write_keys` are texts `KEY`, `KEY=SOURCE` or
    `KEY=SOURCE:ENVIRONMENT`, secret, and `write_key_file` a file of them, a line each. `transform_key_file` has the
    key for what the plan hashes. `geo` is a database of places in MaxMind's format.
    `allow_unknown_sources` takes keys of sources that the plan does not name.
    `log_format` and `verbose` are for the log. With `no_jobs` no job runs by itself. `collector` are the limits and
    times of the collector, `jobs` when its jobs run.
    """

    data: Path | None = None
    plan: Path | None = None
    host: Annotated[str, msgspec.Meta(min_length=1)] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8400
    write_keys: tuple[str, ...] = ()
    write_key_file: Path | None = None
    transform_key_file: Path | None = None
    geo: Path | None = None
    allow_unknown_sources: bool = False
    log_format: Literal["text", "json"] = "text"
    verbose: bool = False
    no_jobs: bool = False
    collector: CollectorSettings = CollectorSettings()
    jobs: JobSettings = JobSettings()


PARTS: Mapping[str, type[CollectorSettings | JobSettings]] = {
    "collector": CollectorSettings,
    "jobs": JobSettings,
}
"""The fields of ServeSettings that are settings themselves, each by the names of its own fields."""


class Setting(NamedTuple):
    """One setting: its field, and how it is given. `part` is the one of PARTS that it belongs to, "" for none.

    `is_secret` keeps it out of the file and out of what is printed.
    """

    name: str
    type: Any
    default: object
    part: str
    is_secret: bool

    @property
    def variable(self) -> str:
        """Its variable in the environment."""
        return f"FOOTFALL_{self.name.upper()}"

    @property
    def flag(self) -> str:
        """Its option on the command line, for those that have one."""
        return "--write-key" if self.is_secret else f"--{self.name.replace('_', '-')}"

    def of(self, settings: ServeSettings) -> object:
        """Its value."""
        return getattr(getattr(settings, self.part) if self.part else settings, self.name)


def _settings(struct: type[msgspec.Struct], part: str) -> Iterator[Setting]:
    for field in msgspec.structs.fields(struct):
        if field.name not in PARTS:
            default = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
            yield Setting(field.name, field.type, default, part, field.name == "write_keys")


SETTINGS: Mapping[str, Setting] = {
    setting.name: setting
    for part, struct in (("", ServeSettings), *PARTS.items())
    for setting in _settings(struct, part)
}
"""Every setting by its name."""


def as_toml(settings: ServeSettings, places: Mapping[str, str]) -> str:
    """The settings as a `footfall.toml` that gives the same again, each with the place it is from; secrets are hidden.

    `places` says it by the setting's name; what is not in it is a default.
    """
    lines = []
    for setting in SETTINGS.values():
        value, place = setting.of(settings), places.get(setting.name, "default")
        if setting.is_secret:
            text = f"# {setting.name}: {len(value)} given, hidden"  # type: ignore[arg-type]  # a tuple of texts
        elif value is None:
            text = f"# {setting.name} is not set"
        else:
            text = f"{setting.name} = {_toml(value)}"
        lines.append(f"{text:<{_LONG}}  # {place}")
    return "\n".join(lines)


def _toml(value: object) -> str:
    """A value in TOML. A text in JSON is one in TOML too, but for DEL, which JSON leaves as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple | set | frozenset):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")

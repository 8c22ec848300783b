"""Finds and reads the settings file: the one that was named, or `footfall.toml` in the working directory."""

from __future__ import annotations

from pathlib import Path

from footfall.collector.read_settings import SettingsFile
from footfall.disk import SystemDisk, read_file

__all__ = ["read_settings_file"]

_NAME = Path("footfall.toml")
_MOST = 1_000_000  # bytes; a page of settings has a few thousand


def read_settings_file(config: Path | None) -> tuple[SettingsFile | None, str | None]:
    """The file, and what is wrong with it. Only a file that was named has to be there."""
    path = config or _NAME
    try:
        return SettingsFile(path, read_file(SystemDisk(), path, most=_MOST)), None
    except OSError as error:
        # A link to nothing is a file that should be there.
        if config is None and isinstance(error, FileNotFoundError) and not path.is_symlink():
            return None, None
        return None, f"the settings file {path} cannot be read ({error.strerror})"

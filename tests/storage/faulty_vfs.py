"""A SQLite VFS whose files fail when a test says so."""

from __future__ import annotations

from typing import Any

import apsw

WRITE, FSYNC, FULL = apsw.SQLITE_IOERR_WRITE, apsw.SQLITE_IOERR_FSYNC, apsw.SQLITE_FULL


class FaultyVFS(apsw.VFS):
    """The system's files, but for the calls in `faults`: (`write` or `sync`, how the file's name ends) → the code."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: dict[tuple[str, str], int] = {}
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802 - apsw's name
        return FaultyFile(self, name, flags)


class FaultyFile(apsw.VFSFile):
    def __init__(self, vfs: FaultyVFS, name: Any, flags: list[int]) -> None:
        self.vfs = vfs
        self.file = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - apsw's name
        self.check("write")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802 - apsw's name
        self.check("sync")
        super().xSync(flags)

    def check(self, call: str) -> None:
        for (failing, ending), code in self.vfs.faults.items():
            if failing == call and self.file.endswith(ending):
                raise planted(code)


def planted(code: int) -> apsw.Error:
    """The error that SQLite raises with an extended code."""
    error: Any = apsw.FullError("planted") if code == FULL else apsw.IOError("planted")
    error.extendedresult = code  # which apsw's stubs do not name
    planted_error: apsw.Error = error
    return planted_error

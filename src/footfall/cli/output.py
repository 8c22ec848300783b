"""The one writer of what the command line says: any encoding, any data, a full disk and a closed pipe.

Every subcommand writes by `echo`, `echo_json` and `console`. `guarded` puts a stream under them that ends the command
in one line when its output cannot be written.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from footfall.errors import OutputError, UsageError
from footfall.printable import printable, printable_lines
from footfall.reporting.json import to_json, to_json_line

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["OutputError", "console", "echo", "echo_json", "echo_json_line", "guarded", "printable", "writing"]

_PIPE_WIDTH = 160  # columns for a file or a pipe, which have no width to keep to


def echo(text: str = "", *, err: bool = False, end: str = "\n") -> None:
    """Write lines; what is in them shows and steers nothing. `err` is standard error, where a failure is silent."""
    stream = sys.stderr if err else sys.stdout
    if stream is None:
        return  # closed before we began
    with suppress(OSError) if err else nullcontext():
        stream.write(printable_lines(text) + end)
        stream.flush()


def echo_json(value: Any) -> None:
    """Write a value as JSON. See `to_json`."""
    _echo_bytes(to_json(value))


def echo_json_line(value: Any) -> None:
    """Write a value as JSON in one line. See `to_json_line`."""
    _echo_bytes(to_json_line(value))


def _echo_bytes(text: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.buffer.flush()


def console(**options: Any) -> Console:
    """A rich console on standard output; what data would make it obey is escaped."""
    # Loaded late: most commands print plain lines.
    from footfall.cli.safe_console import SafeConsole

    shown = SafeConsole(highlight=False, **options)
    if not shown.is_terminal and "width" not in options:
        shown.width = _PIPE_WIDTH
    return shown


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Write to a path that the user named in this block: raises UsageError where that cannot be."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); choose another place by -o") from error


@contextmanager
def guarded() -> Iterator[None]:
    """Let standard output survive any encoding, and raise OutputError where it cannot be written.

    What Python has buffered is written when the block ends.
    """
    before = sys.stdout
    stream = _text_over(_Closed(), "utf-8") if before is None else _guarded_stream()
    if stream is None:
        yield
        return
    sys.stdout = stream
    try:
        yield
    finally:
        try:
            stream.flush()
        finally:
            sys.stdout = before


def _guarded_stream() -> io.TextIOWrapper | None:
    """Standard output over a descriptor that raises OutputError; None where it is not a file of the system."""
    try:
        before = sys.stdout
        before.flush()
        raw = _Output(before.fileno())
        is_terminal = before.isatty()
    except (AttributeError, OSError, ValueError):
        return None
    return _text_over(raw, before.encoding, is_terminal=is_terminal)


def _text_over(raw: io.RawIOBase, encoding: str, *, is_terminal: bool = False) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding=encoding, errors="backslashreplace", line_buffering=is_terminal
    )


class _Closed(io.RawIOBase):
    """Standard output that was closed before we began (`>&-`): a command that has nothing to say does not mind."""

    def __init__(self) -> None:
        super().__init__()
        self._is_broken = False

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        if self._is_broken:
            return len(data)
        self._is_broken = True
        raise OutputError("standard output is closed, so nothing can be written to it")


class _Output(io.FileIO):
    """A descriptor whose first failure is an OutputError; what is still buffered then is dropped."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._is_broken = False

    def write(self, data: Any, /) -> int:
        if self._is_broken:
            return len(data)
        try:
            return super().write(data)
        except OSError as error:
            self._is_broken = True
            raise OutputError(_why(error)) from error


def _why(error: OSError) -> str:
    if error.errno == errno.EPIPE:
        return "the reader of the output closed it before its end"
    return f"the output cannot be written: {error.strerror or os.strerror(error.errno or 0)}; what was written is cut"

"""Access logs: reads the files of web servers and sends the page views in them, each once however often it is run."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from footfall.clock import Clock
from footfall.delivery.transport import Transport
from footfall.disk import Disk
from footfall.errors import UsageError
from footfall.events import Batch
from footfall.timestamps import format_us
from footfall.web.access_log import LogFormat, LoggedHit
from footfall.web.capture import NO_ROUTE
from footfall.web.import_counts import ImportCounts, UnreadLine
from footfall.web.logged_pages import LoggedPages
from footfall.web.uncounted_hours import UncountedHours

__all__ = ["AccessLogImport"]

_BATCH = 2_000  # messages
_RECENT = 100_000  # lines among which equal ones are told apart
_SHOWN = 5
_UNNAMED = b'"name":"%b"' % NO_ROUTE.encode()
_LONGEST = 256 * 1024  # bytes of a line; servers cut a request's head long before


class AccessLogImport:
    """Sends the page views of access logs to a transport, and counts what became of each line.

    A line's message id is made of its bytes, and of how many equal ones came just before it, so that a second run, or a
    file that was rotated meanwhile, adds nothing. So it is with the counts of what is no page view, which the collector
    keeps (see UncountedHours). A run that breaks off is run again. `since_us` and `until_us` (microseconds since
    1970-01-01 UTC) leave out the lines of a time before the one, and from the other on.
    """

    def __init__(
        self,
        transport: Transport,
        form: LogFormat,
        pages: LoggedPages,
        *,
        clock: Clock,
        disk: Disk,
        since_us: int | None = None,
        until_us: int | None = None,
    ) -> None:
        self._transport = transport
        self._read = form.read
        self._pages = pages
        self._clock = clock
        self._disk = disk
        self._since_us = since_us
        self._until_us = until_us
        self.counts = ImportCounts()
        self._waiting: list[bytes] = []
        self._hours = UncountedHours()

    def run(self, path: Path | None, standard_input: IO[bytes], progress: Callable[[int], None]) -> None:
        """Import one file, packed by gzip or not; None is standard input. `progress` gets the bytes read so far.

        Raises UsageError for a file that cannot be read, TransportError where the collector did not take a batch.
        """
        name = "standard input" if path is None else str(path)
        try:
            if path is None:
                self._lines(
                    name, standard_input, standard_input.tell if standard_input.seekable() else _nowhere, progress
                )
            else:
                with self._disk.open(path, "read") as file:
                    self._lines(name, _unpacked(file), file.tell, progress)
        except (OSError, EOFError) as error:
            raise UsageError(f"{name} cannot be read: {error}") from error
        self._send()

    def _lines(self, name: str, file: IO[bytes], tell: Callable[[], int], progress: Callable[[int], None]) -> None:
        counts, recent = self.counts, _Recent()
        hours = self._hours = UncountedHours()
        for number, ended in enumerate(_bounded(file), 1):
            counts.lines += 1
            line = ended.rstrip(b"\r\n")
            hit = self._read(line.decode("utf-8", "replace")) if line else None
            if hit is None:
                counts.unread += 1
                if len(counts.examples) < _SHOWN:
                    counts.examples.append(UnreadLine(name, number))
                continue
            line_id = recent.id_of(line)
            hours.begin(hit.at_us, line_id)  # whatever is asked for: the name of an hour is the same for each span
            if not self._is_asked_for(hit):
                counts.outside += 1
                continue
            message = self._pages.message(hit, line_id)
            if isinstance(message, str):
                counts.uncounted[message] += 1
                hours.add(hit.at_us, message)
                continue
            counts.bots += message.startswith(b'{"type"')
            counts.unnamed += _UNNAMED in message
            self._waiting.append(message)
            if len(self._waiting) >= _BATCH:
                self._send()
                progress(tell())
        progress(tell())

    def _is_asked_for(self, hit: LoggedHit) -> bool:
        return (self._since_us is None or hit.at_us >= self._since_us) and (
            self._until_us is None or hit.at_us < self._until_us
        )

    def _send(self) -> None:
        messages, self._waiting = tuple(self._waiting), []
        first, *others = self._hours.reports() or [b""]
        if messages or first:
            self._post(messages, first)
        for report in others:
            self._post((), report)

    def _post(self, messages: tuple[bytes, ...], report: bytes) -> None:
        answer = self._transport.send(Batch(messages, format_us(self._clock.now_us()), report))
        self.counts.sent += len(messages)
        self.counts.verdicts.update({name: number for name, number in answer.counts().items() if number})


class _Recent:
    """Tells equal lines apart that are near one another: two requests of one second may look alike."""

    def __init__(self) -> None:
        self._times: OrderedDict[bytes, int] = OrderedDict()

    def id_of(self, line: bytes) -> str:
        digest = hashlib.blake2b(line, digest_size=16).digest()
        earlier = self._times.pop(digest, 0)
        self._times[digest] = earlier + 1
        if len(self._times) > _RECENT:
            self._times.popitem(last=False)
        return digest.hex() if earlier == 0 else f"{digest.hex()}-{earlier}"


def _unpacked(file: IO[bytes]) -> IO[bytes]:
    begin = file.read(2)
    file.seek(0)
    return io.BufferedReader(gzip.GzipFile(fileobj=file)) if begin == b"\x1f\x8b" else file


def _bounded(file: IO[bytes]) -> Iterator[bytes]:
    """The lines of a file; what is longer than any request's is cut."""
    while line := file.readline(_LONGEST):
        if len(line) == _LONGEST and not line.endswith(b"\n"):
            while (rest := file.readline(_LONGEST)) and not rest.endswith(b"\n"):
                pass
        yield line


def _nowhere() -> int:
    return 0

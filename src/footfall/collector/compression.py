"""How the body of a request is compressed, read from its bytes: the labels of senders and of proxies are often wrong.

| coding        | its bytes begin with                                               |
|---------------|--------------------------------------------------------------------|
| none          | an object: `{"` or `{}`, with white space, after a byte order mark |
| gzip          | `1f 8b` (RFC 1952)                                                 |
| Zstandard     | `28 b5 2f fd` (RFC 8878)                                           |
| zlib          | a header whose check bits are right (RFC 1950); HTTP's `deflate`   |
| raw deflate   | anything (RFC 1951); what some senders call `deflate`              |
| Brotli        | anything (RFC 7932)                                                |

The last two are tried in turn, and count only if they are whole and contain an object. One layer is taken off, not two.
No more is inflated than the limit allows, whatever the body says of its size.
"""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable
from typing import Any, NamedTuple

from footfall.collector.admission import Grow, unbounded
from footfall.errors import RequestError

__all__ = ["BOM", "inflate"]

BOM = b"\xef\xbb\xbf"
# A brace alone is not enough: raw deflate of a byte order mark begins with one.
_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*\{[ \t\r\n]*[\"}]")
# The largest window that a sender may ask for: 8 MiB, as RFC 9659 has it for HTTP.
_ZSTD_WINDOW_LOG = 23
_DEFLATE, _MAX_WINDOW, _CHECK = 8, 7, 31
_FIRST_STEP = 65_536  # bytes that are inflated at first; each step after it doubles what there is


class _Coding(NamedTuple):
    """`begins` says whether a body may be of this coding, `read` inflates it, to about a byte more than the limit.

    `is_proved` says that the first bytes alone prove the coding, `has_check` that the stream carries a checksum.
    """

    name: str
    begins: Callable[[bytes], bool]
    read: Callable[[bytes, int, Grow], bytes]
    is_proved: bool
    has_check: bool


def inflate(body: bytes, limit: int, grow: Grow = unbounded) -> bytes:
    """The content of a body, inflated if it is compressed, without a byte order mark.

    `grow` is called before each step with the bytes that will be in memory after it.

    A body of no known coding comes back as it is. Raises RequestError: 413 when the content is larger than `limit`
    bytes, 400 when the stream is broken, cut short, or followed by something else, 415 when its coding needs a package
    that is not installed.
    """
    if not body or _OBJECT.match(body):
        return body.removeprefix(BOM)
    for coding in _CODINGS:
        if not coding.begins(body):
            continue
        try:
            content = coding.read(body, limit, grow)
        except _BrokenStreamError as error:
            if coding.is_proved:
                raise RequestError(
                    400, coding.name, f"the body is not one whole {coding.name} stream: {error}"
                ) from None
            continue
        except ModuleNotFoundError as error:
            if coding.is_proved:
                remedy = f"reading {coding.name} needs {error.name}: pip install 'footfall[server]'"
                raise RequestError(415, "compression", remedy) from None
            continue
        if len(content) > limit:
            raise RequestError(413, "too_large", f"the body is larger than the limit of {limit} bytes; split it")
        if coding.has_check or _OBJECT.match(content):
            return content.removeprefix(BOM)
    return body


class _BrokenStreamError(Exception):
    """The bytes are no whole stream of a coding."""


def _zlib_reader(wbits: int) -> Callable[[bytes, int, Grow], bytes]:
    def read(body: bytes, limit: int, grow: Grow) -> bytes:
        stream = zlib.decompressobj(wbits)
        rest = body

        def step(most: int) -> bytes:
            nonlocal rest
            part = stream.decompress(rest, most)
            rest = stream.unconsumed_tail
            return part

        return _inflated(step, lambda: stream.eof, lambda: stream.unused_data, zlib.error, limit, grow)

    return read


def _read_zstd(body: bytes, limit: int, grow: Grow) -> bytes:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    stream = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})
    inputs = [body]

    def step(most: int) -> Any:
        return stream.decompress(inputs.pop() if inputs else b"", most)

    return _inflated(step, lambda: stream.eof, lambda: stream.unused_data, zstd.ZstdError, limit, grow)


def _read_brotli(body: bytes, limit: int, grow: Grow) -> bytes:
    import brotli

    stream = brotli.Decompressor()
    inputs = [body]

    def step(most: int) -> Any:
        return stream.process(inputs.pop() if inputs else b"", output_buffer_limit=most)

    return _inflated(step, stream.is_finished, bytes, brotli.error, limit, grow)


def _inflated(
    step: Callable[[int], bytes],
    is_whole: Callable[[], bool],
    rest: Callable[[], bytes],
    broken: type[Exception],
    limit: int,
    grow: Grow,
) -> bytes:
    """The content of a whole stream; of one that is larger than the limit, about a byte more than that.

    `step` inflates up to so many bytes, and may raise `broken`. `rest` is what follows the stream.
    """
    content = bytearray()
    try:
        while len(content) <= limit and not is_whole():
            most = min(max(_FIRST_STEP, len(content)), limit + 1 - len(content))
            grow(len(content) + most)
            part = step(most)
            if not part:
                break
            content += part
    except broken as error:
        raise _BrokenStreamError(str(error)) from None
    if len(content) <= limit and not is_whole():
        raise _BrokenStreamError("it is cut short")
    if len(content) <= limit and rest():
        raise _BrokenStreamError("something follows it")
    return bytes(content)


def _is_zlib(body: bytes) -> bool:
    head = body[:2]
    return (
        len(head) == 2
        and head[0] & 0x0F == _DEFLATE
        and head[0] >> 4 <= _MAX_WINDOW
        and int.from_bytes(head, "big") % _CHECK == 0
    )


def _anything(_body: bytes) -> bool:
    return True


_CODINGS = (
    _Coding("gzip", lambda body: body[:2] == b"\x1f\x8b", _zlib_reader(31), True, True),
    _Coding("zstd", lambda body: body[:4] == b"\x28\xb5\x2f\xfd", _read_zstd, True, True),
    _Coding("zlib", _is_zlib, _zlib_reader(zlib.MAX_WBITS), False, True),
    _Coding("deflate", _anything, _zlib_reader(-zlib.MAX_WBITS), False, False),
    _Coding("brotli", _anything, _read_brotli, False, False),
)

"""A body is read by its bytes, whatever its label says, and never inflated beyond the limit."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.collector.compression import BOM, inflate
from footfall.errors import RequestError

brotli = pytest.importorskip("brotli")
zstd = pytest.importorskip("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")

GOOD = b'{"type":"track","event":"good","userId":"u"}'


def with_stream(stream: Any, content: bytes) -> bytes:
    return bytes(stream.compress(content) + stream.flush())


def raw_deflate(content: bytes, level: int = 6) -> bytes:
    return with_stream(zlib.compressobj(level, wbits=-15), content)


CODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "none": lambda content: content,
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "zlib, stored": lambda content: zlib.compress(content, 0),
    "zlib, small window": lambda content: with_stream(zlib.compressobj(wbits=9), content),
    "deflate": raw_deflate,
    "deflate, stored": lambda content: raw_deflate(content, 0),
    "brotli": brotli.compress,
    "brotli, quick": lambda content: brotli.compress(content, quality=0),
    "brotli, smallest window": lambda content: brotli.compress(content, lgwin=10),
    "brotli, 16 bits": lambda content: brotli.compress(content, lgwin=16),
    "zstd": zstd.compress,
}


OBJECTS = st.builds(
    lambda space, values, more: space + json.dumps({"batch": values, "more": "x" * more}).encode(),
    st.sampled_from([b"", b" ", b"\r\n\t ", BOM, BOM + b"\n"]),
    st.lists(st.text(max_size=20), max_size=20),
    # Brotli writes the length of what it compressed into its first bits: over 65,536 they look like a bracket.
    st.sampled_from([0, 1, 300, 65_536, 70_000]),
)


@given(content=OBJECTS, coding=st.sampled_from(sorted(CODINGS)))
@settings(max_examples=200)
def test_an_object_comes_back_from_every_coding(content: bytes, coding: str) -> None:
    assert inflate(CODINGS[coding](content), 100_000) == content.removeprefix(BOM)


def test_a_brotli_stream_that_begins_like_an_array_is_read() -> None:
    body = brotli.compress(b'{"a":"%s"}' % (b"xyz" * 30_000))

    assert body[:1] == b"["
    assert inflate(body, 100_000).startswith(b'{"a":"xyz')


@pytest.mark.parametrize("coding", sorted(set(CODINGS) - {"none"}))
def test_a_bomb_is_refused_without_being_inflated(coding: str) -> None:
    bomb = CODINGS[coding](b'{"a":"%s"}' % bytes(5_000_000))

    with pytest.raises(RequestError) as caught:
        inflate(bomb, 1_000_000)

    assert (caught.value.status, caught.value.code) == (413, "too_large")


def test_a_window_larger_than_http_allows_is_refused() -> None:
    options = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.compression_level: 1}
    body = with_stream(zstd.ZstdCompressor(options=options), GOOD)

    with pytest.raises(RequestError) as caught:
        inflate(body, 1_000_000)

    assert (caught.value.status, caught.value.code) == (400, "zstd")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (gzip.compress(GOOD, mtime=0)[:-1], "gzip"),
        (gzip.compress(GOOD, mtime=0)[:20], "gzip"),
        (gzip.compress(GOOD, mtime=0) + b"more", "gzip"),
        (gzip.compress(GOOD, mtime=0)[:-8] + b"\0" * 8, "gzip"),
        (zstd.compress(GOOD)[:-1], "zstd"),
        (zstd.compress(GOOD) + b"more", "zstd"),
    ],
)
def test_a_broken_stream_is_named(body: bytes, code: str) -> None:
    with pytest.raises(RequestError) as caught:
        inflate(body, 1000)

    assert (caught.value.status, caught.value.code) == (400, code)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"plain",
        b"[]",
        GOOD.decode().encode("utf-16"),
        zlib.compress(GOOD)[:-1],
        raw_deflate(GOOD)[:-1],
        brotli.compress(GOOD)[:-1],
        brotli.compress(GOOD) + b"more",
        raw_deflate(b"no object"),
    ],
)
def test_what_is_of_no_coding_comes_back_as_it_is(body: bytes) -> None:
    assert inflate(body, 1000) == body


def test_one_layer_is_taken_off() -> None:
    once = gzip.compress(GOOD)

    assert inflate(gzip.compress(once), 1000) == once


def content_or_status(body: bytes, limit: int) -> bytes | int:
    try:
        return inflate(body, limit)
    except RequestError as error:
        return error.status


@given(body=st.binary(max_size=200))
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    outcome = content_or_status(body, 1000)

    assert outcome in (400, 413) or (isinstance(outcome, bytes) and len(outcome) <= 1000)


@pytest.mark.parametrize("coding", ["gzip", "zlib", "deflate", "brotli", "zstd"])
def test_memory_is_asked_for_before_it_is_taken_and_a_refusal_ends_the_inflating(coding: str) -> None:
    body = CODINGS[coding](b'{"a":"' + b"x" * 3_000_000 + b'"}')
    steps: list[int] = []

    def grow(size: int) -> None:
        steps.append(size)
        if size > 1_000_000:
            raise RequestError(503, "overload", "no room")

    with pytest.raises(RequestError) as refused:
        inflate(body, 20_000_000, grow)

    assert refused.value.status == 503
    assert steps[0] <= 65_536
    assert all(after <= 3 * before for before, after in pairwise(steps))  # Brotli's blocks go a little over a step
    assert len(inflate(body, 20_000_000, steps.append)) == 3_000_008
    assert steps[-1] >= 3_000_008


def test_nothing_is_inflated_beyond_the_limit() -> None:
    steps: list[int] = []

    with pytest.raises(RequestError):
        inflate(gzip.compress(bytes(3_000_000)), 100_000, steps.append)

    assert max(steps) == 100_001

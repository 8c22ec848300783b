"""What is kept of a message that is too large says which one it was."""

from __future__ import annotations

import hashlib
import json

from footfall.collector.oversize import HEAD_BYTES, excerpt


def test_an_excerpt_has_the_head_the_length_and_the_hash_of_a_message() -> None:
    raw = b'{"a":"' + b"x" * 10_000 + b'"}'

    kept = json.loads(excerpt(raw, raw))

    assert kept == {"head": raw[:HEAD_BYTES].decode(), "length": 10_008, "sha256": hashlib.sha256(raw).hexdigest()}


def test_the_head_may_differ_from_the_message_and_need_not_be_utf_8() -> None:
    assert json.loads(excerpt(b"secret", b"\xff***"))["head"] == "\ufffd***"

"""What counts as an acknowledgement: our own JSON that accounts for each message, and nothing that is like it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.collector.responses import error_body, unauthorized
from footfall.delivery.acknowledgement import RULES, Reply, excerpt_of
from footfall.events import Answer, Verdict

NAMES = ("duplicate", "quarantined", "rejected")
DUPLICATE = {"index": 1, "verdict": "duplicate", "message_id": "m"}
WHOLE: dict[str, Any] = {
    "status": 1,
    "error": None,
    "code": 200,
    "success": True,
    "received": 3,
    "stored": 2,
    "duplicate": 1,
    "quarantined": 0,
    "rejected": 0,
    "verdicts": [DUPLICATE],
}


def ours(said: object, status: int = 200, content_type: str = "application/json") -> Answer | None:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return RULES["footfall"](Reply(status, content_type, body), 3)


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=utf-8", "text/plain", ""])
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\r\n "])
def test_our_own_answer_is_one_whatever_a_proxy_did_to_its_edges(content_type: str, before: bytes) -> None:
    answer = ours(before + json.dumps(WHOLE).encode() + b"\n", content_type=content_type)

    assert answer == Answer(3, (Verdict(1, "duplicate", "m"),))


def test_the_number_that_was_received_is_enough() -> None:
    assert ours({"received": 3}) == Answer(3)


@pytest.mark.parametrize(
    "change",
    [
        {"received": 2},
        {"received": 4},
        {"received": 0},
        {"received": -3},
        {"received": 10**400},
        {"received": None},
        {"received": "3"},
        {"received": True},
        {"received": [3]},
        {"success": False},
        {"error": {"code": "journal"}},
        {"stored": 3},
        {"duplicate": 0},
        {"duplicate": -1},
        {"quarantined": 1},
        {"rejected": 10**30},
        {"verdicts": []},
        {"verdicts": None},
        {"verdicts": "none"},
        {"verdicts": [DUPLICATE, DUPLICATE]},
        {"verdicts": [{**DUPLICATE, "index": 3}]},
        {"verdicts": [{**DUPLICATE, "index": -1}]},
        {"verdicts": [{**DUPLICATE, "index": 0.5}]},
        {"verdicts": [{**DUPLICATE, "verdict": "lost"}]},
        {"verdicts": [{"index": 1}]},
        {"verdicts": [DUPLICATE, {"index": 0, "verdict": "rejected"}]},
    ],
)
def test_what_contradicts_itself_or_the_batch_is_none(change: dict[str, Any]) -> None:
    assert ours(WHOLE) is not None
    assert ours({**WHOLE, **change}) is None


@pytest.mark.parametrize("status", [201, 202, 203, 204, 206, 299])
def test_no_other_status_than_200_is_one(status: int) -> None:
    assert ours(WHOLE, status=status) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"OK",
        b"null",
        b"3",
        b"[]",
        b'{"success":true}',
        b"<!DOCTYPE html><title>Log in</title>",
        b'{"received":NaN}',
        b"[" * 100_000,
        b'{"received":3}{"received":3}',
        '{"received":3}'.encode("utf-16"),
    ],
)
def test_a_body_of_another_kind_is_none(body: bytes) -> None:
    assert ours(body) is None


def test_an_answer_that_was_cut_off_anywhere_is_none() -> None:
    whole = json.dumps(WHOLE).encode()

    assert [length for length in range(len(whole)) if ours(whole[:length]) is not None] == []


@given(st.lists(st.sampled_from((None, *NAMES)), min_size=1, max_size=6), st.data())
def test_any_answer_counts_each_message_once_and_any_other_count_is_none(
    verdicts: list[str | None], data: st.DataObject
) -> None:
    count = len(verdicts)
    said = {
        "received": count,
        "stored": verdicts.count(None),
        **{name: verdicts.count(name) for name in NAMES},
        "verdicts": [{"index": place, "verdict": name} for place, name in enumerate(verdicts) if name is not None],
    }
    off = data.draw(st.sampled_from(("received", "stored", *NAMES)))
    by = data.draw(st.integers(-3, 3).filter(bool))

    answer = RULES["footfall"](Reply(200, "", json.dumps(said).encode()), count)
    other = RULES["footfall"](Reply(200, "", json.dumps({**said, off: said[off] + by}).encode()), count)  # type: ignore[operator]  # a count

    assert answer is not None
    assert sum(answer.counts().values()) == count
    assert other is None


@pytest.mark.parametrize(
    ("rule", "status", "content_type", "body", "is_acknowledged"),
    [
        ("segment", 200, "application/json", b'{"success": true}', True),
        ("segment", 200, "application/json", b'{"success": false}', False),
        ("segment", 200, "application/json", b"{}", False),
        ("segment", 202, "application/json", b'{"success": true}', False),
        ("segment", 200, "text/html", b"<html>", False),
        ("rudderstack", 200, "text/plain", b"OK", True),
        ("rudderstack", 200, "application/json", b'"OK"\n', True),
        ("rudderstack", 200, "text/plain", b"NOT OK", False),
        ("rudderstack", 204, "", b"", False),
        ("any_2xx", 200, "text/plain", b"whatever", True),
        ("any_2xx", 204, "", b"", True),
        ("any_2xx", 200, "Text/HTML; charset=x", b"Log in", False),
        ("any_2xx", 200, " TEXT/html", b"Log in", False),
        ("any_2xx", 200, "application/xhtml+xml", b"Log in", False),
        ("any_2xx", 200, "", b"\xef\xbb\xbf \n<!doctype html>", False),
    ],
)
def test_the_rules_for_other_makers_collectors(
    rule: str, status: int, content_type: str, body: bytes, is_acknowledged: bool
) -> None:
    answer = RULES[rule](Reply(status, content_type, body), 3)  # type: ignore[index]  # each is one of them

    assert answer == (Answer(3) if is_acknowledged else None)


@given(st.text(), st.binary(max_size=300), st.binary(max_size=300))
def test_what_is_shown_of_any_body_is_short_and_steers_no_terminal(kind: str, body: bytes, request: bytes) -> None:
    shown = excerpt_of(kind, body, request, ())

    assert not set(shown) & {chr(code) for code in (*range(32), *range(0x7F, 0xA0), 0x202E, 0x2028)}
    assert len(shown) < 2_000


def test_the_answer_to_a_wrong_key_is_shown_whole() -> None:
    shown = excerpt_of("application/json", error_body(unauthorized()), b"", ())

    assert "as the user name of Basic auth or as Bearer" in shown
    assert "and more" not in shown


def test_a_body_that_repeats_a_stretch_of_the_request_is_not_shown() -> None:
    shown = excerpt_of("", b"we do not take kari@example.com, sorry", b'{"email":"kari@example.com"}', ())

    assert shown == "no content type, which repeats the request"


def test_a_secret_is_taken_out_before_what_is_shown_is_cut() -> None:
    body = b"x" * 235 + b"canary-7f3a"

    assert "canar" not in excerpt_of("", body, b"", ("canary-7f3a",))

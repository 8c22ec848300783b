"""The options of a client say at once, and all together, what cannot be."""

from __future__ import annotations

import copy
import pprint

import msgspec
import pytest
from tests.client.hostile import hostile_values

from footfall import Client, ClientOptions, Delivery, Ledger, UsageError
from footfall.delivery import RetryPolicy
from footfall.testing import Recorder


def test_every_setting_out_of_range_is_named() -> None:
    with pytest.raises(UsageError) as caught:
        ClientOptions(max_batch=0, linger=-1.0, queue_bytes=float("nan"), when_full="panic")  # type: ignore[arg-type]

    for name in ("max_batch", "linger", "queue_bytes", "when_full"):
        assert name in str(caught.value)


def test_options_are_frozen() -> None:
    with pytest.raises(AttributeError):
        ClientOptions().max_batch = 3  # type: ignore[misc]  # the mistake is the point


def test_a_value_that_cannot_be_compared_is_a_mistake_like_any_other() -> None:
    for value in hostile_values()[:4]:
        with pytest.raises(UsageError, match=r"max_batch must .* linger must .* when_full must"):
            ClientOptions(max_batch=value, linger=value, when_full=value)
        with pytest.raises(UsageError, match="on_invalid must be"):
            Client(Recorder(), on_invalid=value)


def test_the_transform_key_is_as_it_was_given_and_shown_nowhere() -> None:
    options = ClientOptions(transform_key=b"canary")
    client = Client("http://127.0.0.1:9", write_key="canary", options=options)

    assert options.transform_key == b"canary"
    shown = [repr(options), str(options), pprint.pformat(options), repr(list(options.__rich_repr__()))]
    shown += [repr(client), repr(vars(client)), repr(msgspec.structs.replace(options, linger=1.0)), f"{options}"]
    shown += [repr(msgspec.structs.asdict(options)), repr(copy.deepcopy(options))]
    assert [text for text in shown if "canary" in text] == []


@pytest.mark.parametrize("key", ["canary", 3, bytearray(b"canary")])
def test_a_transform_key_that_is_not_bytes_is_refused_and_not_repeated(key: object) -> None:
    with pytest.raises(UsageError, match="transform_key must be bytes") as caught:
        ClientOptions(transform_key=key)  # type: ignore[arg-type]  # the mistake is the point

    assert "canary" not in str(caught.value)


def test_a_retry_policy_out_of_range_is_refused() -> None:
    with pytest.raises(UsageError, match="initial, attempts"):
        RetryPolicy(initial=0.0, attempts=0)


@pytest.mark.parametrize(
    ("delivery", "is_whole"),
    [(Delivery(3, 0, {}), True), (Delivery(3, 1, {}), False), (Delivery(3, 0, {"refused": 1}), False)],
)
def test_a_delivery_is_truthy_if_nothing_is_left_and_nothing_was_lost(delivery: Delivery, is_whole: bool) -> None:
    assert bool(delivery) == is_whole


def test_a_ledger_knows_whether_it_balances() -> None:
    assert Ledger(accepted=3, adopted=1, delivered=2, pending=1, dropped={"refused": 1}).balanced
    assert not Ledger(accepted=3, delivered=2).balanced

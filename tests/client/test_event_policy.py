"""What the plan says of a message in the client, and what follows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args

import pytest

from footfall import Client, ClientOptions, InvalidEventError, PlanError, UsageError
from footfall.client.event_policy import OnInvalid
from footfall.plan import bundle_bytes, bundle_hash, from_bundle
from footfall.plan.model import Enforcement, Event, Page, Plan, Policy, Property
from footfall.testing import Recorder


def plan(**client: Policy) -> Plan:
    policies: dict[str, Policy] = {"unknown_event": "warn", "unknown_property": "warn", "invalid": "flag", **client}
    event = Event(
        name="order_completed",
        wire_name="Order Completed",
        properties=(
            Property(name="total", wire_name="total", type="decimal", required=True, min=Decimal(0)),
            Property(name="email", wire_name="email", type="string", format="email", transform="hash"),
            Property(
                name="lines",
                wire_name="lines",
                type="array",
                items=Property(
                    type="object",
                    properties=(Property(name="card", wire_name="card", type="string", transform="drop"),),
                ),
            ),
        ),
    )
    return Plan(
        id="shop",
        events={"order_completed": event},
        traits={"user": (Property(name="age", wire_name="age", type="integer"),)},
        enforcement={"client": Enforcement(**policies)},
    )


def track(properties: dict[str, Any], name: str = "Order Completed", **client: Any) -> tuple[Any, Recorder]:
    recorder = Recorder()
    with Client(recorder, **client) as made:
        receipt = made.track(name, properties, user_id="ann")
    return receipt, recorder


def test_a_sound_event_says_which_plan_it_was_checked_with() -> None:
    receipt, recorder = track({"total": Decimal("9.90")}, plan=plan())

    assert receipt
    assert receipt.faults == ()
    context = recorder.messages[0]["context"]
    assert context["plan"] == {"id": "shop", "bundle": bundle_hash(plan())}
    assert "violations" not in context


def test_a_message_says_whose_transforms_were_applied_to_it() -> None:
    plain = Plan(id="plain", events={"e": Event(name="e", wire_name="e")})
    _, transformed = track({"total": 1}, plan=plan())
    _, untouched = track({}, "e", plan=plain)
    _, unplanned = track({})

    assert transformed.messages[0]["context"]["client"]["transformed"] == bundle_hash(plan())
    assert "transformed" not in untouched.messages[0]["context"]["client"]
    assert "transformed" not in unplanned.messages[0]["context"]["client"]


def test_the_properties_of_pages_and_the_traits_of_calls_are_transformed() -> None:
    def page(name: str, key: str) -> Page:
        return Page(name=name, properties=(Property(name=key, wire_name=key, type="string", transform="mask"),))

    pages = {one.name: one for one in (page("page", "a"), page("page:Home", "b"), page("identify", "c"))}
    recorder = Recorder()
    with Client(recorder, plan=Plan(id="p", pages=pages)) as client:
        for name in ("Home", "Other"):
            client.page(name, {"a": "secret", "b": "secret"}, user_id="u")
        client.screen("Home", {"a": "secret"}, user_id="u")
        client.identify("u", {"c": "secret"})

    assert [message.get("properties", message.get("traits")) for message in recorder.messages] == [
        {"a": "s***t", "b": "s***t"},
        {"a": "s***t", "b": "secret"},
        {"a": "secret"},
        {"c": "s***t"},
    ]


def test_a_faulty_event_is_sent_with_its_faults_by_default() -> None:
    receipt, recorder = track({"total": -1}, plan=plan())

    assert receipt
    assert [(fault.path, fault.code) for fault in receipt.faults] == [("total", "min")]
    assert [fault["code"] for fault in recorder.messages[0]["context"]["violations"]] == ["min"]


@pytest.mark.parametrize("on_invalid", ["drop", None])
def test_a_faulty_event_is_dropped_where_that_is_chosen(on_invalid: OnInvalid | None) -> None:
    receipt, recorder = track({}, plan=plan(invalid="drop"), on_invalid=on_invalid)

    assert receipt.reason == "invalid"
    assert [(fault.path, fault.code) for fault in receipt.faults] == [("total", "required")]
    assert recorder.messages == []


def test_a_faulty_event_raises_only_where_the_client_was_made_to() -> None:
    recorder = Recorder()
    with Client(recorder, plan=plan(), on_invalid="raise") as client:
        with pytest.raises(InvalidEventError, match="Order Completed: total required") as caught:
            client.track("Order Completed", {}, user_id="ann")
        with pytest.raises(InvalidEventError, match="unknown_event"):
            client.track("Order Complete", user_id="ann")
        with pytest.raises(InvalidEventError, match="unknown_property"):
            client.track("Order Completed", {"total": 1, "colour": "red"}, user_id="ann")

    assert not caught.value.receipt
    assert client.stats().refused == {"invalid": 3}
    assert track({}, plan=plan(invalid="raise"))[0]


@pytest.mark.parametrize(
    ("policy", "accepted", "told", "flagged"),
    [
        ("keep", True, 0, False),
        ("warn", True, 1, False),
        ("flag", True, 1, True),
        ("quarantine", True, 1, True),
        ("raise", True, 1, True),
        ("drop", False, 1, False),
    ],
)
@pytest.mark.parametrize("kind", ["unknown_event", "unknown_property"])
def test_what_the_plan_does_not_know_is_treated_as_the_plan_says(
    kind: str, policy: Policy, accepted: bool, told: int, flagged: bool
) -> None:
    name = "Order Completed" if kind == "unknown_property" else "Order Complete"
    if kind == "unknown_property" and policy == "keep":
        told = 1  # the validator tells of it as a warning

    receipt, recorder = track({"total": 1, "colour": "red"}, name, plan=plan(**{kind: policy}))

    assert bool(receipt) == accepted
    assert [fault.code for fault in receipt.faults] == [kind] * told
    assert [bool(message["context"].get("violations")) for message in recorder.messages] == [flagged] * accepted


def test_every_policy_of_a_plan_has_a_meaning_here() -> None:
    assert set(get_args(Policy)) == {"raise", "warn", "flag", "keep", "drop", "quarantine"}
    for policy in get_args(Policy):
        track({}, plan=plan(invalid=policy))


def test_the_worst_fault_decides() -> None:
    receipt, _ = track({"total": -1, "colour": "red"}, plan=plan(unknown_property="drop"))

    assert receipt.reason == "invalid"
    assert [fault.code for fault in receipt.faults] == ["min", "unknown_property"]


def test_what_was_not_encoded_as_it_was_is_flagged_even_where_invalid_events_are_kept() -> None:
    receipt, recorder = track({"total": 1, "x": float("nan")}, plan=plan(invalid="keep", unknown_property="keep"))

    assert receipt
    assert [fault["code"] for fault in recorder.messages[0]["context"]["violations"]] == ["not_finite"]


def test_a_value_is_checked_in_clear_and_leaves_hashed() -> None:
    options = ClientOptions(transform_key=b"key")

    receipt, recorder = track({"total": 1, "email": "ann@example.org"}, plan=plan(), options=options)

    assert receipt.faults == ()
    assert b"ann@example.org" not in recorder.batches[0].encode()
    assert len(recorder.messages[0]["properties"]["email"]) == 64


def test_a_value_deep_inside_is_transformed_too() -> None:
    receipt, recorder = track({"total": 1, "lines": [{"card": "4111"}, {}]}, plan=plan())

    assert receipt.faults == ()
    assert recorder.messages[0]["properties"]["lines"] == [{}, {}]


def test_a_value_that_cannot_be_hashed_does_not_leave() -> None:
    receipt, recorder = track({"total": 1, "email": "ann@example.org"}, plan=plan())

    assert [(fault.path, fault.code) for fault in receipt.faults] == [("email", "no_transform_key")]
    assert "email" not in recorder.messages[0]["properties"]


def test_digits_are_kept() -> None:
    _, recorder = track({"total": Decimal("1234567890123456789.10"), "email": None}, plan=plan())

    assert b'"total":1234567890123456789.10' in recorder.batches[0].encode()


def test_a_bad_trait_is_told_and_an_unknown_one_is_none() -> None:
    recorder = Recorder()
    with Client(recorder, plan=plan()) as client:
        good = client.identify("ann", {"age": 41, "shoe_size": 38})
        bad = client.identify("bob", {"age": "old"})

    assert good.faults == ()
    assert [(fault.path, fault.code) for fault in bad.faults] == [("age", "type")]


def test_a_plan_may_be_a_path_or_a_bundle(tmp_path: Any) -> None:
    (tmp_path / "plan.json").write_bytes(bundle_bytes(plan()))

    receipt, recorder = track({"total": 1}, plan=tmp_path / "plan.json")

    assert receipt
    assert recorder.messages[0]["context"]["plan"]["bundle"] == bundle_hash(from_bundle(bundle_bytes(plan())))


def test_a_plan_that_cannot_be_used_is_refused_at_once(tmp_path: Any) -> None:
    with pytest.raises(PlanError):
        Client(Recorder(), plan=tmp_path / "missing")


def test_an_unknown_way_of_treating_faults_is_refused_at_once() -> None:
    with pytest.raises(UsageError, match="on_invalid"):
        Client(Recorder(), on_invalid="ignore")  # type: ignore[arg-type]  # the mistake is the point

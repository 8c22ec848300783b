"""How each SDK is called, by its own order of arguments."""

from __future__ import annotations

import pytest
from tests.planning.scan.shop_code import complaints, planned, scanned

from footfall.planning.scan.sdks import METHOD_NAMES, SDKS, WORDS, ordered


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("import segment.analytics as analytics\nanalytics.track('u', 'signed_up', {P})", id="segment"),
        pytest.param(
            "from segment.analytics import track\ntrack(event='signed_up', properties={P})", id="segment bare"
        ),
        pytest.param("from rudderstack import analytics\nanalytics.track('u', 'signed_up', {P})", id="rudderstack"),
        pytest.param("import posthog\nposthog.capture('u', 'signed_up', {P})", id="posthog before 6"),
        pytest.param("import posthog\nposthog.capture('u', event='signed_up', properties={P})", id="posthog mixed"),
        pytest.param(
            "from posthog import Posthog\nPosthog('k').capture('signed_up', distinct_id='u', properties={P})",
            id="posthog",
        ),
        pytest.param("from mixpanel import Mixpanel\nm = Mixpanel('t')\nm.track('u', 'signed_up', {P})", id="mixpanel"),
        pytest.param(
            "from amplitude import Amplitude, BaseEvent\nc = Amplitude('k')\n"
            "c.track(BaseEvent(event_type='signed_up', user_id='u', event_properties={P}))",
            id="amplitude",
        ),
        pytest.param(
            "from snowplow_tracker import Snowplow, SelfDescribing, SelfDescribingJson\n"
            "t = Snowplow.create_tracker('ns', endpoint='e')\n"
            "t.track(SelfDescribing(SelfDescribingJson('iglu:com.acme/signed_up/jsonschema/1-0-0', {P})))",
            id="snowplow",
        ),
        pytest.param(
            "from snowplow_tracker import Tracker, SelfDescribingJson\n"
            "Tracker('ns', []).track_self_describing_event("
            "SelfDescribingJson('iglu:com.acme/signed_up/jsonschema/1-0-0', {P}))",
            id="snowplow before 1.0",
        ),
    ],
)
def test_each_sdk_is_known_by_its_own_order_of_arguments(source: str) -> None:
    right = scanned(source.replace("{P}", "{'method': 'google'}"))
    wrong = scanned(source.replace("{P}", "{'method': 'fax', 'x': 1}"))

    assert planned(right) == ["signed_up"]
    assert complaints(right) == []
    assert complaints(wrong) == ["wrong_value signed_up.method", "unknown_property signed_up.x"]


def test_a_structured_event_of_snowplow_is_its_action() -> None:
    result = scanned(
        "from snowplow_tracker import Tracker\nTracker('n', []).track_struct_event('shop', 'idea', label='x')"
    )

    assert planned(result) == ["idea"]
    assert complaints(result) == ["unknown_property idea.category", "unknown_property idea.label"]


def test_an_order_of_arguments_names_places_from_one() -> None:
    signature = ordered((2, "event"), (3, "properties"))

    assert signature.params[:4] == (" 1", "event", "properties", " 4")
    assert (signature.event, signature.properties) == ("event", "properties")


def test_the_place_zero_is_an_argument_that_is_only_given_by_name() -> None:
    signature = ordered((0, "event_name"), None)

    assert signature.params[-1] == "event_name"
    assert signature.most == len(signature.params) - 1


def test_every_method_but_the_common_word_set_makes_a_file_worth_reading() -> None:
    assert [name for name in METHOD_NAMES if not WORDS.search(f"client.{name}(event)".encode())] == ["set"]


def test_every_method_takes_the_event_and_properties_that_it_names() -> None:
    signatures = [signature for sdk in SDKS.values() for each in sdk.methods.values() for signature in each]

    assert all(signature.event in ("", *signature.params) for signature in signatures)
    assert all(signature.properties in ("", "*structured", *signature.params) for signature in signatures)

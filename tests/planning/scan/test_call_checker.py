"""What is said of a call: its event, its properties, its source. Each row is one small program."""

from __future__ import annotations

import pytest
from tests.planning.scan.shop_code import GOOD, HEAD, complaints, planned, scanned


@pytest.mark.parametrize(
    ("source", "events", "findings"),
    [
        pytest.param(f"client.track('order_completed', {GOOD})", ["order_completed"], [], id="a planned call"),
        pytest.param("client.track('purchase', " + GOOD + ")", ["order_completed"], [], id="an alias"),
        pytest.param("client.track('Signed Up', {'method': 'google'})", ["signed_up"], [], id="a wire name"),
        pytest.param("client.track('order_complete')", [], ["unplanned_event order_complete"], id="a slip"),
        pytest.param(
            "client.track('order_completed')",
            ["order_completed"],
            ["missing_property order_completed.total", "missing_property order_completed.currency"],
            id="without properties",
        ),
        pytest.param(
            "client.track('order_completed', {'total': 1, 'currency': 'EUR', 'totl': 2})",
            ["order_completed"],
            ["unknown_property order_completed.totl"],
            id="an unknown property",
        ),
        pytest.param(
            "client.track('order_completed', {'total': 'much', 'currency': 'SEK', 'coupon': 'x', 'gift': 1})",
            ["order_completed"],
            [f"wrong_value order_completed.{name}" for name in ("total", "currency", "coupon", "gift")],
            id="wrong literals",
        ),
        pytest.param(
            "client.track('order_completed', {'total': 1, 'currency': 'EUR', 'channel': 'fax'})",
            ["order_completed"],
            ["new_enum_value order_completed.channel"],
            id="a new value of an open enum",
        ),
        pytest.param(
            "client.track('order_completed', {'total': 0, 'currency': 'EUR', 'gift': True})",
            ["order_completed"],
            ["wrong_value order_completed.gift_costs"],
            id="a rule over literals",
        ),
        pytest.param(
            "client.track('order_completed', {'total': total(), 'currency': x.currency, 'gift': f'{x}'})",
            ["order_completed"],
            ["wrong_value order_completed.gift"],
            id="a value of a known type",
        ),
        pytest.param("client.track(event=NAME)\nNAME = 1", [], ["unresolved_call"], id="a name that is not bound yet"),
        pytest.param("client.track(f'order_{kind()}')", [], ["unresolved_call"], id="an f-string with an unknown part"),
        pytest.param(
            "KIND = 'completed'\nclient.track(f'order_{KIND}', " + GOOD + ")", ["order_completed"], [], id="an f-string"
        ),
        pytest.param("client.track('pai' + 'red')", ["paired"], ["wrong_source paired"], id="a sum, of another source"),
        pytest.param("client.track('%s_up' % 'signed', {'method': 'google'})", [], ["unresolved_call"], id="percent"),
        pytest.param("client.track('{}_up'.format('signed'))", [], ["unresolved_call"], id="format"),
        pytest.param("client.track('_'.join(['signed', 'up']))", [], ["unresolved_call"], id="join"),
        pytest.param(
            "client.track('signed_up' if x else 'order_completed', dict(method='google'))",
            ["order_completed", "signed_up"], [], id="both values of a condition, of which one fits",
        ),
        pytest.param(
            "client.track('signed_up' if x else 'order_completed', {'method': 'fax'})",
            ["order_completed", "signed_up"], ["wrong_value signed_up.method"],
            id="both values of a condition, of which none fits",
        ),
        pytest.param(
            "base = {'total': 1}\nclient.track('order_completed', {**base, 'currency': 'EUR'})",
            ["order_completed"], [], id="a spread dictionary",
        ),
        pytest.param(
            "p = dict(total=1)\np['currency'] = 'EUR'\np['gift'] = 'no'\nclient.track('order_completed', p)",
            ["order_completed"], ["wrong_value order_completed.gift"], id="assignments of keys",
        ),
        pytest.param(
            "p = {'total': 1}\nif x:\n    p['currency'] = 'EUR'\nclient.track('order_completed', p)",
            ["order_completed"], ["maybe_missing_property order_completed.currency"], id="a key on one way only",
        ),
        pytest.param(
            "p = {'total': 1}\nenrich(p)\nclient.track('order_completed', p)",
            ["order_completed"], [], id="a dictionary that was handed on",
        ),
        pytest.param(
            "p = {}\nfor k in ks():\n    p[k] = 1\nclient.track('order_completed', p)",
            ["order_completed"], [], id="a dictionary filled in a loop",
        ),
        pytest.param(
            "for n in ('signed_up', 'idea'):\n    client.track(n, {'method': 'google'})",
            ["idea", "signed_up"], ["unknown_property idea.method"], id="a loop over constants",
        ),
        pytest.param("client.track('order_completed', props())", ["order_completed"],
                     ["unresolved_call order_completed"], id="unknown properties"),
        pytest.param(
            "client.track('signed_up', {'method': 'google'} if x else {})",
            ["signed_up"], ["missing_property signed_up.method"], id="one of two dictionaries",
        ),
        pytest.param(
            "if x:\n    n, p = 'signed_up', {'method': 'google'}\nelse:\n    n, p = 'idea', {}\nclient.track(n, p)",
            ["idea", "signed_up"], [], id="two events with a dictionary each",
        ),
        pytest.param("client.track('old')", ["old"], ["deprecated_event_sent old"], id="a deprecated event"),
        pytest.param("client.identify('u', {'age': 'old'})", [], ["wrong_value traits.user.age"], id="a trait"),
        pytest.param("other.track('order_completed')", [], ["unresolved_call order_completed"], id="no known client"),
        pytest.param("other.track('lorry')", [], [], id="a method of something else"),
        pytest.param(
            "import functools\nsend = functools.partial(client.track, 'signed_up')\nsend({'method': 'fax'})",
            [], ["unresolved_call"], id="a partial, which is not followed",
        ),
        pytest.param(
            "pool.submit(client.track, 'signed_up', {'method': 'fax'})",
            ["signed_up"], ["wrong_value signed_up.method"], id="handed to an executor",
        ),
        pytest.param("run(client.track)", [], ["unresolved_call"], id="handed to something unknown"),
    ],
)  # fmt: skip
def test_a_source_is_told_as_it_is(source: str, events: list[str], findings: list[str]) -> None:
    result = scanned(HEAD + source)

    assert planned(result) == events
    assert sorted(complaints(result)) == sorted(findings)

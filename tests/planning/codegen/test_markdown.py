"""The Markdown of a plan says what the plan says, and no text of it becomes markup."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.planning.codegen.shapes import event_of, plan_of

from footfall.plan import read
from footfall.plan.checking.validate import Validator
from footfall.plan.model import Property, Rule
from footfall.planning.codegen.markdown import markdown_document
from footfall.planning.codegen.payload import example_payload

SHOP = Path(__file__).parents[3] / "tracking_plans" / "shop_and_gateway"


def test_every_event_has_its_part_and_a_link_in_the_index() -> None:
    plan = read(SHOP).require()

    text = markdown_document(plan)

    for event in plan.events:
        assert f"(#{event})" in text
        assert f'<a id="{event}"></a>' in text
    assert "| kpi:revenue | growth | adds total up; splits the figure by currency |" in text
    assert "| journey:purchase | growth | step buy" in text
    assert "| goal:grow\\_revenue | growth | through revenue, conversion, average\\_order |" in text
    assert "| `lines[].quantity` | integer | required | Units ordered<br>at least 1; at most 99" in text


def test_the_example_of_every_event_is_valid() -> None:
    plan = read(SHOP).require()
    validator = Validator(plan, stage="test")
    blocks = re.findall("```json\n(.*?)\n```", markdown_document(plan), re.DOTALL)

    assert [json.loads(block) for block in blocks] == [
        json.loads(example_payload(event)) for event in plan.events.values()
    ]
    for event, block in zip(plan.events.values(), blocks, strict=True):
        assert validator.check(event, block.encode()).faults == ()


def test_no_text_becomes_markup() -> None:
    hostile = "<script>a|b</script> *x* [y](z) `code` # & \\"
    event = event_of(
        Property(name="p", type="string", description=hostile, enum=("```", "|")), description=hostile, owner=hostile,
        rules=(Rule(id="r", check="p != '`|'", message=hostile),),
    )  # fmt: skip

    text = markdown_document(plan_of(event))

    assert re.search(r"(?<!\\)<script", text) is None
    rows = [line for line in text.splitlines() if line.startswith("| `p`")]
    assert len(re.findall(r"(?<!\\)\|", rows[0])) == 5
    assert "````json" in text

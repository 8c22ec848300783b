"""No file of another tool, however broken, ends an import otherwise than with a plan and a report."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.interop.documents import SAMPLES, documents

from footfall.planning.interop import FORMATS, export_plan, import_plan

DOCUMENTS = {form: documents(form) for form in SAMPLES}
DOCUMENTS["jsonschema"] = {
    path: schema
    for path, schema in documents("iglu-central").items()
    if "campaign_attribution" in path or "/ad_" in path
}
JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, 0, -1, 2**70, Decimal("1.5"), "", "x", "null", "#property:none", [], [[]], [None], [3],
     ["a", "a"], {}, {"x": 1}, {"": {}}, {"type": "string"}, {"$ref": "#"}, {"$ref": "#/definitions/none"}]
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


PLACES = {form: list(places(held)) for form, held in DOCUMENTS.items()}


@pytest.mark.parametrize("form", sorted(FORMATS))
@given(data=st.data())
@settings(max_examples=60)
@pytest.mark.slow
def test_junk_anywhere_in_the_files_still_gives_a_plan_that_can_be_exported(form: str, data: st.DataObject) -> None:
    files = copy.deepcopy(DOCUMENTS[form])
    for path in data.draw(st.lists(st.sampled_from(PLACES[form]), min_size=1, max_size=3)):
        put(files, path, copy.deepcopy(data.draw(JUNK)))

    imported = import_plan(files, form)

    assert imported.plan.id
    for other in FORMATS:
        assert export_plan(imported.plan, other).files is not None


def put(value: Any, path: tuple[Any, ...], junk: Any) -> None:
    *way, last = path
    for step in way:
        if (isinstance(value, dict) and step in value) or (isinstance(value, list) and step in range(len(value))):
            value = value[step]
        else:
            return
    if isinstance(value, dict) or (isinstance(value, list) and last in range(len(value))):
        value[last] = junk

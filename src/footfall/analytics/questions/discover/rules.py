"""Writes a kind of persons as a rule of a plan, by a small decision tree over what such a rule can count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from sklearn.tree import DecisionTreeClassifier

from footfall.analytics.questions.discover.features import ACTIVITY
from footfall.analytics.questions.discover.options import SEED

__all__ = ["KindRule", "rule_of", "yaml_text"]

_DEPTH: Final = 3
_LEAST_GAIN: Final = 0.005  # of a bound, that it is worth a reader's time
_MINUTE: Final = 60
_TIME_SPENT: Final = ACTIVITY.index("time_spent")
_LEAST_SHARE: Final = 0.02
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


class KindRule(NamedTuple):
    """A rule as a plan has it, and the persons that it puts into the kind, as a mask of the rows it was made of."""

    who: Mapping[str, Any]
    bounds: Sequence[Mapping[int, tuple[int, int | None]]]

    def meets(self, counts: Any) -> Any:
        """Which persons with these counts meet the rule."""
        masks = [_within(counts, bounds) for bounds in self.bounds]
        return np.logical_or.reduce(masks) if masks else np.zeros(len(counts), bool)


def rule_of(counts: Any, is_in: Any, events: Sequence[str], days: int) -> KindRule:
    """The rule that best says who is in a kind. `counts` has ACTIVITY and the messages of each event, a row a person.

    Everything is counted in whole numbers over the same days: what a plan's rule can ask.
    """
    columns = [number for number in range(len(ACTIVITY) + len(events)) if number != 0]  # recency is asked by days
    whole = np.floor(counts / _units(counts.shape[1]))
    tree = DecisionTreeClassifier(
        max_depth=_DEPTH, min_samples_leaf=max(2, int(_LEAST_SHARE * len(counts))), random_state=SEED,
        min_impurity_decrease=_LEAST_GAIN,
        class_weight="balanced",
    )  # fmt: skip
    tree.fit(whole[:, columns], is_in)
    ways = [
        {columns[feature]: bounds for feature, bounds in way.items()} for way in _ways(tree.tree_, 0, {}, tree.classes_)
    ]
    parts = [_way(way, events, days) for way in ways]
    active: dict[str, Any] = {"did": "*", "within": f"{days}d"}
    if len(parts) > 1:
        return KindRule({"all": [active, {"any": [_one(part) for part in parts]}]}, ways)
    return KindRule(_one([active, *(parts[0] if parts else ())]), ways)


def _one(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return parts[0] if len(parts) == 1 else {"all": list(parts)}


def _ways(
    tree: Any, node: int, bounds: dict[int, tuple[int, int | None]], classes: Any
) -> list[dict[int, tuple[int, int | None]]]:
    """The bounds of each leaf in which most are of the kind."""
    if tree.children_left[node] == tree.children_right[node]:
        return [bounds] if bool(classes[tree.value[node][0].argmax()]) else []
    feature, most = int(tree.feature[node]), int(np.floor(tree.threshold[node]))
    least, upper = bounds.get(feature, (0, None))
    below = most if upper is None else min(most, upper)
    return [
        *_ways(tree, tree.children_left[node], {**bounds, feature: (least, below)}, classes),
        *_ways(tree, tree.children_right[node], {**bounds, feature: (max(least, most + 1), upper)}, classes),
    ]


def _units(columns: int) -> Any:
    """In which steps each column is counted: the time spent in minutes, all else one by one."""
    return np.array([_MINUTE if number == _TIME_SPENT else 1 for number in range(columns)])


def _limits(feature: int, least: int, most: int | None) -> tuple[int, int | None]:
    """The bounds in what a rule counts: seconds of time, up to the last one of a minute."""
    if feature != _TIME_SPENT:
        return least, most
    return least * _MINUTE, None if most is None else (most + 1) * _MINUTE - 1


def _within(counts: Any, bounds: Mapping[int, tuple[int, int | None]]) -> Any:
    mask = np.ones(len(counts), bool)
    for feature, (low, high) in bounds.items():
        least, most = _limits(feature, low, high)
        mask &= counts[:, feature] >= least
        if most is not None:
            mask &= counts[:, feature] <= most
    return mask


def _way(bounds: Mapping[int, tuple[int, int | None]], events: Sequence[str], days: int) -> list[dict[str, Any]]:
    """The bounds of a leaf, each as a rule."""
    return [_part(feature, least, most, events, days) for feature, (least, most) in sorted(bounds.items())]


def _part(feature: int, least: int, most: int | None, events: Sequence[str], days: int) -> dict[str, Any]:
    """One bound as a rule: at least, at most, or both."""
    name = ACTIVITY[feature] if feature < len(ACTIVITY) else ""
    low, high = _limits(feature, least, most)
    limits: dict[str, Any] = {}
    if low:
        limits["at_least"] = f"{low}s" if name == "time_spent" else low
    if high is not None:
        limits["at_most"] = f"{high}s" if name == "time_spent" else high
    limits["within"] = f"{days}d"
    if name == "sessions" or name == "time_spent":
        return {name: limits}
    if name == "active_days":
        return {"days_with": "*", **limits}
    return {"did": "*" if name == "messages" else events[feature - len(ACTIVITY)], **limits}


def yaml_text(value: Any) -> str:
    """A rule on one line, as a plan has it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {yaml_text(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(yaml_text, value)) + "]"
    if isinstance(value, str) and set(value.lower()) - _PLAIN:
        return "'" + value.replace("'", "''") + "'"
    return str(value)

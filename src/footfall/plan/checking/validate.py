"""Checks the properties of an event, and the traits of a person or account, against the plan.

Client and collector check the same JSON text, so it has one meaning. A clean event costs one msgspec decode and a few
tests; only an event that fails pays for `explain`, which lists every fault.

Of duplicate keys in one object the last one counts. Patterns are searched (not anchored), and mean what
`footfall.plan.regex_dialect` says. What a pattern tries is not counted here: a value longer than its `max_length` is
never searched, and `footfall plan check` refuses a pattern that could try too much on one of that length
(`footfall.plan.patterns`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from footfall.errors import PlanError, Problem
from footfall.events import Fault
from footfall.plan.checking.explain import MISFIT, Faults, PropertyCheck, decode, explain, make_check
from footfall.plan.checking.fast_decoder import compile_decoder, fields_of
from footfall.plan.lazy_events import event_names
from footfall.plan.model import Enforcement, Event, Plan, Policy, Property, Rule
from footfall.plan.wording import shorten

if TYPE_CHECKING:
    from footfall.plan.checking.rules import CompiledRule

__all__ = ["Checked", "Validator", "policy_of"]

Stage = Literal["test", "client", "collector"]

_DEFAULTS: Mapping[str, Enforcement] = MappingProxyType(
    {
        "test": Enforcement(unknown_event="raise", unknown_property="raise", invalid="raise"),
        "client": Enforcement(unknown_event="warn", unknown_property="warn", invalid="flag"),
        "collector": Enforcement(unknown_event="quarantine", unknown_property="keep", invalid="quarantine"),
    }
)
_LENIENT: tuple[Policy, ...] = ("keep", "warn")
_JSON_HINTS = {"RecursionError": "nested too deeply", "UnicodeDecodeError": "not UTF-8"}
# Types whose values a rule sees otherwise than the Struct has them.
_DIFFERENT_IN_RULES = frozenset({"any", "array", "object"})


class Checked(msgspec.Struct, frozen=True):
    """The faults of one event, in the order of the plan, unknown properties last.

    `faults` are those that the stage refuses, `warnings` those that its policy keeps and new values of an open enum.
    """

    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


_CLEAN = Checked()


def policy_of(plan: Plan, stage: Stage, event: Event | None = None) -> Enforcement:
    """What to do on a fault at a stage: the event's own policy, else the plan's, else the built-in one."""
    own = None if event is None else event.enforcement.get(stage)
    return own or plan.enforcement.get(stage) or _DEFAULTS[stage]


class Validator:
    """Checks events against one plan, for one stage: a test, the client, or the collector.

    If values are `received` (the default at the collector alone), a property with a `transform` must have its
    transformed type (see `checking.transform`). Events are compiled when they are first checked. Threads may share a
    Validator.
    """

    def __init__(self, plan: Plan, *, stage: Stage, received: bool | None = None) -> None:
        self._plan = plan
        self._stage = stage
        self._received = stage == "collector" if received is None else received
        self._events: dict[str, _Compiled] = {}
        self._traits: dict[str, _Compiled] = {}
        self._names = _wire_names(plan)
        self._known: dict[str, Event] = {}
        self._plan_policy = policy_of(plan, stage)

    def resolve(self, event_name: str, on: str = "") -> Event | None:
        """The event with a name on the wire: its wire name, its name in the plan, or an alias.

        `on` is the ISO day of receipt: an alias counts before its `until`. Without a day every alias counts.
        """
        entry = self._names.get(event_name)
        if entry is None:
            return None
        name, until = entry
        if until and on and on >= until:
            return None
        event = self._known.get(name)
        return self._known.setdefault(name, self._plan.events[name]) if event is None else event

    def policy(self, event: Event | None) -> Enforcement:
        """What to do on a fault of an event, as `policy_of` says."""
        return self._plan_policy if event is None else event.enforcement.get(self._stage, self._plan_policy)

    def check(self, event: Event, properties: bytes | msgspec.Raw) -> Checked:
        """Checks the JSON text of an event's properties; empty text and `null` mean no properties.

        Never raises for what the text contains. Raises PlanError if the event's pattern or rule cannot be compiled,
        which `footfall plan check` finds beforehand.
        """
        compiled = self._events.get(event.name)
        if compiled is None or compiled.owner is not event:
            compiled = self._compile_event(event)
        try:
            if compiled.is_clean(compiled.decode(properties)):
                return _CLEAN
        except (ValueError, RecursionError):
            pass  # `explain` says what it was
        return self._explain(compiled, properties, self.policy(event))

    def check_traits(self, kind: Literal["user", "account"], traits: bytes | msgspec.Raw) -> Checked:
        """Checks the JSON text of traits. No trait is required, and an unknown one is no fault."""
        compiled = self._traits.get(kind)
        if compiled is None:
            optional = tuple(msgspec.structs.replace(prop, required=False) for prop in self._plan.traits.get(kind, ()))
            whole = Property(type="object", properties=optional)
            compiled = self._traits.setdefault(kind, self._compile(None, whole, (), f"traits.{kind}"))
        try:
            if compiled.is_clean(compiled.decode(traits)):
                return _CLEAN
        except (ValueError, RecursionError):
            pass  # `explain` says what it was
        return self._explain(compiled, traits, self._plan_policy, unknown_counts=False)

    def _explain(
        self, compiled: _Compiled, text: bytes | msgspec.Raw, policy: Enforcement, *, unknown_counts: bool = True
    ) -> Checked:
        faults = compiled.explain(text)
        if not unknown_counts:
            faults.unknown.clear()
        if not faults:
            return _CLEAN
        refused: list[Fault] = []
        warned: list[Fault] = []
        (warned if policy.invalid in _LENIENT else refused).extend(faults.wrong)
        warned.extend(faults.novel)
        (warned if policy.unknown_property in _LENIENT else refused).extend(faults.unknown)
        return Checked(tuple(refused), tuple(warned))

    def _compile_event(self, event: Event) -> _Compiled:
        whole = Property(type="object", properties=event.properties, additional=event.additional)
        compiled = self._compile(event, whole, event.rules, event.name)
        self._events[event.name] = compiled
        return compiled

    def _compile(self, owner: Event | None, whole: Property, rules: tuple[Rule, ...], where: str) -> _Compiled:
        try:
            node = make_check(whole, received=self._received, secret=_secrecy(self._plan.sensitivity_levels))
            return _Compiled(owner, node, _checkable(node, rules, self._received))
        except (re.error, ValueError) as error:
            message, remedy = f"cannot be compiled: {error}", "run footfall plan check on it"
            raise PlanError([Problem("uncompilable", message, where=where, remedy=remedy)]) from error


class _Compiled:
    """One compiled event: the fast decoder with its test, the check for `explain`, the rules."""

    __slots__ = ("_by_name", "_node", "_rules", "decode", "is_clean", "owner")

    def __init__(self, owner: Event | None, node: PropertyCheck, rules: tuple[tuple[Rule, CompiledRule], ...]) -> None:
        self.owner = owner
        self._node = node
        self._rules = rules
        self._by_name = {child.prop.name: child for child in node.children}
        fast = compile_decoder(node)
        self.decode: Callable[[bytes | msgspec.Raw], Any]
        self.is_clean: Callable[[Any], object]
        if fast is None:
            self.decode, self.is_clean = decode, self._has_no_fault
        else:
            self.decode, self.is_clean = fast
            if rules:
                self.is_clean = self._with_rules(self.is_clean)

    def explain(self, text: bytes | msgspec.Raw) -> Faults:
        """Every fault of the text."""
        faults = Faults()
        try:
            value = decode(text) if len(text) else {}
        except (ValueError, RecursionError) as error:
            hint = _JSON_HINTS.get(type(error).__name__) or shorten(str(error))
            faults.wrong.append(Fault("", "json", "JSON text", hint))
            return faults
        self._explain_value(value, faults)
        return faults

    def _explain_value(self, value: Any, faults: Faults) -> None:
        value = {} if value is None else value
        explain(self._node, value, "", faults)
        if self._rules and type(value) is dict:
            self._explain_rules(value, faults)

    def _has_no_fault(self, value: Any) -> bool:
        faults = Faults()
        self._explain_value(value, faults)
        return not faults

    def _explain_rules(self, value: dict[str, Any], faults: Faults) -> None:
        for rule, compiled in self._rules:
            nodes = [self._by_name[name] for name in sorted(compiled.names)]
            # A rule over a property with a fault would only repeat the fault.
            if not all(_is_sound(node, value) for node in nodes):
                continue
            if not compiled({node.prop.name: _rule_value(node, value.get(node.key)) for node in nodes}):
                faults.wrong.append(Fault(rule.id, "rule", shorten(rule.message or rule.check), "false"))

    def _with_rules(self, test: Callable[[Any], object]) -> Callable[[Any], bool]:
        fields = {child.prop.name: (field, child) for field, child in fields_of(self._node).items()}
        rules = [
            (
                compiled,
                [(name, *fields[name], fields[name][1].kind in _DIFFERENT_IN_RULES) for name in sorted(compiled.names)],
            )
            for _, compiled in self._rules
        ]

        def is_clean(struct: Any) -> bool:
            if not test(struct):
                return False
            for compiled, names in rules:
                values: dict[str, Any] = {}
                for name, field, node, differs in names:
                    value = getattr(struct, field)
                    values[name] = _rule_value(node, value) if differs or type(value) is msgspec.Raw else value
                if not compiled(values):
                    return False
            return True

        return is_clean


def _is_sound(node: PropertyCheck, value: dict[str, Any]) -> bool:
    if node.key not in value:
        return not node.required
    faults = Faults()
    explain(node, value[node.key], "", faults)
    return not faults.wrong


def _rule_value(node: PropertyCheck, value: Any) -> Any:
    """What a rule sees of a valid value, whether the Struct decoded it or it is plain JSON."""
    if type(value) is msgspec.Raw:
        if node.kind == "decimal" and (amount := _read_amount(value)) is not None:
            return amount
        value = decode(value)
    if value is None:
        return None
    if node.members:
        node = node.of(value)
    if node.kind in {"any", "object"}:
        return ...
    if node.kind == "array":
        assert node.inner is not None
        return [_rule_value(node.inner, item) for item in value]
    parsed = node.read(value)
    # The Struct's floats and times are read already; no reader takes them again.
    return value if parsed is MISFIT else parsed


def _read_amount(raw: msgspec.Raw) -> Decimal | None:
    """The decimal in a valid text, without decoding it; None for null and for digits written as escapes."""
    try:
        return Decimal(str(raw, "ascii").strip('"'))
    except InvalidOperation:
        return None


def _checkable(node: PropertyCheck, rules: tuple[Rule, ...], received: bool) -> tuple[tuple[Rule, CompiledRule], ...]:
    """The rules that can be judged: not those over received values that a transform changed."""
    if not rules:
        return ()
    from footfall.plan.checking.rules import compile_rule  # loaded with the first event that has a rule

    nodes = {child.prop.name: child for child in node.children}
    changed = {name for name, child in nodes.items() if received and child.prop.transform}
    pairs = ((rule, compile_rule(rule.check, nodes.keys())) for rule in rules)
    return tuple((rule, compiled) for rule, compiled in pairs if not compiled.names & changed)


def _secrecy(levels: tuple[str, ...]) -> Callable[[Property], bool]:
    """Which properties' values must not be shown: personal or above, or changed by a transform."""
    named = {"personal", "special"}
    if "personal" in levels:
        named.update(levels[levels.index("personal") :])
    return lambda prop: prop.transform is not None or prop.sensitivity in named


def _wire_names(plan: Plan) -> Mapping[str, tuple[str, str]]:
    """Name on the wire -> name in the plan and the day until which it counts.

    Wire names win over names in the plan, these over aliases.
    """
    named = tuple(event_names(plan))
    names: dict[str, tuple[str, str]] = {}
    for name, event in named:
        names.setdefault(event.wire_name, (name, ""))
    for name, _ in named:
        names.setdefault(name, (name, ""))
    for name, event in named:
        for alias in event.aliases:
            names.setdefault(alias.name, (name, alias.until))
    return names

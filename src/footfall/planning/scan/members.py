"""Members: what an attribute of a module, class, object or built-in value is, over every subclass that may be meant."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import msgspec

from footfall.planning.scan.annotations import from_annotation
from footfall.planning.scan.builtin_calls import METHODS
from footfall.planning.scan.classes import (
    ancestry,
    annotation_of,
    class_value,
    classes_of,
    is_enum,
    is_same_class,
    is_settings,
    is_text_enum,
    methods_of,
)
from footfall.planning.scan.clients import method_of
from footfall.planning.scan.frame import CodeFrame, Interpreter
from footfall.planning.scan.mutations import CONSTRUCTORS, Mutations, loosened
from footfall.planning.scan.survey import Survey
from footfall.planning.scan.values import (
    Arguments,
    Because,
    BuiltinMethod,
    Choice,
    Class,
    Const,
    Dictionary,
    EnumMember,
    External,
    Function,
    Instance,
    Items,
    LibraryCall,
    Method,
    ModuleValue,
    Param,
    SdkClient,
    Subclass,
    TaskMethod,
    Unknown,
    Value,
    because,
    join_values,
    params_in,
)

__all__ = ["Members"]

_MOST_BUSY = 8
_MOST_SUBCLASSES = 32
_OUT_OF = ", a part of what "
# Methods of a task: those that call it, and those that make a call for later out of it.
_TASKS = frozenset(
    {
        "apply", "apply_async", "defer", "delay", "enqueue", "s", "send", "send_with_options", "si", "signature",
        "subtask",
    }
)  # fmt: skip


class Members:
    """The values of attributes. An object whose exact class is not known has what any subclass has."""

    def __init__(self, engine: Interpreter, survey: Survey, changes: Mutations) -> None:
        self._engine = engine
        self._survey = survey
        self._changes = changes
        self._attributes: dict[tuple[int, int], tuple[Class | Instance, dict[str, Value]]] = {}
        self._noting: list[tuple[Class, dict[str, Value]]] = []
        self._busy: set[tuple[int, int]] = set()
        self._subclasses: dict[int, tuple[Class, tuple[Class, ...]]] = {}

    def note_attribute(self, cls: Class, name: str, value: Value) -> None:
        """A method binds an attribute of its object."""
        self._engine.note_name(name, value)
        for owner, names in self._noting[-1:]:
            if owner is cls:
                names[name] = join_values((names[name], value)) if name in names else value

    def note_change(self, old: Value, new: Value) -> None:
        """A method changes the value of an attribute of its object in place."""
        for _, names in self._noting[-1:]:
            names.update({name: new for name, value in names.items() if value is old})

    def subclasses(self, cls: Class) -> tuple[Class, ...]:
        """The subclasses of a class in the scanned tree, without those that only tests have."""
        cached = self._subclasses.get(id(cls))
        if cached is not None:
            return cached[1]
        matches: list[Class] = []
        names = [cls.name]
        for name in names:
            for path in sorted(self._survey.subclassing(name)):
                module = self._engine.modules.module(path)
                for other in module.classes if module is not None else ():
                    is_below = any(is_same_class(base, cls) for base in ancestry(other)) and not is_same_class(
                        other, cls
                    )
                    if is_below and not any(other is item for item in matches):
                        matches.append(other)
                        names += [other.name] if other.name not in names else []
        answer = tuple(matches[:_MOST_SUBCLASSES])
        if not self._engine.modules.is_following:  # else a module that is followed now may have more
            self._subclasses[id(cls)] = (cls, answer)
        return answer

    def attribute(self, frame: CodeFrame, owner: Value, name: str, node: ast.AST) -> Value:
        """What `owner.name` is."""
        if isinstance(owner, SdkClient):
            return method_of(owner, name) or Unknown(because("is ", node))
        if isinstance(owner, External):
            return self._engine.modules.of_library(frame.scope.module.path, owner.name, name)
        if isinstance(owner, ModuleValue):
            return self._engine.modules.of_module(owner.module.path, name) or Unknown(because("is ", node))
        if isinstance(owner, Instance):
            return self._of_instance(frame, owner, name, node)
        if isinstance(owner, Class | Subclass):
            return self._name_of(owner, node) if name == "__name__" else self._of_class(owner, name, node)
        if isinstance(owner, EnumMember):
            parts = {"value": owner.value, "name": Const(owner.name)}
            return parts.get(name) or self.attribute(frame, owner.value, name, node)
        if isinstance(owner, Function | Method) and name in _TASKS:
            return TaskMethod(owner, name)
        if name in METHODS.get(type(owner), ()):
            return BuiltinMethod(owner, name)
        if isinstance(owner, Param) and name in {"name", "value"}:
            return Unknown(because("is ", node, _OUT_OF, owner), frozenset({owner}), is_part=True)
        if isinstance(owner, Unknown | Param):
            return Unknown(because("is ", node, _OUT_OF, _root(owner)), params_in(owner))
        return Unknown(because("is ", node))

    # Classes.

    def _of_class(self, owner: Class | Subclass, name: str, node: ast.AST) -> Value:
        if isinstance(owner, Class):
            return self._in_class(owner, name, node, owner)
        values = [self._in_class(owner.cls, name, node, owner)]
        first = class_value(owner.cls, name)
        others = [cls for cls in self.subclasses(owner.cls) if class_value(cls, name) is not first]
        values += [self._in_class(cls, name, node, Subclass(cls)) for cls in others]
        return _any_of(values, node)

    def _in_class(self, cls: Class, name: str, node: ast.AST, receiver: Class | Subclass) -> Value:
        value = class_value(cls, name)
        if value is None:
            return Unknown(because("is ", node, f", which {cls.qualname} does not bind"))
        if isinstance(value, Function):
            return Method(value, receiver) if value.kind == "class" else value
        if is_enum(cls) and not isinstance(value, Method | Class):
            return self._member(cls, name, value, node)
        if name in cls.fields and is_settings(cls):
            value = _default(value, node)
        return loosened(value, self._changes.of_class(cls, name, [base.name for base in classes_of(cls)]), node)

    def _member(self, cls: Class, name: str, value: Value, node: ast.AST) -> EnumMember:
        prints = is_text_enum(cls)
        if isinstance(value, External | LibraryCall | Unknown):
            # `auto()` of a StrEnum is the name in lower case (docs.python.org/3/library/enum.html).
            value = Const(name.lower()) if prints else Unknown(because("is ", node, ", whose value is not written out"))
        return EnumMember(name, value, prints)

    def _name_of(self, owner: Class | Subclass, node: ast.AST) -> Value:
        if isinstance(owner, Class):
            return Const(owner.name)
        below = self.subclasses(owner.cls)
        return _any_of(
            [Unknown(because("is ", node)) if below else Const(owner.cls.name), *(Const(cls.name) for cls in below)],
            node,
        )

    # Objects.

    def _of_instance(self, frame: CodeFrame, instance: Instance, name: str, node: ast.AST) -> Value:
        if name == "__class__":
            return self._class_of(instance)
        values = [self._in_instance(frame, instance, name, node)]
        if instance.arguments is None:
            first = class_value(instance.cls, name)
            below = self.subclasses(instance.cls)
            others = [cls for cls in below if class_value(cls, name) is not first or self._rebinds(cls, name)]
            values += [self._in_instance(frame, Instance(cls, None, instance.param), name, node) for cls in others]
        value = _any_of(values, node) if instance.arguments is None else values[0]
        if instance.param is None:
            return value
        if isinstance(value, Unknown):
            return msgspec.structs.replace(value, params=value.params | {instance.param})
        is_varied = isinstance(value, Choice) or instance.param.rest != "self"
        return join_values([value], *([Choice((), frozenset({instance.param}))] if is_varied else ()))

    def _rebinds(self, cls: Class, name: str) -> bool:
        """Whether a method that a class has itself binds or changes an attribute."""
        methods = (value for value in cls.names.values() if isinstance(value, Function))
        return any(self._changes.binds(method, name) for method in methods)

    def _class_of(self, instance: Instance) -> Value:
        if instance.arguments is not None:
            return instance.cls
        of = [Choice((), frozenset({instance.param}))] if instance.param is not None else []
        return join_values([Subclass(instance.cls)], *of)

    def _in_instance(self, frame: CodeFrame, instance: Instance, name: str, node: ast.AST) -> Value:
        """What an object has under a name, by its class and the bases of that."""
        cls = instance.cls
        value = class_value(cls, name)
        if isinstance(value, Function):
            return self._of_function(frame, instance, value)
        content = self._initial_value(frame, instance, name, value, node)
        later = self._from_other_methods(frame, cls, name)
        changed = self._changes.of_object(cls, name, classes_of(cls), self.subclasses(cls))
        # The attribute is None until it is set, and code asks for it after that.
        options = [item for item in (content, later) if item is not None and item != Const(None)]
        if options or content is not None or later is not None:
            open_ = Unknown(because("is ", node))
            certain = [open_ if _may_change(item) else item for item in options] or [open_]
            return loosened(join_values(certain, loose=True), changed, node)
        annotation = annotation_of(cls, name)
        typed = from_annotation(CodeFrame(self._engine, cls.scope, frame.depth), annotation)
        if typed is not None:
            return typed
        run = class_value(cls, "run") if name in _TASKS else None
        if isinstance(run, Function):
            return TaskMethod(Method(run, instance), name)  # a task that is written as a class
        client = self._engine.clients.made_by(cls)
        return (method_of(client, name) if client is not None else None) or Unknown(because("is ", node))

    def _of_function(self, frame: CodeFrame, instance: Instance, value: Function) -> Value:
        if instance.param is not None and instance.param.rest != "self":
            instance = Instance(instance.cls)  # what is asked of it depends on the parameter, not what it does inside
        if value.kind == "property":
            return self._engine.follow(frame, value, Arguments(), value.node, instance)
        if value.kind == "class":
            return Method(value, instance.cls if instance.arguments is not None else Subclass(instance.cls))
        return value if value.kind == "static" else Method(value, instance)

    def _initial_value(
        self, frame: CodeFrame, instance: Instance, name: str, value: Value | None, node: ast.AST
    ) -> Value | None:
        """An attribute right after construction, from fields, constructor and class. None if nothing sets it."""
        cls = instance.cls
        annotation = annotation_of(cls, name)
        typed = from_annotation(CodeFrame(self._engine, cls.scope, frame.depth), annotation)
        argument = self._constructor_argument(instance, name)
        if argument is not None:
            return typed if typed is not None and isinstance(argument, Unknown) else argument
        initial = self._from_constructor(frame, instance, name, node)
        is_open = instance.arguments is None or is_settings(cls)
        takes_fields = any(item.takes_fields for item in classes_of(cls)) and class_value(cls, "__init__") is None
        if annotation is not None and not _is_fixed(annotation) and is_open and takes_fields:
            value = typed or (None if value is None else _default(value, node))
        options = [item for item in (value, initial) if item is not None]
        if typed is not None and options:
            # An annotation says more than a value that is not known, or nothing yet.
            options = [item for item in options if not isinstance(item, Unknown) and item != Const(None)] or [typed]
        return join_values(options, loose=True) if options else None

    def _constructor_argument(self, instance: Instance, name: str) -> Value | None:
        """A field of a dataclass or its like, from the arguments of its constructor."""
        if instance.arguments is None or isinstance(class_value(instance.cls, "__init__"), Function):
            return None
        if name in instance.arguments.named:
            return instance.arguments.named[name]
        fields = [field for cls in reversed(classes_of(instance.cls)) for field in cls.fields]
        position = fields.index(name) if name in fields else len(instance.arguments.positional)
        if position < len(instance.arguments.positional):
            return instance.arguments.positional[position]
        return (instance.arguments.named_rest or instance.arguments.rest) if name in fields else None

    def _from_constructor(self, frame: CodeFrame, instance: Instance, name: str, node: ast.AST) -> Value | None:
        """What the constructor binds an attribute to, with its arguments where they are known."""
        cls = instance.cls
        init = class_value(cls, "__init__")
        if not isinstance(init, Function):
            return None
        constructors = (item.names.get("__init__") for item in classes_of(cls))
        if not any(isinstance(item, Function) and self._changes.binds(item, name) for item in constructors):
            return None
        # Without arguments the object is any of its class, and its constructor's parameters are the arguments.
        of = cls if instance.arguments is None else instance
        bound = self._bindings_of(frame, of, Instance(cls, instance.arguments), init)
        return bound.get(name) or Unknown(because("is ", node))

    def _from_other_methods(self, frame: CodeFrame, cls: Class, name: str) -> Value | None:
        """What the other methods of an object bind an attribute to."""
        values = []
        for method in methods_of(cls):
            if method.qualname.rpartition(".")[2] not in CONSTRUCTORS and self._changes.binds(method, name):
                value = self._bindings_of(frame, cls, Instance(cls), method).get(name)
                values += [value] if value is not None else []
        return join_values(values, loose=True) if values else None

    def _bindings_of(
        self, frame: CodeFrame, of: Class | Instance, instance: Instance, method: Function
    ) -> Mapping[str, Value]:
        """What one method binds on its object."""
        key = (id(of), id(method.node))
        cached = self._attributes.get(key)
        if cached is not None:
            return cached[1]
        if key in self._busy or len(self._busy) > _MOST_BUSY:
            return {}
        names: dict[str, Value] = {}
        self._busy.add(key)
        self._noting.append((instance.cls, names))
        try:
            self._engine.run(method, instance.arguments, frame.depth, instance)
        finally:
            self._noting.pop()
            self._busy.discard(key)
        self._attributes[key] = (of, names)
        return names


def _any_of(values: list[Value], node: ast.AST) -> Value:
    """What a class and its subclasses have, without placeholders that a subclass fills."""
    options = [value for value in values if not _is_placeholder(value)]
    if options:
        return join_values(options, loose=True)
    first = values[0]
    if isinstance(first, Const | Dictionary | Items):
        return Unknown(because("is ", node, ", which a subclass may give"))
    return first


def _is_placeholder(value: Value) -> bool:
    if isinstance(value, Const):
        return not value.value
    if isinstance(value, Dictionary):
        return not value.entries and value.rest is None
    if isinstance(value, Items):
        return not value.items
    function = value.function if isinstance(value, Method) else value
    if isinstance(function, Function):
        return function.is_stub
    return isinstance(value, Unknown) and not value.prefix and not value.params


def _default(value: Value, node: ast.AST) -> Value:
    """A field's default. The constructor or the environment may replace it."""
    return join_values((value, Unknown(because("is ", node, ", a field with a default"))), loose=True)


def _may_change(value: Value | None) -> bool:
    """Whether an attribute's first value says little of its later ones: a count, a flag, None.

    Texts are taken at their word: they are set once, as names and prefixes of events are.
    """
    return isinstance(value, Const) and not (isinstance(value.value, str) and value.value)


def _is_fixed(annotation: ast.expr) -> bool:
    content = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    name = content.attr if isinstance(content, ast.Attribute) else getattr(content, "id", "")
    return name in {"ClassVar", "Final"}


def _root(value: Value) -> Value:
    """What an unknown attribute is a part of, at the end of the chain."""
    while isinstance(value, Unknown) and isinstance(value.reason, Because) and _OUT_OF in value.reason.parts:
        value = value.reason.parts[-1]
    return value

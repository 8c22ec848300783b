"""Clients: which values are clients of an SDK, by the table of SDKs and by the names given with --client."""

from __future__ import annotations

from collections.abc import Mapping

from footfall.planning.scan.classes import ancestry
from footfall.planning.scan.library import module_name
from footfall.planning.scan.sdks import CLASSES, FACTORIES, ORDERED, SDKS, Naming
from footfall.planning.scan.values import Action, Class, External, Function, SdkClient, Value

__all__ = ["Clients", "method_of"]


def method_of(client: SdkClient, name: str) -> Action | None:
    """A method of a client that sends; None for anything else that it has."""
    if client.signature is not None and name in ORDERED:
        return Action(client.sdk, name, client.signature)
    return Action(client.sdk, name) if name in SDKS[client.sdk].methods else None


class Clients:
    """Tells clients from other values. `named` are the names given with --client, each with what it is called like."""

    def __init__(self, named: Mapping[str, Naming]) -> None:
        self._named = dict(named)

    def given(self, name: str, value: Value) -> Value:
        """The value of a name or attribute, or a client when --client names it."""
        if name in self._named and not isinstance(value, Class | SdkClient | Action):
            return self._client(name)
        if isinstance(value, External) and value.name in self._named:
            return self._client(value.name)
        if isinstance(value, Function) and value.owner is None and (full := _full_name(value)) in self._named:
            return self._client(full)
        return value

    def _client(self, name: str) -> SdkClient:
        return SdkClient(self._named[name].sdk, self._named[name].signature)

    def made_by(self, value: Value) -> SdkClient | None:
        """The client that a call of a class, or of a library's factory, gives; None for anything else."""
        for cls in ancestry(value):
            names = (_full_name(cls), cls.name) if isinstance(cls, Class) else (getattr(cls, "name", ""),)
            for name in names:
                sdk = CLASSES.get(name) or FACTORIES.get(name)
                if name in self._named or sdk is not None:
                    return self._client(name) if name in self._named else SdkClient(sdk or "")
        return None

    def has_own_methods(self, cls: Class) -> bool:
        """Whether a class of the tree is a client and defines methods, which must be followed."""
        full = _full_name(cls)
        is_known = full in CLASSES or full in self._named or cls.name in self._named
        return not is_known and any(isinstance(value, Function) for value in cls.names.values())


def _full_name(value: Class | Function) -> str:
    return f"{module_name(value.scope.module.path)}.{value.qualname}"

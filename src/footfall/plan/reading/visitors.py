"""Reads what a plan says of web capture, and of the team's own people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network

from footfall.plan.model import Staff, Web
from footfall.plan.problems import Problems
from footfall.plan.reading.merge import MergedFiles
from footfall.plan.reading.yaml_source import YamlNode

__all__ = ["read_staff", "read_web"]

_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII)


def read_web(files: MergedFiles, problems: Problems) -> Web:
    """The plan's `web:`; what it does not say is not kept."""
    values = files.header.get("web", {})
    for item, text in _texts(files, "web", "exclude"):
        if not text.startswith(("/", "*")):
            message, path = f"{text!r} is no path", ("web", "exclude")
            problems.add("bad_path", message, at=item, path=path, remedy=f"write /{text}")
    return Web(**values)


def read_staff(files: MergedFiles, problems: Problems) -> Staff | None:
    """The plan's `staff:`; None where it has none."""
    values = files.header.get("staff")
    if values is None:
        return None
    traits = files.traits.get("user", {})
    for name in values.get("traits", {}) if traits else ():
        if name not in traits:
            node = files.header_nodes["staff"].value["traits"]
            problems.unknown("user trait", name, traits, at=node.key(name), path=("staff", "traits", name))
    for item, text in _texts(files, "staff", "email_domains"):
        if not _DOMAIN.fullmatch(text):
            remedy = "write what follows the @, in lower case: example.org"
            message, path = f"{text!r} is no domain", ("staff", "email_domains")
            problems.add("bad_staff", message, at=item, path=path, remedy=remedy)
    for item, text in _texts(files, "staff", "networks"):
        if not _is_network(text):
            remedy = "write 192.0.2.0/24, 192.0.2.7 or 2001:db8::/32"
            message, path = f"{text!r} is no network", ("staff", "networks")
            problems.add("bad_staff", message, at=item, path=path, remedy=remedy)
    return Staff(**values)


def _texts(files: MergedFiles, section: str, key: str) -> Iterator[tuple[YamlNode, str]]:
    """The texts of a list of a section, with their nodes."""
    section_node = files.header_nodes.get(section)
    node = section_node.get(key) if section_node is not None and isinstance(section_node.value, dict) else None
    for item in node.value if node is not None and isinstance(node.value, list) else ():
        if isinstance(item.value, str):
            yield item, item.value


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True

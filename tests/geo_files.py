"""Small databases in MaxMind's format, written for tests."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["OSLO", "geo_file"]

OSLO = {"country": {"iso_code": "NO"}, "subdivisions": [{"iso_code": "03", "names": {"en": "Oslo"}}]}


def geo_file(path: Path, records: Mapping[str, Any]) -> Path:
    """A database that has a record for each network; networks of IPv4 are below `::/96`, as in those of its makers."""
    data, offsets = b"", []
    for record in records.values():
        offsets.append(len(data))
        data += _encoded(record)
    nodes: list[list[int | None]] = [[None, None]]
    leaves: dict[tuple[int, int], int] = {}
    for text, offset in zip(records, offsets, strict=True):
        network = ipaddress.ip_network(text)
        address, length = int(network.network_address), network.prefixlen + (96 if network.version == 4 else 0)
        bits = f"{address:0128b}"[:length]
        node = 0
        for bit in bits[:-1]:
            following = nodes[node][int(bit)]
            if following is None:
                nodes.append([None, None])
                following = nodes[node][int(bit)] = len(nodes) - 1
            node = following
        leaves[node, int(bits[-1])] = offset
    tree = b""
    for number, children in enumerate(nodes):
        for side, child in enumerate(children):
            leaf = leaves.get((number, side))
            value = len(nodes) if child is None and leaf is None else child
            tree += (len(nodes) + 16 + leaf if leaf is not None else value or 0).to_bytes(3, "big")
    about = {"binary_format_major_version": 2, "binary_format_minor_version": 0, "ip_version": 6, "record_size": 24}
    metadata = _head(7, len(about) + 5) + b"".join(
        _encoded(name) + _number(5, 2, value) for name, value in about.items()
    )
    metadata += _encoded("node_count") + _number(6, 4, len(nodes)) + _encoded("build_epoch") + _number(9, 8, 1)
    for name, empty in (("database_type", "Test"), ("description", {}), ("languages", [])):
        metadata += _encoded(name) + _encoded(empty)
    path.write_bytes(tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + metadata)
    return path


def _encoded(value: Any) -> bytes:
    if isinstance(value, str):
        text = value.encode()
        return _head(2, len(text)) + text
    if isinstance(value, list):
        return bytes([len(value), 11 - 7]) + b"".join(map(_encoded, value))
    return _head(7, len(value)) + b"".join(_encoded(part) for item in value.items() for part in item)


def _number(kind: int, size: int, value: int) -> bytes:
    head = [(kind << 5) | size] if kind < 8 else [size, kind - 7]
    return bytes(head) + value.to_bytes(size, "big")


def _head(kind: int, size: int) -> bytes:
    return bytes([(kind << 5) | size]) if size < 29 else bytes([(kind << 5) | 29, size - 29])

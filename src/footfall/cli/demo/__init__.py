"""`footfall demo`: a collector, a web shop, gateways and visitors on this machine, and what footfall makes of them."""

from footfall.cli.demo.run import command

__all__ = ["command"]

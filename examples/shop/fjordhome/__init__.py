"""Fjordhome: a small web shop that measures itself with footfall, on its own server, without JavaScript."""

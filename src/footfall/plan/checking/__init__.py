"""Checks messages by a plan: what a client and a collector need of it, with a bundle alone."""

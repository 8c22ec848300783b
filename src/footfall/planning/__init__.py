"""Tools for whoever writes a plan: lint, diff, lock, scan, codegen, docs, other formats, profiles of messages."""

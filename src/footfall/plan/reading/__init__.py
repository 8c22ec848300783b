"""Reads a plan: YAML to a Plan, with every problem and its location."""

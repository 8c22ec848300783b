"""Walks a journey with the messages of one actor: the one rule under the report and the pytest plugin."""

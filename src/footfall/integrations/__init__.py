"""Integrations: thin shells that put footfall into a web framework; one file, and one extra, for each."""

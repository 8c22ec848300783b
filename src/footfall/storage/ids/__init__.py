"""Ids for ever: which messages were stored, in memory for the recent ones and in sorted files for all others."""

"""Paths: what people did next after a step, before it, or between two."""

from __future__ import annotations

from footfall.analytics.questions.paths.answer import PathEdge, PathsResult, WholePath, paths
from footfall.analytics.questions.paths.options import PathsOptions, paths_options

__all__ = ["PathEdge", "PathsOptions", "PathsResult", "WholePath", "paths", "paths_options"]

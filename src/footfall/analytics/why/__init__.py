"""Why a figure of one moment is another one at a later moment: its change in parts that add up."""

from footfall.analytics.why.answer import ChangePart, FigureChange, Share, WhyAnswer, why

__all__ = ["ChangePart", "FigureChange", "Share", "WhyAnswer", "why"]

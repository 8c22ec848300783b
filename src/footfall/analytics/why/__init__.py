"""Why a figure of one moment is another one at a later moment: its change in parts that add up."""

from footfall.analytics.why.answer import ChangePart, FigureChange, PurgedBetween, Share, WhyAnswer, why

__all__ = ["ChangePart", "FigureChange", "PurgedBetween", "Share", "WhyAnswer", "why"]

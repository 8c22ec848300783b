"""Template tags of footfall."""

"""A plan as a static site, for people who do not read YAML."""

"""What is made from a plan for others to use: typed Python, JSON Schema, Markdown."""

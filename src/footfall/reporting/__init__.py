"""What people read, made from values: the sections of a report, persons, books, simulations and findings.

`text` shows sections on a terminal, `words` says their values. A page or a mail renders the same sections.
"""

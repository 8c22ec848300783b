"""The journal and the control store in SQLite: one data folder, one writer."""

"""What people read: reports, people and books as text, Markdown and JSON."""

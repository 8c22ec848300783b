"""Who is who: pure rules that give every message its person, and the same rules as SQL."""

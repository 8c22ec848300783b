"""Who is who: pure rules that give every message its person, by which `footfall.analytics.persons` is judged."""

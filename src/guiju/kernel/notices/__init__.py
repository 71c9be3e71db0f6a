"""Who is told what: written with the act, delivered afterwards."""

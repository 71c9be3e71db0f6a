"""Duties and penalties as they are stored: always what the law makes of the events."""

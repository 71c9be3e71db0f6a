"""Scenarios: events and acts on a virtual clock, and what must come of them."""

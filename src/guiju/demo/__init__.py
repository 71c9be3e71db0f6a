"""The demo group: companies, units and people for every regulation, and a history made by acts on a virtual clock."""

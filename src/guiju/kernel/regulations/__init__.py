"""The rulebook as each company has it."""

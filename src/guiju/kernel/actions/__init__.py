"""The one way to change anything: ``perform``. See docs/architecture.md."""

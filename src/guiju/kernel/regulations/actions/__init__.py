"""Acts by which a company makes the rulebook its own."""

from guiju.kernel.regulations.actions import settings

__all__ = ["settings"]

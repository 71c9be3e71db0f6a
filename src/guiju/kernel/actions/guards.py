"""Checks that other parts of the kernel put before an event is kept: the law's gates, above all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from guiju.kernel.actions.base import Emitted

Guard = Callable[[Sequence[Emitted], object], None]
_GUARDS: list[Guard] = []


def add_guard(guard: Guard) -> None:
    """Add a check; it raises ``Refused`` to keep the act from happening."""
    if guard not in _GUARDS:
        _GUARDS.append(guard)


def check_events(events: Sequence[Emitted], at: object) -> None:
    """Ask every guard."""
    for guard in _GUARDS:
        guard(events, at)

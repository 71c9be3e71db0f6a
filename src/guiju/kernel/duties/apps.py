"""Stored duties, penalties and approvals."""

from __future__ import annotations

from django.apps import AppConfig


class DutiesConfig(AppConfig):
    """What the law makes of the events, kept for desks and statements."""

    name = "guiju.kernel.duties"
    label = "duties"
    verbose_name = "事项与扣罚"

    def ready(self) -> None:
        """Put the law's gates before every event."""
        from guiju.kernel.actions.guards import add_guard
        from guiju.kernel.duties.gates import gate_guard

        add_guard(gate_guard)

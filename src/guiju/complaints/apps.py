"""Complaints of customers (R05)."""

from __future__ import annotations

from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    """The complaints room."""

    name = "guiju.complaints"
    label = "complaints"
    verbose_name = "投诉"

    def ready(self) -> None:
        """Make the room known to the kernel and the pages."""
        from guiju.complaints import demo, room
        from guiju.demo.load import add_history
        from guiju.kernel.duties.handlers import sign_with

        room.register()
        add_history(demo.history)
        for route, action in room.SIGNED_BY.items():
            sign_with(route, action)

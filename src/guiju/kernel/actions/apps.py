"""The one way to change anything."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ActionsConfig(AppConfig):
    """Actions, events, audit and numbers."""

    name = "guiju.kernel.actions"
    label = "actions"
    verbose_name = "动作与事件"

    def ready(self) -> None:
        """Let every app's ``actions`` package register what it offers."""
        autodiscover_modules("actions")

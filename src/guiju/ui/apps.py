"""The pages."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Shell, components and the generic pages."""

    name = "guiju.ui"
    label = "ui"
    verbose_name = "页面"

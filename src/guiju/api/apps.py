"""The REST door."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Everything under ``/api/v1``, derived from actions and selectors."""

    name = "guiju.api"
    label = "api"
    verbose_name = "接口"

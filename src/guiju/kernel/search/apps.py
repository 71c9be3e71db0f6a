"""Search."""

from __future__ import annotations

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Tokens for search."""

    name = "guiju.kernel.search"
    label = "search"
    verbose_name = "查找"

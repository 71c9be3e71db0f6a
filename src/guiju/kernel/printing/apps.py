"""Print forms."""

from __future__ import annotations

from django.apps import AppConfig


class PrintingConfig(AppConfig):
    """PDF by typst."""

    name = "guiju.kernel.printing"
    label = "printing"
    verbose_name = "打印"

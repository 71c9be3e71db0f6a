"""What every room's records share."""

from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """The abstract record and the registry of kinds."""

    name = "guiju.kernel.records"
    label = "records"
    verbose_name = "记录"

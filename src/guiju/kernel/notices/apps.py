"""Notices to people."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The outbox and everybody's inbox."""

    name = "guiju.kernel.notices"
    label = "notices"
    verbose_name = "通知"

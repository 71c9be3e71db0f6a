"""Regulations, their parameters and notes."""

from __future__ import annotations

from django.apps import AppConfig


class RegulationsConfig(AppConfig):
    """The rulebook with each company's own values."""

    name = "guiju.kernel.regulations"
    label = "regulations"
    verbose_name = "规章制度"

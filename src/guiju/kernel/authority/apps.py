"""Companies, units, positions, people, and who may do what."""

from __future__ import annotations

from django.apps import AppConfig


class AuthorityConfig(AppConfig):
    """The organisation over time."""

    name = "guiju.kernel.authority"
    label = "authority"
    verbose_name = "组织与权限"

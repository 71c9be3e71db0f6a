"""Loads the demo group: organisation first, then each room's history, made by acts on a virtual clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from guiju.demo.organisation import build_group
from guiju.kernel.authority.models import Person

History = Callable[[datetime], int]
_HISTORIES: list[History] = []


def add_history(history: History) -> None:
    """Let a room add its history: it gets the present moment and returns how many acts it played."""
    _HISTORIES.append(history)


def load_demo(now: datetime | None = None) -> str:
    """Load the demo group unless it is there.

    Args:
        now: the moment the history leads up to; by default the present.

    Returns:
        What was done, in a sentence.
    """
    if Person.objects.exists():
        return "there are people already; nothing was changed"
    companies = build_group()
    moment = now or timezone.now()
    acts = sum(history(moment) for history in _HISTORIES)
    return f"{len(companies)} companies, {Person.objects.count()} people, {acts} acts"

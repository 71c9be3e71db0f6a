"""The rulebook in force for a company, and its calendars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any

from django.db.models import Max

from guiju.kernel.regulations.models import EffectiveDate, ParameterValue
from guiju.law.calendar import Calendar
from guiju.law.loader import load_rulebook
from guiju.law.schema import Rulebook

_OTHER: ContextVar[Rulebook | None] = ContextVar("rulebook", default=None)
_CACHE: dict[int, tuple[tuple[Any, ...], Rulebook]] = {}


@contextmanager
def using_rulebook(rulebook: Rulebook) -> Iterator[None]:
    """Let another rulebook be the base for the length of a block: scenarios and what-if use it."""
    token = _OTHER.set(rulebook)
    _CACHE.clear()
    try:
        yield
    finally:
        _OTHER.reset(token)
        _CACHE.clear()


def base_rulebook() -> Rulebook:
    """Return the rulebook before any company's own values."""
    return _OTHER.get() or load_rulebook()


def rulebook_for(company_id: int) -> Rulebook:
    """Return the rulebook of a company, built anew only when its own values changed."""
    stamp = (
        ParameterValue.objects.filter(company_id=company_id).aggregate(last=Max("id"))["last"],
        EffectiveDate.objects.filter(company_id=company_id).aggregate(last=Max("id"))["last"],
        id(base_rulebook()),
    )
    cached = _CACHE.get(company_id)
    if cached is None or cached[0] != stamp:
        cached = (stamp, _build(company_id) if any(stamp[:2]) else base_rulebook())
        _CACHE[company_id] = cached
    return cached[1]


def _build(company_id: int) -> Rulebook:
    values: dict[str, dict[date, Any]] = {}
    for row in ParameterValue.objects.filter(company_id=company_id).order_by("id"):
        values.setdefault(f"{row.regulation}.{row.name}", {})[row.effective_from] = row.value
    effective = {
        row.regulation: row.effective_from for row in EffectiveDate.objects.filter(company_id=company_id).order_by("id")
    }
    return base_rulebook().with_overrides(parameters=values, effective=effective)


def calendars_for(company_id: int) -> Mapping[str, Calendar]:
    """Return the calendars of a company by name; ``company`` is the default of all limits."""
    official = Calendar.cn()
    return {"company": official, "cn": official}

"""Why: event, clause, day by day, due, who, what it costs."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from guiju.kernel.actions.base import Context
from guiju.kernel.duties.actions.single import may_see_duty
from guiju.kernel.duties.models import DutyRow
from guiju.kernel.duties.why import why_duty
from guiju.ui.context import actor_of
from guiju.ui.days import day_cells
from guiju.ui.timeline import event_words


@require_safe
def duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Show why a duty is there, due then, and whose."""
    actor, now = actor_of(request), timezone.now()
    row = DutyRow.objects.select_related("holder").filter(pk=pk).first()
    if row is None or not may_see_duty(row, Context(actor=actor, at=now)):
        raise Http404
    reasons = why_duty(row, now)
    template = "ui/parts/why.html" if request.headers.get("HX-Request") else "ui/why.html"
    words = event_words(reasons.explanation.opened_by.name) if reasons.explanation else None
    return render(
        request, template, {"why": reasons, "event_words": words, "cells": day_cells(reasons), "row": row, "now": now}
    )

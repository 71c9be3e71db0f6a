"""Fines to assess, and those proposed for me."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from guiju.kernel.duties import selectors
from guiju.ui.context import actor_of
from guiju.ui.duties import subject_link


@require_safe
def to_assess(request: HttpRequest) -> HttpResponse:
    """Show the fines that the actor's department assesses, and the actor's own."""
    actor = actor_of(request)
    waiting = [(row, subject_link(row.subject)) for row in selectors.penalties_to_assess(actor)[:100]]
    mine = [(row, subject_link(row.subject)) for row in selectors.my_penalties(actor)[:100]]
    return render(request, "ui/penalties.html", {"waiting": waiting, "mine": mine, "now": timezone.now()})

"""Search from anywhere: records of every room, actions, clauses; each room answers only with what the actor may see."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from guiju.kernel.actions.offers import creatable
from guiju.kernel.regulations.books import rulebook_for
from guiju.ui.context import actor_of
from guiju.ui.rooms import all_rooms

MOST = 8


def _find(request: HttpRequest, most: int) -> dict[str, Any]:
    actor = actor_of(request)
    text = request.GET.get("q", "").strip()[:60]
    only_acts, only_clauses = text.startswith(">"), text.startswith("#")
    text = text.lstrip(">#").strip()
    found: dict[str, Any] = {"q": request.GET.get("q", ""), "records": [], "acts": [], "clauses": []}
    if text and not only_acts and not only_clauses:
        for room in all_rooms():
            if room.search:
                found["records"] += [
                    (room, r, room.headline(r))
                    for r in room.visible_to(actor).filter(room.search(text)).order_by(*room.order)[:most]
                ]
    if not only_clauses:
        offers = [offer for offer in creatable(actor, timezone.now()) if offer.allowed]
        found["acts"] = [
            o for o in offers if not text or text.lower() in f"{o.action.title.zh}{o.action.title.en}".lower()
        ][:most]
    if text and not only_acts:
        clauses = rulebook_for(actor.company_id).clauses.values()
        found["clauses"] = [c for c in clauses if text.lower() in f"{c.id}{c.text.zh}{c.text.en}".lower()][:most]
    return found


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Show what was found, as a page."""
    return render(request, "ui/search.html", _find(request, 30))


@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """Return the palette's options."""
    return render(request, "ui/parts/palette.html", _find(request, MOST))

"""A record's page: facts, what I may do now, duties with their clauses, course of events, related things."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from guiju.kernel.actions.offers import Offer, available
from guiju.kernel.authority.actor import Actor
from guiju.kernel.duties import selectors
from guiju.kernel.records.models import Record
from guiju.ui.context import actor_of
from guiju.ui.duties import duty_item
from guiju.ui.rooms import Room
from guiju.ui.timeline import timeline
from guiju.ui.views.lists import room_or_404


def record_or_404(room: Room, number: str, actor: Actor) -> Any:
    """Return a record that the actor may see.

    Raises:
        Http404: missing or hidden.
    """
    found = room.visible_to(actor).filter(number=number).first()
    if found is None:
        raise Http404
    return found


@require_safe
def detail(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """Show the record."""
    room, actor, now = room_or_404(kind), actor_of(request), timezone.now()
    record: Record = record_or_404(room, number, actor)
    offers = available(record, actor, now)
    duties = [duty_item(row, now) for row in selectors.duties_of(record.company_id, record.subject)]
    events = list(selectors.events_of(record.company_id, record.subject)[:200])
    context = {
        "room": room,
        "record": record,
        "headline": room.headline(record),
        "subtitle": room.subtitle(record),
        "facts": [(fact, fact.value(record)) for fact in room.facts],
        "offers": _ordered([offer for offer in offers if offer.allowed]),
        "locked": [offer for offer in offers if not offer.allowed],
        "duties": duties,
        "open": sum(1 for item in duties if item["row"].done_at is None),
        "late": sum(1 for item in duties if item["late"]),
        "penalties": selectors.penalties_of(record.company_id, record.subject),
        "approvals": selectors.approvals_of(record.company_id, record.subject),
        "stages": _stages(room, record, events, duties),
        "timeline": timeline(events),
        "panels": [(panel, panel.context(record, actor)) for panel in room.panels if panel.shown(record)],
        "prints": [form for form in room.prints if form.offered(record)],
        "now": now,
    }
    return render(request, "ui/object.html", context)


def _ordered(offers: list[Offer]) -> list[Offer]:
    return sorted(offers, key=lambda offer: (offer.action.danger, offer.action.weight))


def _stages(room: Room, record: Record, events: list[Any], duties: list[dict[str, Any]]) -> list[dict[str, Any]]:
    happened: dict[str, Any] = {}
    for event in reversed(events):
        happened[event.name] = event
    strip = []
    for stage in room.stages:
        if not stage.when(record):
            continue
        event = next((happened[name] for name in stage.done_by if name in happened), None)
        now = record.state in stage.states
        strip.append({"stage": stage, "event": event, "now": now, "done": event is not None and not now})
    return strip


@require_safe
def print_form(request: HttpRequest, kind: str, number: str, form: str) -> HttpResponse:
    """Return a print form of the record as PDF."""
    room, actor = room_or_404(kind), actor_of(request)
    record = record_or_404(room, number, actor)
    wanted = next((one for one in room.prints if one.name == form and one.offered(record)), None)
    if wanted is None:
        raise Http404
    response = HttpResponse(wanted.render(record, actor), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}-{form}.pdf"'
    response["Cache-Control"] = "no-store"
    return response

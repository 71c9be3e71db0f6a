"""Approvals: what waits for me, and one round with its chain."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from guiju.kernel.actions.base import Context
from guiju.kernel.actions.registry import get
from guiju.kernel.authority.models import Person
from guiju.kernel.duties import selectors
from guiju.kernel.duties.actions.approvals import asked_by, turn_of
from guiju.kernel.duties.handlers import signing_action
from guiju.kernel.records import kinds
from guiju.kernel.regulations.books import rulebook_for
from guiju.ui.context import actor_of
from guiju.ui.duties import subject_link
from guiju.ui.rooms import room_of


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what waits for the actor, and what the actor asked for."""
    actor = actor_of(request)
    waiting = selectors.approvals_waiting(actor).prefetch_related("signatures__holder")
    sent = selectors.sent_by(actor).prefetch_related("signatures__holder")
    rows = [
        {"approval": a, "link": _link(a), "asked": Person.objects.filter(code=asked_by(a) or "").first()}
        for a in waiting[:100]
    ]
    return render(request, "ui/approvals.html", {"rows": rows, "sent": sent[:50], "now": timezone.now()})


def _link(approval: object) -> str | None:
    return subject_link(str(getattr(approval, "subject", "")))


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one round: what is asked, by whom, the chain, and the decision where it is the actor's turn."""
    actor, now = actor_of(request), timezone.now()
    approval = selectors.approvals_visible_to(actor).prefetch_related("signatures__holder").filter(pk=pk).first()
    if approval is None:
        raise Http404
    record = kinds.find(approval.subject, actor)
    room = room_of(approval.subject.partition(":")[0])
    own = signing_action(approval.route)
    clause = rulebook_for(approval.company_id).clauses.get(approval.clause)
    context = {
        "approval": approval,
        "record": record,
        "facts": [(fact, fact.value(record)) for fact in room.facts] if room and record else [],
        "headline": room.headline(record) if room and record else approval.subject.partition(":")[2],
        "link": subject_link(approval.subject) if record else None,
        "my_turn": approval.state == "pending" and turn_of(Context(actor=actor, at=now), approval) is not None,
        "own_action": get(own) if own else None,
        "asked": Person.objects.filter(code=asked_by(approval) or "").first(),
        "mine": asked_by(approval) == actor.code,
        "clause": clause,
        "key": str(uuid.uuid4()),
        "now": now,
    }
    return render(request, "ui/approval.html", context)

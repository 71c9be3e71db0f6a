"""The form of any action, with or without a record, and its doing."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from guiju.kernel.actions import registry
from guiju.kernel.actions.base import Action, Context
from guiju.kernel.actions.errors import ActionError, Conflict, Invalid, NotFound, Refused
from guiju.kernel.actions.offers import creatable
from guiju.kernel.actions.perform import Origin, Outcome, perform
from guiju.kernel.records.models import Record
from guiju.ui.context import actor_of
from guiju.ui.forms import fields_of, posted
from guiju.ui.rooms import all_rooms, room_of
from guiju.ui.views import errors as error_pages
from guiju.ui.views.lists import room_or_404
from guiju.ui.views.objects import record_or_404


@require_safe
def register_menu(request: HttpRequest) -> HttpResponse:
    """Show what can be registered."""
    offers = [offer for offer in creatable(actor_of(request), timezone.now()) if offer.allowed]
    rooms = {room.create: room for room in all_rooms() if room.create}
    return render(request, "ui/register.html", {"offers": [(offer, rooms.get(offer.action.name)) for offer in offers]})


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Show or do an action that needs no record."""
    action = _action_or_404(name)
    if action.states is not None:
        raise Http404
    return _act(request, action, None)


@require_http_methods(["GET", "HEAD", "POST"])
def act_on(request: HttpRequest, name: str, kind: str, number: str) -> HttpResponse:
    """Show or do an action on a record."""
    action = _action_or_404(name)
    if action.states is None or action.kind != kind:
        raise Http404
    return _act(request, action, record_or_404(room_or_404(kind), number, actor_of(request)))


def _action_or_404(name: str) -> type[Action[Any]]:
    try:
        return registry.get(name)
    except KeyError:
        raise Http404 from None


def _act(request: HttpRequest, action: type[Action[Any]], record: Record | None) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    ctx: Context[Any] = Context(actor=actor, at=now, record=record)
    if request.method == "POST":
        return _post(request, action, ctx)
    refusal = _refusal(action, ctx)
    if refusal:
        return error_pages.page(request, refusal.status, reason=refusal.message, clause=refusal.clause)
    first = {name: request.GET[name] for name in action.Input.model_fields if name in request.GET}
    fields = fields_of(action, ctx, data={**action().initial(ctx), **first} if first else None)
    return _form(request, action, ctx, fields, key=str(uuid.uuid4()))


def _refusal(action: type[Action[Any]], ctx: Context[Any]) -> ActionError | None:
    record = ctx.record
    if record is not None and action.states is not None and record.state not in action.states:
        return Conflict(error_pages.WORDS[409][0])
    decision = action().permitted(ctx)
    return None if decision else Refused(decision.reason or error_pages.WORDS[403][0], clause=decision.clause)


def _post(request: HttpRequest, action: type[Action[Any]], ctx: Context[Any]) -> HttpResponse:
    data = posted(action, request.POST)
    version = request.POST.get("_version", "")
    try:
        outcome = perform(
            action.name,
            actor=ctx.actor,
            data=data,
            record=ctx.record,
            at=ctx.at,
            key=request.POST.get("_key") or None,
            version=int(version) if version.isdigit() else None,
            origin=origin_of(request),
        )
    except Invalid as error:
        fields = fields_of(action, ctx, data=data, errors=error.errors)
        return _form(request, action, ctx, fields, key=str(uuid.uuid4()), error=error, status=422)
    except NotFound:
        raise Http404 from None
    except ActionError as error:
        fields = fields_of(action, ctx, data=data)
        return _form(request, action, ctx, fields, key=str(uuid.uuid4()), error=error, status=error.status)
    return _done(request, action, outcome)


def origin_of(request: HttpRequest) -> Origin:
    """Return where a request comes from, for the audit."""
    return Origin("page", str(getattr(request, "request_id", "") or ""), request.META.get("REMOTE_ADDR") or None)


def _done(request: HttpRequest, action: type[Action[Any]], outcome: Outcome) -> HttpResponse:
    language = get_language() or "zh"
    kind, _, number = outcome.subject.partition(":")
    if kind and room_of(kind):
        target = reverse("object", args=[kind, number])
        messages.success(request, f"{action.title.in_language(language)} {number}")
    else:
        target = request.POST.get("_next", "") or reverse("desk")
        messages.success(request, action.title.in_language(language))
    if not target.startswith("/") or target.startswith("//"):
        target = reverse("desk")
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)


def _form(
    request: HttpRequest,
    action: type[Action[Any]],
    ctx: Context[Any],
    fields: list[Any],
    *,
    key: str,
    error: ActionError | None = None,
    status: int = 200,
) -> HttpResponse:
    back = reverse("object", args=[ctx.record.kind, ctx.record.number]) if ctx.record else reverse("desk")
    names = {field.name for field in fields}
    context = {
        "action": action,
        "record": ctx.record,
        "fields": fields,
        "key": key,
        "error": error,
        "general": error is not None and not (isinstance(error, Invalid) and names & set(error.errors)),
        "faulty": [field for field in fields if field.error],
        "others": [message for name, message in error.errors.items() if name not in names]
        if isinstance(error, Invalid)
        else [],
        "consequences": action().consequences(ctx),
        "next": request.GET.get("next", "") or request.POST.get("_next", ""),
        "back": back,
        "now": ctx.at,
    }
    template = "ui/parts/act.html" if request.headers.get("HX-Request") else "ui/act.html"
    return render(request, template, context, status=status)

"""``/api/v1``: every action and every list, derived from the registry and the rooms."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Body, NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from guiju.api.auth import OwnSession, TokenAuth, actor_of, allows
from guiju.api.cursors import BadCursorError, page
from guiju.api.problems import problem
from guiju.api.rendering import Renderer, record_json, words
from guiju.kernel.actions import registry
from guiju.kernel.actions.base import Action
from guiju.kernel.actions.describe import describe
from guiju.kernel.actions.errors import ActionError, Invalid
from guiju.kernel.actions.offers import available
from guiju.kernel.actions.perform import Origin, perform
from guiju.kernel.duties import selectors
from guiju.kernel.regulations.books import rulebook_for
from guiju.law.text import T
from guiju.ui.rooms import Room, all_rooms

ERRORS: dict[int, Any] = {400: dict, 401: dict, 403: dict, 404: dict, 409: dict, 422: dict}
api = NinjaAPI(
    title="Guiju 规矩",
    version="1",
    description="Every action and every list. Errors are problem documents (RFC 9457).",
    auth=[TokenAuth(), OwnSession()],
    renderer=Renderer(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)


@api.exception_handler(ActionError)
def _refused(request: HttpRequest, error: ActionError) -> HttpResponse:
    errors = []
    if isinstance(error, Invalid):
        errors = [{"field": name, "message": words(text)} for name, text in error.errors.items()]
    return problem(error.status, detail=error.message, clause=error.clause, errors=errors, request=request)


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(401, request=request)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, request=request)


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    status = error.status_code if error.status_code in (400, 401, 403, 404, 405, 413, 415, 429) else 400
    return problem(status, detail=str(error), request=request)


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [{"field": ".".join(str(part) for part in one["loc"]), "message": one["msg"]} for one in error.errors]
    return problem(422, errors=errors, request=request)


def _needs(request: HttpRequest, scope: str) -> None:
    if not allows(request, scope):
        raise HttpError(403, f"the token does not cover {scope}")


def _page(request: HttpRequest, rows: Any, cursor: str, limit: int, shown: Any) -> dict[str, Any]:
    _needs(request, "read")
    try:
        found, following = page(rows, cursor=cursor, limit=limit)
    except BadCursorError as error:
        raise HttpError(422, "the cursor cannot be read") from error
    return {"items": [shown(row) for row in found], "next": following}


def _record(request: HttpRequest, room: Room, number: str) -> Any:
    found = room.visible_to(actor_of(request)).filter(number=number).first()
    if found is None:
        raise Http404
    return found


def _act(request: HttpRequest, action: type[Action[Any]], data: dict[str, Any], record: Any = None) -> dict[str, Any]:
    _needs(request, action.name)
    version = request.headers.get("If-Match", "").strip('"')
    outcome = perform(
        action.name,
        actor=actor_of(request),
        data=data,
        at=timezone.now(),
        record=record,
        key=request.headers.get("Idempotency-Key"),
        version=int(version) if version.isdigit() else None,
        origin=Origin("api", str(getattr(request, "request_id", "") or ""), request.META.get("REMOTE_ADDR") or None),
    )
    shown = record_json(outcome.record) if outcome.record is not None else None
    return {"subject": outcome.subject, "replayed": outcome.replayed, "record": shown}


@api.get("/actions", response={200: dict, **ERRORS}, tags=["actions"], operation_id="actions")
def actions(request: HttpRequest) -> dict[str, Any]:
    """Return every action with its input's schema."""
    _needs(request, "read")
    return {"items": [describe(action) for action in registry.all_actions()]}


@api.get("/duties", response={200: dict, **ERRORS}, tags=["duties"], operation_id="duties")
def duties(request: HttpRequest, cursor: str = "", limit: int = 50) -> dict[str, Any]:
    """Return the caller's open duties and steps."""
    return _page(request, selectors.open_duties(actor_of(request)), cursor, limit, _duty)


@api.get("/penalties", response={200: dict, **ERRORS}, tags=["penalties"], operation_id="penalties")
def penalties(request: HttpRequest, cursor: str = "", limit: int = 50) -> dict[str, Any]:
    """Return the fines that the caller's department assesses."""
    return _page(request, selectors.penalties_to_assess(actor_of(request)), cursor, limit, _penalty)


@api.get("/approvals", response={200: dict, **ERRORS}, tags=["approvals"], operation_id="approvals")
def approvals(request: HttpRequest, cursor: str = "", limit: int = 50) -> dict[str, Any]:
    """Return the approvals in which it is the caller's turn."""
    return _page(request, selectors.approvals_waiting(actor_of(request)), cursor, limit, _approval)


@api.get("/clauses", response={200: dict, **ERRORS}, tags=["rulebook"], operation_id="clauses")
def clauses(request: HttpRequest) -> dict[str, Any]:
    """Return every clause in our own words."""
    _needs(request, "read")
    book = rulebook_for(actor_of(request).company_id)
    rows = [{"id": c.id, "kind": c.kind, "text": words(c.text)} for c in book.clauses.values()]
    return {"items": sorted(rows, key=lambda row: str(row["id"]))}


def _duty(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk, "clause": row.clause, "also": row.also, "subject": row.subject, "instance": row.instance,
        "title": words(row.title), "nature": row.nature, "role": row.role, "opened_at": row.opened_at, "due_at": row.due_at,
        "done_at": row.done_at, "state": row.state,
    }  # fmt: skip


def _penalty(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk, "clause": row.clause, "subject": row.subject, "role": row.role, "unit": row.unit, "units": row.units,
        "amount": row.amount, "assessor": row.assessor, "state": row.state,
    }  # fmt: skip


def _approval(row: Any) -> dict[str, Any]:
    title = T(row.title_zh, row.title_en)
    return {
        "id": row.pk,
        "clause": row.clause,
        "subject": row.subject,
        "title": words(title),
        "opened_at": row.opened_at,
    }


def _add_room(room: Room) -> None:
    """Add a room's list, object and the offers on it."""

    def list_records(
        request: HttpRequest, q: str = "", cursor: str = "", limit: int = 50, state: str = ""
    ) -> dict[str, Any]:
        rows = room.visible_to(actor_of(request))
        if q.strip() and room.search:
            rows = rows.filter(room.search(q.strip()[:100]))
        if state:
            rows = rows.filter(state=state)
        return _page(request, rows, cursor, limit, record_json)

    def get_record(request: HttpRequest, number: str) -> dict[str, Any]:
        _needs(request, "read")
        record = _record(request, room, number)
        offers = available(record, actor_of(request), timezone.now())
        own = selectors.duties_of(record.company_id, record.subject)
        return record_json(record) | {
            "duties": [_duty(row) for row in own],
            "may": [o.action.name for o in offers if o.allowed],
            "may_not": [
                {"action": o.action.name, "reason": words(o.reason) if o.reason else None, "clause": o.clause}
                for o in offers
                if not o.allowed
            ],
        }

    list_records.__doc__ = f"List: {room.title.en}."
    get_record.__doc__ = f"One {room.noun.en} with its duties and what may be done."
    options: dict[str, Any] = {"response": {200: dict, **ERRORS}, "tags": [room.kind]}
    api.get(f"/{room.kind}", operation_id=f"{room.kind}.list", **options)(list_records)
    api.get(f"/{room.kind}/{{number}}", operation_id=f"{room.kind}.get", **options)(get_record)


def _add_action(action: type[Action[Any]], rooms: dict[str, Room]) -> None:
    """Add an action's endpoint, under its record where it acts on one."""
    options: dict[str, Any] = {
        "response": {200: dict, **ERRORS}, "tags": [action.kind or "general"], "summary": action.title.en,
        "description": f"{action.title.zh}. Clauses: {', '.join(action.clauses) or '–'}", "operation_id": action.name,
    }  # fmt: skip
    extra = {
        "requestBody": {"content": {"application/json": {"schema": action.Input.model_json_schema()}}, "required": True}
    }
    if action.states is None:

        def act(request: HttpRequest, data: Body[dict[str, Any]]) -> dict[str, Any]:
            return _act(request, action, data)

        api.post(f"/act/{action.name}", openapi_extra=extra, **options)(act)
    elif action.kind in rooms:
        room = rooms[action.kind]

        def act_on(request: HttpRequest, number: str, data: Body[dict[str, Any]]) -> dict[str, Any]:
            return _act(request, action, data, _record(request, room, number))

        api.post(f"/{action.kind}/{{number}}/{action.name}", openapi_extra=extra, **options)(act_on)


@api.get("/openapi.json", include_in_schema=False)
def openapi(request: HttpRequest) -> dict[str, Any]:
    """Return the description of this API; only to those who may call it."""
    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))


def build() -> NinjaAPI:
    """Add every room and action; called once when the addresses are read."""
    rooms = {room.kind: room for room in all_rooms()}
    for room in rooms.values():
        _add_room(room)
    for action in registry.all_actions():
        _add_action(action, rooms)
    return api

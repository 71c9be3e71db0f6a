"""The list page of any kind of record: views, search, conditions, pages, XLSX."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from guiju.kernel.actions.base import Context
from guiju.kernel.actions.registry import get
from guiju.law.text import T
from guiju.ui.context import actor_of
from guiju.ui.rooms import Column, Room, room_of
from guiju.ui.templatetags.gj import cell

PER_PAGE = 50
MOST_EXPORTED = 100_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def room_or_404(kind: str) -> Room:
    """Return a room.

    Raises:
        Http404: no room has such records.
    """
    room = room_of(kind)
    if room is None:
        raise Http404
    return room


@require_safe
def records(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the list; a HTMX request gets the rows alone."""
    room, actor, now = room_or_404(kind), actor_of(request), timezone.now()
    rows, sort = select(room, request)
    page = _page(rows, request.GET.get("page"))
    columns = [column for column in room.columns if column.shown]
    creating = get(room.create) if room.create else None
    may_create = creating().permitted(Context(actor=actor, at=now)) if creating else None
    context = {
        "room": room,
        "columns": columns,
        "page": page,
        "rows": [
            {"record": r, "tone": room.row_tone(r), "cells": [(column, column.value(r)) for column in columns]}
            for r in page
        ],
        "views": _views(room, request),
        "filters": _filters(room, request),
        "creating": creating if may_create else None,
        "sort": sort,
        "query": request.GET,
        "without_page": _without(request, "page"),
        "now": now,
    }
    template = (
        "ui/parts/list.html"
        if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
        else "ui/list.html"
    )
    return render(request, template, context)


def select(room: Room, request: HttpRequest) -> tuple[QuerySet[Any], str]:
    """Return the records that the request asks for, in order, and the sort key used."""
    actor, now = actor_of(request), timezone.now()
    rows = room.visible_to(actor)
    for view in room.views:
        if request.GET.get("view") == view.name:
            rows = rows.filter(view.condition(actor, now))
    for one in room.filters:
        value = request.GET.get(one.name)
        if value and value in {choice.value for choice in one.choices(actor)}:
            rows = rows.filter(one.apply(value))
    text = request.GET.get("q", "").strip()[:100]
    if text and room.search:
        rows = rows.filter(room.search(text))
    wanted = request.GET.get("sort", "")
    sortable = {column.name: column.sort for column in room.columns if column.sort}
    field = sortable.get(wanted.lstrip("-"))
    if field:
        return rows.order_by(("-" if wanted.startswith("-") else "") + field, "-id"), wanted
    return rows.order_by(*room.order), ""


def _page(rows: QuerySet[Any], number: str | None) -> Page[Any]:
    paginator = Paginator(rows, PER_PAGE)
    try:
        return paginator.page(int(number or 1))
    except (ValueError, EmptyPage):
        return paginator.page(1)


def _views(room: Room, request: HttpRequest) -> list[dict[str, Any]]:
    actor, now = actor_of(request), timezone.now()
    visible = room.visible_to(actor)
    chosen = request.GET.get("view", "")
    found = [
        {"view": view, "count": visible.filter(view.condition(actor, now)).count(), "current": view.name == chosen}
        for view in room.views
    ]
    everything = {"name": "", "title": T("全部", "All"), "tone": ""}
    return [*found, {"view": everything, "count": visible.count(), "current": not chosen}]


def _filters(room: Room, request: HttpRequest) -> list[dict[str, Any]]:
    actor = actor_of(request)
    return [
        {"filter": one, "choices": list(one.choices(actor)), "value": request.GET.get(one.name, "")}
        for one in room.filters
    ]


def _without(request: HttpRequest, *names: str) -> str:
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return query.urlencode()


@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Return the list as XLSX: the same rows and order as on the page, all pages."""
    room = room_or_404(kind)
    rows, _ = select(room, request)
    language = get_language() or "zh"
    content = workbook(room.title.in_language(language), room.columns, rows[:MOST_EXPORTED], language)
    response = HttpResponse(content, content_type=XLSX)
    stamp = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="{kind}-{stamp}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


def workbook(title: str, columns: tuple[Column, ...], rows: Any, language: str) -> bytes:
    """Return rows as an XLSX file; text is written as text, so that no cell is read as a formula."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(title[:31])
    bold = book.add_format({"bold": True})
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.title.in_language(language), bold)
    for number, record in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            value = column.value(record)
            if column.numeric and value is not None:
                sheet.write_number(number, place, value)
            else:
                sheet.write_string(number, place, "" if value is None else str(cell(value)))
    book.close()
    return buffer.getvalue()

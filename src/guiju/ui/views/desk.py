"""My desk: what is late, what is due, what waits for my decision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from guiju.kernel.duties import selectors
from guiju.kernel.duties.models import DutyRow
from guiju.law.text import T
from guiju.ui.context import actor_of
from guiju.ui.duties import duty_item

MOST = 50


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show the desk; ``?show=`` cuts it down to one part."""
    actor, now = actor_of(request), timezone.now()
    cut = selectors.Desk.at(now)
    show = request.GET.get("show", "")
    parts = [
        ("late", T("逾期", "Overdue"), "alert-circle", cut.late),
        ("today", T("今天到期", "Due today"), "clock-hour-4", cut.today),
        ("coming", T("未来 7 天", "Next 7 days"), "calendar", cut.coming),
    ]
    sections: list[dict[str, Any]] = []
    for name, title, icon, condition in parts:
        if show in ("", name):
            rows = list(selectors.open_duties(actor).filter(condition).select_related("holder")[:MOST])
            if rows:
                sections.append(
                    {"name": name, "title": title, "icon": icon, "items": _items(rows, now), "first": not sections}
                )
    context = {
        "counts": selectors.desk_counts(actor, now),
        "sections": sections,
        "approvals": selectors.approvals_waiting(actor)[:6],
        "penalties": selectors.penalties_to_assess(actor)[:6],
        "sent": selectors.sent_by(actor)[:6],
        "next": selectors.open_duties(actor).filter(late_at__gt=now).first(),
        "show": show,
        "now": now,
        "most": MOST,
    }
    return render(request, "ui/desk.html", context)


def _items(rows: Iterable[DutyRow], now: Any) -> list[dict[str, Any]]:
    return [duty_item(row, now) for row in rows]

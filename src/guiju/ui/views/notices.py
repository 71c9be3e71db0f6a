"""The inbox of notices."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from guiju.kernel.notices.models import Notice
from guiju.ui.context import actor_of
from guiju.ui.duties import subject_link


@require_http_methods(["GET", "HEAD", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    """Show the notices; posting marks all as read."""
    actor = actor_of(request)
    mine = Notice.objects.filter(person=actor.person_id)
    if request.method == "POST":
        mine.filter(read_at__isnull=True).update(read_at=timezone.now())
        return redirect("notices")
    rows = [(notice, subject_link(notice.subject)) for notice in mine.order_by("-at", "-id")[:100]]
    return render(request, "ui/notices.html", {"rows": rows, "now": timezone.now()})

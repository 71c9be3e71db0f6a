"""Administration: people, units, parameters, calendar. Changes go through actions."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from guiju.kernel.authority import selectors
from guiju.kernel.authority.models import Appointment, Company
from guiju.kernel.regulations.books import rulebook_for
from guiju.kernel.regulations.models import ParameterValue
from guiju.law.calendar import Calendar
from guiju.ui.context import actor_of


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Show the people an actor may see with the positions they hold today."""
    actor, now = actor_of(request), timezone.now()
    held: dict[int, list[Appointment]] = {}
    visible = list(selectors.people_visible_to(actor))
    rows = Appointment.objects.filter(selectors.in_office(now), person__in=visible).select_related("position__unit")
    for row in rows:
        held.setdefault(row.person_id, []).append(row)
    return render(request, "ui/people.html", {"rows": [(p, held.get(p.pk, [])) for p in visible]})


@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """Show the companies' units as trees with their posts and holders."""
    now = timezone.now()
    holders: dict[int, list[Appointment]] = {}
    for row in Appointment.objects.filter(selectors.in_office(now)).select_related("person", "position"):
        holders.setdefault(row.position.unit_id, []).append(row)
    trees = [
        (company, [(unit, depth, holders.get(unit.pk, [])) for unit, depth in selectors.units_of(company.pk)])
        for company in _companies(request)
    ]
    return render(request, "ui/units.html", {"trees": trees})


def _companies(request: HttpRequest) -> list[Company]:
    actor = actor_of(request)
    found = list(selectors.companies())
    group = next((c for c in found if c.parent_id is None), None)
    return found if group and group.pk == actor.company_id else [c for c in found if c.pk == actor.company_id]


@require_safe
def parameters(request: HttpRequest) -> HttpResponse:
    """Show every number of the rulebook with the value in force today and who set it."""
    actor = actor_of(request)
    book = rulebook_for(actor.company_id)
    today = timezone.localdate()
    own = {
        (row.regulation, row.name): row
        for row in ParameterValue.objects.filter(company_id=actor.company_id).select_related("by").order_by("id")
    }
    groups = []
    for regulation in sorted(book.regulations.values(), key=lambda r: r.regulation):
        rows = [
            (
                name,
                p,
                book.parameter(regulation.regulation, name).value_at(today),
                own.get((regulation.regulation, name)),
            )
            for name, p in sorted(regulation.parameters.items(), key=lambda item: item[1].clause)
        ]
        groups.append((regulation, rows, actor.in_unit(regulation.owner)))
    return render(request, "ui/parameters.html", {"groups": groups})


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a year of working days, holidays and make-up days."""
    today = timezone.localdate()
    wanted = request.GET.get("year", "")
    year = int(wanted) if wanted.isdigit() and 2004 <= int(wanted) <= 2060 else today.year
    book = Calendar.cn()
    months = []
    for month in range(1, 13):
        first = date(year, month, 1)
        days = []
        for number in range(1, 32):
            try:
                day = date(year, month, number)
            except ValueError:
                break
            days.append(
                {"day": day, "kind": book.day_kind(day), "working": book.is_working_day(day), "today": day == today}
            )
        months.append({"month": first, "blank": range(first.weekday()), "days": days})
    return render(
        request, "ui/calendar.html", {"year": year, "months": months, "years": range(today.year - 3, today.year + 2)}
    )

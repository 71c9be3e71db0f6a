"""What is read of complaints; every reading starts at ``visible_to``."""

from __future__ import annotations

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet

from guiju.complaints.models import Complaint, MonthlyStatistics
from guiju.kernel.authority.actor import Actor
from guiju.kernel.search.tokens import query_for

OVERSEERS = ("营运部客服", "行政人事部")


def oversees(actor: Actor) -> bool:
    """Return whether an actor sees every case of the company: customer service, the supervisors, the general manager."""
    return any(actor.in_unit(unit) for unit in OVERSEERS) or actor.holds("总经理")


def visible_to(actor: Actor) -> QuerySet[Complaint]:
    """Return the complaints an actor may see.

    Overseers see all of their company; others see those their store took, their department handles, those of the units below
    the ones they head, and those in which they carry out a measure.
    """
    mine = Complaint.objects.filter(company_id=actor.company_id).select_related("created_by")
    if actor.is_system or oversees(actor):
        return mine
    units = {held.unit for held in actor.positions}
    units |= set(units_below(actor))
    concerned = Q(store__in=units) | Q(department__in=units) | Q(assisting__overlap=list(units))
    return mine.filter(concerned | Q(measures__person=actor.code)).distinct()


def units_below(actor: Actor) -> list[str]:
    """Return the names of the units below those an actor heads."""
    from guiju.kernel.authority.selectors import units_of

    headed = {held.unit_id for held in actor.positions if held.is_head}
    if not headed:
        return []
    found: list[str] = []
    below: set[int] = set(headed)
    for unit, _ in units_of(actor.company_id):
        if unit.parent_id in below:
            below.add(unit.pk)
            found.append(unit.name)
    return found


def statistics_visible_to(actor: Actor) -> QuerySet[MonthlyStatistics]:
    """Return the statistics an actor may see: the supervisors' and the general manager's matter."""
    rows = MonthlyStatistics.objects.filter(company_id=actor.company_id)
    return rows if actor.is_system or actor.in_unit("行政人事部") or actor.holds("总经理") else rows.none()


def matching(text: str) -> Q:
    """Return the condition that a complaint answers to what was typed: number, name, pinyin, phone tail, words."""
    query = query_for(text)
    number = Q(number__iexact=text)
    return number | Q(tokens=SearchQuery(query, config="simple", search_type="raw")) if query else number

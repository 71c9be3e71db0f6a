"""What is read of the organisation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from guiju.kernel.authority.actor import Actor, Held
from guiju.kernel.authority.models import Appointment, Company, Delegation, Person, Unit


def in_office(at: datetime) -> Q:
    """Return the condition that an appointment holds at a moment."""
    day = timezone.localtime(at).date()
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def positions_held(person_id: int, at: datetime) -> tuple[Held, ...]:
    """Return the positions a person holds at a moment, each with the names of the units above."""
    rows = list(
        Appointment.objects.filter(in_office(at), person_id=person_id)
        .select_related("position__unit")
        .order_by("-position__is_head", "position_id")
    )
    if not rows:
        return ()
    above = unit_paths({row.position.unit.company_id for row in rows})
    return tuple(
        Held(
            title=row.position.title,
            unit_id=row.position.unit_id,
            unit=row.position.unit.name,
            company_id=row.position.unit.company_id,
            is_head=row.position.is_head,
            above=above[row.position.unit_id],
        )
        for row in rows
    )


def unit_paths(company_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return for each unit of the companies the names of the units above it, nearest first."""
    units = {u.pk: u for u in Unit.objects.filter(company_id__in=list(company_ids))}
    paths: dict[int, tuple[str, ...]] = {}
    for unit in units.values():
        names: list[str] = []
        parent = units.get(unit.parent_id or 0)
        while parent is not None and len(names) < len(units):
            names.append(parent.name)
            parent = units.get(parent.parent_id or 0)
        paths[unit.pk] = tuple(names)
    return paths


def givers(person_id: int, at: datetime) -> tuple[int, ...]:
    """Return whom a person stands in for at a moment."""
    return tuple(
        Delegation.objects.filter(taker_id=person_id, starts_at__lte=at, ends_at__gt=at).values_list(
            "giver_id", flat=True
        )
    )


def stand_in_of(person_id: int, at: datetime) -> Person | None:
    """Return who stands in for a person at a moment."""
    row = (
        Delegation.objects.filter(giver_id=person_id, starts_at__lte=at, ends_at__gt=at).select_related("taker").first()
    )
    return row.taker if row else None


def companies() -> QuerySet[Company]:
    """Return the companies of the group, the group first."""
    return Company.objects.order_by("parent_id", "id")


def units_of(company_id: int) -> list[tuple[Unit, int]]:
    """Return a company's units in tree order, each with its depth."""
    children: dict[int | None, list[Unit]] = defaultdict(list)
    for unit in Unit.objects.filter(company_id=company_id).order_by("id"):
        children[unit.parent_id].append(unit)
    found: list[tuple[Unit, int]] = []

    def walk(parent: int | None, depth: int) -> None:
        for unit in children[parent]:
            found.append((unit, depth))
            walk(unit.pk, depth + 1)

    walk(None, 0)
    return found


def people_visible_to(actor: Actor) -> QuerySet[Person]:
    """Return the people an actor may see: those of the same company, everybody for the group's offices."""
    people = Person.objects.select_related("company").order_by("company_id", "code")
    group = Company.objects.filter(parent__isnull=True, pk=actor.company_id).exists()
    return people if group else people.filter(company_id=actor.company_id)

"""From the role that a clause names to the person who answers for it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from guiju.kernel.authority.models import Appointment, Company, OrganisationRevision, Person, Position, Unit
from guiju.kernel.authority.selectors import in_office
from guiju.law.text import T

SUPERIOR = "上级主管"
HEAD = "负责人"


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who answers, how that was found, and whether the position itself is unfilled."""

    person_id: int | None
    person_name: str
    unit: str | None
    path: tuple[T, ...] = ()
    unfilled: bool = False


@dataclass(slots=True)
class Directory:
    """A company's organisation as of a day, read once, for resolving any number of roles."""

    company_id: int
    at: datetime
    units: dict[str, Unit] = field(default_factory=dict)
    by_id: dict[int, Unit] = field(default_factory=dict)
    by_title: dict[str, list[Position]] = field(default_factory=dict)
    heads: dict[int, Position] = field(default_factory=dict)
    holders: dict[int, list[Person]] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    @classmethod
    def of(cls, company_id: int, at: datetime) -> Directory:
        """Read the organisation of a company and of those above it (the group's offices) as of a moment."""
        lineage: list[int] = []
        current: Company | None = Company.objects.get(pk=company_id)
        while current is not None:
            lineage.append(current.pk)
            current = current.parent
        directory = cls(company_id, at)
        titles: dict[str, list[Position]] = defaultdict(list)
        for position in Position.objects.filter(unit__company_id__in=lineage).select_related("unit").order_by("id"):
            titles[position.title].append(position)
            if position.is_head:
                directory.heads[position.unit_id] = position
        for unit in sorted(Unit.objects.filter(company_id__in=lineage), key=lambda u: -lineage.index(u.company_id)):
            directory.units[unit.name] = unit
            directory.by_id[unit.pk] = unit
        directory.by_title = {
            title: sorted(found, key=lambda p: lineage.index(p.unit.company_id)) for title, found in titles.items()
        }
        holders: dict[int, list[Person]] = defaultdict(list)
        appointments = Appointment.objects.filter(in_office(at), position__unit__company_id__in=lineage)
        for appointment in appointments.select_related("person").order_by("starts_on", "id"):
            holders[appointment.position_id].append(appointment.person)
            directory.people.setdefault(appointment.person.code, appointment.person)
            directory.people.setdefault(appointment.person.name, appointment.person)
        directory.holders = dict(holders)
        return directory

    def person(self, code: str) -> Person | None:
        """Return a person of the directory by code or name."""
        return self.people.get(code)

    def resolve(self, role: str, unit: str | None = None) -> Resolution:
        """Return who answers for a role.

        Args:
            role: a title, a unit's name, ``上级主管`` or ``负责人`` of ``unit``.
            unit: the unit's name that narrows a title, or that a relative role starts from.
        """
        start = self.units.get(unit) if unit else None
        if role == SUPERIOR and start is not None:
            return self._superior(start)
        if role == HEAD and start is not None:
            return self._head(start, ())
        titled = [p for p in self.by_title.get(role, []) if start is None or self._within(p.unit, start)]
        if titled:
            return self._holder(titled)
        if role in self.units:
            return self._head(self.units[role], (T(role, self.units[role].name_en),))
        if start is not None:
            return self._head(start, (T(f"{role}未设岗", f"no position {role}"),), unfilled=True)
        return Resolution(None, "", None, (T(f"没有岗位「{role}」", f"No position “{role}”"),), unfilled=True)

    def _holder(self, positions: list[Position]) -> Resolution:
        for position in positions:
            people = self.holders.get(position.pk)
            if people:
                person = people[0]
                path = (T(position.unit.name, position.unit.name_en), T(position.title, position.title_en))
                return Resolution(person.pk, person.name, position.unit.name, path)
        position = positions[0]
        note = T(f"{position.title}无人任职", f"nobody holds {position.title_en}")
        return self._head(position.unit, (note,), unfilled=True)

    def _head(self, unit: Unit, path: tuple[T, ...], *, unfilled: bool = False) -> Resolution:
        current: Unit | None = unit
        while current is not None:
            head = self.heads.get(current.pk)
            people = self.holders.get(head.pk, []) if head else []
            if head and people:
                steps = (*path, T(current.name, current.name_en), T(head.title, head.title_en))
                return Resolution(people[0].pk, people[0].name, unit.name, steps, unfilled or current.pk != unit.pk)
            current = self.by_id.get(current.parent_id or 0)
        return Resolution(
            None, "", unit.name, (*path, T("上级单位也没有负责人", "no unit above has a head")), unfilled=True
        )

    def _superior(self, unit: Unit) -> Resolution:
        parent = self.by_id.get(unit.parent_id or 0)
        if parent is None:
            return self._head(
                unit, (T(f"{unit.name}没有上级单位", f"{unit.name_en} has no unit above"),), unfilled=True
            )
        return self._head(parent, (T(f"{unit.name}的上级主管", f"superior of {unit.name_en}"),))

    def _within(self, unit: Unit, start: Unit) -> bool:
        current: Unit | None = unit
        while current is not None:
            if current.pk == start.pk:
                return True
            current = self.by_id.get(current.parent_id or 0)
        return False


_DIRECTORIES: dict[tuple[int, date], tuple[int, Directory]] = {}


def directory_of(company_id: int, at: datetime) -> Directory:
    """Return a company's directory of a day, read anew only when the organisation changed."""
    revision = OrganisationRevision.objects.values_list("revision", flat=True).first() or 0
    key = (company_id, timezone.localtime(at).date())
    cached = _DIRECTORIES.get(key)
    if cached is None or cached[0] != revision:
        if len(_DIRECTORIES) > 256:
            _DIRECTORIES.clear()
        cached = (revision, Directory.of(company_id, at))
        _DIRECTORIES[key] = cached
    return cached[1]


def resolve_role(role: str, *, company_id: int, at: datetime, unit: str | None = None) -> Resolution:
    """Return who answers for a role at a moment."""
    return directory_of(company_id, at).resolve(role, unit)

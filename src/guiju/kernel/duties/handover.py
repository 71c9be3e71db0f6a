"""Hands open duties and waiting signatures over when the organisation changes: who leaves a post leaves its duties too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from guiju.kernel.authority.models import OrganisationRevision
from guiju.kernel.authority.roles import Directory, Resolution, directory_of
from guiju.kernel.duties.models import ClockGuard

_MAP = (
    "jsonb_to_recordset(%(map)s) AS r(company bigint, role text, unit text, person text, holder bigint, held_unit text,"
    " unfilled boolean)"
)
ROLES_SQL = """
SELECT DISTINCT company_id, role, unit, person FROM duties_dutyrow WHERE state IN ('open', 'overdue', 'paused')
UNION
SELECT DISTINCT a.company_id, s.role, s.unit, s.person
FROM duties_signaturerow s JOIN duties_approvalrow a ON a.id = s.approval_id WHERE a.state = 'pending' AND s.decision IS NULL
"""
DUTIES_SQL = f"""
UPDATE duties_dutyrow d SET holder_id = r.holder, held_unit = r.held_unit, unfilled = r.unfilled
FROM {_MAP}
WHERE d.state IN ('open', 'overdue', 'paused') AND d.company_id = r.company AND d.role = r.role
  AND d.unit IS NOT DISTINCT FROM r.unit AND d.person IS NOT DISTINCT FROM r.person
  AND (d.holder_id, d.held_unit, d.unfilled) IS DISTINCT FROM (r.holder, r.held_unit, r.unfilled)
"""  # noqa: S608 - constants of this module
SIGNATURES_SQL = f"""
UPDATE duties_signaturerow s SET holder_id = r.holder, held_unit = r.held_unit
FROM duties_approvalrow a, {_MAP}
WHERE a.id = s.approval_id AND a.state = 'pending' AND s.decision IS NULL AND a.company_id = r.company AND s.role = r.role
  AND s.unit IS NOT DISTINCT FROM r.unit AND s.person IS NOT DISTINCT FROM r.person
  AND (s.holder_id, s.held_unit) IS DISTINCT FROM (r.holder, r.held_unit)
"""  # noqa: S608 - constants of this module


def hand_over(now: datetime) -> int:
    """Find the holders of what is open anew, if the organisation changed or a new day (with its appointments) has begun.

    Args:
        now: the moment of the sweep.

    Returns:
        How many duties and signatures changed hands.
    """
    revision = OrganisationRevision.objects.values_list("revision", flat=True).first() or 0
    today = timezone.localtime(now).date()
    guard = ClockGuard.objects.filter(pk=1).first()
    if guard and (guard.revision, guard.organised_on) == (revision, today):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(ROLES_SQL)
        found = json.dumps(list(_resolved(cursor.fetchall(), now)), ensure_ascii=False)
        cursor.execute(DUTIES_SQL, {"map": found})
        changed = int(cursor.rowcount)
        cursor.execute(SIGNATURES_SQL, {"map": found})
        changed += int(cursor.rowcount)
    ClockGuard.objects.filter(pk=1).update(revision=revision, organised_on=today)
    return changed


def holder_of(directory: Directory, role: str, unit: str | None, person: str | None) -> Resolution:
    """Return who answers for a role, or the person whom the clause names."""
    found = directory.resolve(role, unit)
    named = directory.person(person) if person else None
    if named is None:
        return found
    return Resolution(named.pk, named.name, found.unit, found.path, unfilled=False)


def _resolved(rows: list[tuple[int, str, str | None, str | None]], now: datetime) -> Iterator[dict[str, Any]]:
    for company_id, role, unit, person in rows:
        found = holder_of(directory_of(company_id, now), role, unit, person)
        yield {
            "company": company_id,
            "role": role,
            "unit": unit,
            "person": person,
            "holder": found.person_id,
            "held_unit": found.unit,
            "unfilled": found.unfilled,
        }

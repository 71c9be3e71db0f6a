"""Reminders to holders and reports to those above them; each once, whatever happens to the sweep."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from guiju.kernel.authority.roles import HEAD, SUPERIOR, Directory, directory_of
from guiju.law.facts import Duty
from guiju.law.reminders import marks
from guiju.law.schema import Rulebook

_ENTRIES = 'jsonb_to_recordset(d.reminders) AS m(at timestamptz, "to" text)'

RECEIVERS_SQL = f"""
SELECT DISTINCT d.company_id, m."to", d.held_unit, d.holder_id
FROM duties_dutyrow d CROSS JOIN LATERAL {_ENTRIES}
WHERE d.remind_at <= %(now)s AND m."to" IS NOT NULL AND m.at <= %(now)s
"""  # noqa: S608 - constants of this module

# A reminder whose due time has passed unnoticed is not sent any more; one to somebody else is, since it reports lateness.
REMIND_SQL = f"""
WITH picked AS (
  SELECT id, remind_at AS since FROM duties_dutyrow WHERE remind_at <= %(now)s FOR UPDATE SKIP LOCKED
), fired AS (
  UPDATE duties_dutyrow d
  SET remind_at = (SELECT min(m.at) FROM {_ENTRIES} WHERE m.at > %(now)s)
  FROM picked WHERE d.id = picked.id
  RETURNING d.*, picked.since
), told AS (
  INSERT INTO notices_notice (company_id, person_id, key, kind, clause, subject, text_zh, text_en, at)
  SELECT d.company_id, coalesce(r.person, d.holder_id),
    k.kind || ':' || d.id || ':' || to_char(m.at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS'), k.kind, d.clause, d.subject,
    left(k.zh || d.title_zh || '（' || split_part(d.subject, ':', 2) || '）', 500),
    left(k.en || d.title_en || ' (' || split_part(d.subject, ':', 2) || ')', 500), %(now)s
  FROM fired d
  CROSS JOIN LATERAL {_ENTRIES}
  LEFT JOIN jsonb_to_recordset(%(receivers)s) AS r(company bigint, "to" text, unit text, holder bigint, person bigint)
    ON r.company = d.company_id AND r."to" = m."to" AND r.unit IS NOT DISTINCT FROM d.held_unit
      AND r.holder IS NOT DISTINCT FROM d.holder_id
  JOIN (VALUES ('due', true, '即将到期：', 'Due soon: '), ('report', false, '逾期未办，请督办：', 'Overdue, please see to it: '))
    AS k(kind, to_holder, zh, en) ON k.to_holder = (m."to" IS NULL)
  WHERE m.at >= d.since AND m.at <= %(now)s AND coalesce(r.person, CASE WHEN m."to" IS NULL THEN d.holder_id END) IS NOT NULL
    AND d.state = CASE WHEN m."to" IS NULL AND m.at < d.late_at THEN 'open' ELSE 'overdue' END
  ON CONFLICT (person_id, key) DO NOTHING
  RETURNING 1
)
SELECT (SELECT count(*) FROM told)
"""  # noqa: S608 - constants of this module


def to_come(duty: Duty, rulebook: Rulebook, after: datetime) -> list[dict[str, str | None]]:
    """Return an open duty's reminders that lie ahead, as they are stored.

    Args:
        duty: as evaluated.
        rulebook: the one it was evaluated under.
        after: now; what should have been sent earlier is not made up for.
    """
    if duty.state not in ("open", "overdue"):
        return []
    return [{"at": mark.at.isoformat(), "to": mark.to} for mark in marks(duty, rulebook) if mark.at > after]


def remind(now: datetime) -> int:
    """Write the notices whose moment has come.

    Args:
        now: the moment of the sweep, after late marks were made.

    Returns:
        How many notices are new.
    """
    with connection.cursor() as cursor:
        cursor.execute(RECEIVERS_SQL, {"now": now})
        receivers = json.dumps(list(_receivers(cursor.fetchall(), now)), ensure_ascii=False)
        cursor.execute(REMIND_SQL, {"now": now, "receivers": receivers})
        return int(cursor.fetchone()[0])


def _receivers(rows: Iterable[tuple[int, str, str | None, int | None]], now: datetime) -> Iterable[dict[str, Any]]:
    for company_id, to, unit, holder in rows:
        person = _receiver(directory_of(company_id, now), to, unit, holder)
        yield {"company": company_id, "to": to, "unit": unit, "holder": holder, "person": person}


def _receiver(directory: Directory, to: str, unit: str | None, holder: int | None) -> int | None:
    """Return who hears of it; the superior of somebody who is no head is the head of the own unit."""
    if to != SUPERIOR:
        return directory.resolve(to, unit if to == HEAD else None).person_id
    head = directory.resolve(HEAD, unit).person_id
    above = head if head != holder else directory.resolve(SUPERIOR, unit).person_id
    return above if above != holder else None

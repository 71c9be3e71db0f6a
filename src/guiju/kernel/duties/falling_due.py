"""Late marks and the fines that follow from them, for any number of duties by one statement."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from guiju.kernel.authority.roles import directory_of

#: Rows whose time has come: newly late ones, and late ones whose fines change.
_DUE = "((state = 'open' AND late_at <= %(now)s) OR fines_at <= %(now)s)"
_LINES = (
    "jsonb_to_recordset(d.fines) AS f(line smallint, role text, unit_name text, person text, unit text, rate numeric,"
    " assessor text, shared boolean, choice jsonb, fined bigint)"
)
_GROWS = "f.unit IN ('per_24h', 'per_hour', 'per_day')"
_MONTH_END = (
    "(date_trunc('month', d.late_at AT TIME ZONE 'Asia/Shanghai') + interval '1 month') AT TIME ZONE 'Asia/Shanghai'"
)
_LATE_FOR = "extract(epoch FROM %(now)s::timestamptz - d.due_at)"

# Units as law.fines counts them; fines that clauses share are left to the law, whose subjects wake for them.
_UNITS = f"""
CASE f.unit
  WHEN 'per_24h' THEN floor({_LATE_FOR} / 86400)
  WHEN 'per_hour' THEN floor({_LATE_FOR} / 3600)
  WHEN 'per_day' THEN greatest(1, ceil({_LATE_FOR} / 86400))
  WHEN 'per_item' THEN CASE d.items WHEN '[]' THEN 1 ELSE jsonb_array_length(d.items) - jsonb_array_length(d.items_done) END
  WHEN 'per_sheet' THEN CASE d.items WHEN '[]' THEN 1 ELSE jsonb_array_length(d.items) - jsonb_array_length(d.items_done) END
  ELSE 1
END
"""

# When a growing fine changes next: at the next unit, or at the end of the month in which it is proposed.
_NEXT = f"""
(SELECT min(least(
   CASE f.unit
     WHEN 'per_hour' THEN d.due_at + (floor({_LATE_FOR} / 3600) + 1) * interval '1 hour'
     WHEN 'per_24h' THEN d.due_at + (floor({_LATE_FOR} / 86400) + 1) * interval '24 hours'
     ELSE d.due_at + ceil({_LATE_FOR} / 86400) * interval '24 hours' + interval '1 microsecond'
   END,
   CASE WHEN %(now)s < {_MONTH_END} THEN {_MONTH_END} END))
 FROM {_LINES} WHERE {_GROWS} AND NOT f.shared)
"""  # noqa: S608 - every part is a constant of this module

ROLES_SQL = f"""
SELECT DISTINCT d.company_id, f.role, f.unit_name, f.person
FROM duties_dutyrow d CROSS JOIN LATERAL {_LINES}
WHERE {_DUE} AND d.fines <> '[]' AND NOT f.shared
"""  # noqa: S608 - every part is a constant of this module

# A duty on which an act is at work just now is left to that act, or to the next sweep: the sweep waits for nobody.
MARK_SQL = f"""
WITH picked AS (
  SELECT id, state FROM duties_dutyrow WHERE {_DUE} FOR UPDATE SKIP LOCKED
), marked AS (
  UPDATE duties_dutyrow d SET state = 'overdue', fines_at = CASE d.fines WHEN '[]' THEN NULL ELSE {_NEXT} END
  FROM picked WHERE d.id = picked.id
  RETURNING d.*, picked.state AS before
), fined AS (
  INSERT INTO duties_penaltyrow (company_id, clause, also, key, subject, instance, line, role, unit_name, person, unit, rate,
    units, amount, choice, assessor, arose_at, grows, state, reason, appeal, fined_id)
  SELECT d.company_id, d.clause, d.also, d.key, d.subject, d.instance, f.line, f.role, f.unit_name, f.person, f.unit,
    coalesce(f.rate, 0), u.units, f.rate * u.units, f.choice, f.assessor, d.late_at, {_GROWS},
    CASE WHEN {_GROWS} AND %(now)s < {_MONTH_END} THEN 'so_far' ELSE 'proposed' END, '', '', r.holder
  FROM marked d
  CROSS JOIN LATERAL {_LINES}
  CROSS JOIN LATERAL (SELECT {_UNITS} AS units) u
  LEFT JOIN jsonb_to_recordset(%(roles)s) AS r(company bigint, role text, unit_name text, person text, holder bigint)
    ON r.company = d.company_id AND r.role = f.role AND r.unit_name IS NOT DISTINCT FROM f.unit_name
      AND r.person IS NOT DISTINCT FROM f.person
  WHERE d.fines <> '[]' AND NOT f.shared AND u.units > 0
  ON CONFLICT (company_id, key, subject, instance, line) DO UPDATE
    SET units = excluded.units, amount = excluded.amount, state = excluded.state
    WHERE duties_penaltyrow.state IN ('so_far', 'proposed') AND duties_penaltyrow.grows
      AND (duties_penaltyrow.units, duties_penaltyrow.state) IS DISTINCT FROM (excluded.units, excluded.state)
  RETURNING 1
), told AS (
  INSERT INTO notices_notice (company_id, person_id, key, kind, clause, subject, text_zh, text_en, at)
  SELECT d.company_id, d.holder_id, 'late:' || d.id || ':' || to_char(d.due_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS'), 'late',
    d.clause, d.subject, left('已逾期：' || d.title_zh || '（' || split_part(d.subject, ':', 2) || '）', 500),
    left('Overdue: ' || d.title_en || ' (' || split_part(d.subject, ':', 2) || ')', 500), %(now)s
  FROM marked d WHERE d.before = 'open' AND d.holder_id IS NOT NULL
  ON CONFLICT (person_id, key) DO NOTHING
  RETURNING 1
)
SELECT (SELECT count(*) FROM marked WHERE before = 'open'), (SELECT count(*) FROM fined), (SELECT count(*) FROM told)
"""  # noqa: S608 - every part is a constant of this module
WAITING_SQL = f"SELECT EXISTS (SELECT 1 FROM duties_dutyrow WHERE {_DUE})"  # noqa: S608 - see above


@dataclass(frozen=True, slots=True)
class Marked:
    """What became late, which fines arose or grew, who was told. ``complete``: nothing was left to the next sweep."""

    late: int
    fines: int
    told: int
    complete: bool


def mark(now: datetime) -> Marked:
    """Mark as late what fell due by ``now``, with its fines and a notice to each holder.

    Args:
        now: the moment of the sweep.
    """
    with connection.cursor() as cursor:
        cursor.execute(ROLES_SQL, {"now": now})
        roles = json.dumps(list(_resolved(cursor.fetchall(), now)), ensure_ascii=False)
        cursor.execute(MARK_SQL, {"now": now, "roles": roles})
        late, fines, told = cursor.fetchone()
        cursor.execute(WAITING_SQL, {"now": now})
        waiting = bool(cursor.fetchone()[0])
    return Marked(late, fines, told, complete=not waiting)


def _resolved(rows: Iterable[tuple[int, str, str | None, str | None]], now: datetime) -> Iterable[dict[str, Any]]:
    """Yield who answers for each role that a fine names: whoever holds it now."""
    for company_id, role, unit, person in rows:
        directory = directory_of(company_id, now)
        named = directory.person(person) if person else None
        holder = named.pk if named else directory.resolve(role, unit).person_id
        yield {"company": company_id, "role": role, "unit_name": unit, "person": person, "holder": holder}

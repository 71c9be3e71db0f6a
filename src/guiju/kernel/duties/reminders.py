"""Tells holders what is due today and what has become late; each thing once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

TODAY = timedelta(hours=24)

REMIND_SQL = """
INSERT INTO notices_notice (company_id, person_id, key, kind, clause, subject, text_zh, text_en, at)
SELECT d.company_id, d.holder_id, k.prefix || d.id || ':' || to_char(d.due_at, 'YYYYMMDDHH24MI'), k.kind, d.clause, d.subject,
  left(k.zh || d.title_zh || '（' || split_part(d.subject, ':', 2) || '）', 500),
  left(k.en || d.title_en || ' (' || split_part(d.subject, ':', 2) || ')', 500), %(now)s
FROM duties_dutyrow d
JOIN (VALUES ('due:', 'due', 'open', '即将到期：', 'Due soon: '), ('late:', 'late', 'overdue', '已逾期：', 'Overdue: '))
  AS k(prefix, kind, state, zh, en) ON k.state = d.state
WHERE d.holder_id IS NOT NULL AND d.late_at <= %(soon)s AND d.late_at > %(since)s
ON CONFLICT (person_id, key) DO NOTHING
"""


def remind(now: datetime) -> int:
    """Write notices for what falls due within a day and for what became late within the last one.

    Args:
        now: the moment of the sweep.

    Returns:
        How many notices are new.
    """
    with connection.cursor() as cursor:
        cursor.execute(REMIND_SQL, {"now": now, "soon": now + TODAY, "since": now - TODAY})
        return int(cursor.rowcount)

"""What time does by itself: late marks, fines that arise and grow, periods that begin. Set-based, repeatable, outside the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from guiju.kernel.duties.models import ClockGuard, SubjectState
from guiju.kernel.duties.reminders import remind
from guiju.kernel.duties.sync import sync_subjects

LOCK = 7_305_002
#: How far the program's clock may differ from the database's before nothing is marked late any more.
SKEW = timedelta(seconds=120)
#: How far the clock may run ahead of the last sweep before somebody must look at it.
LONGEST_OUTAGE = timedelta(days=30)
WAKE_BATCH = 200

LATE_SQL = """
UPDATE duties_dutyrow SET state = 'overdue' WHERE state = 'open' AND late_at <= %(now)s
"""

# Units as law.fines.lateness_units counts them; what clauses share is left to the law (their subjects wake).
UNITS_SQL = """
CASE f.unit
  WHEN 'per_24h' THEN floor(extract(epoch FROM %(now)s::timestamptz - d.due_at) / 86400)
  WHEN 'per_hour' THEN floor(extract(epoch FROM %(now)s::timestamptz - d.due_at) / 3600)
  WHEN 'per_day' THEN greatest(1, ceil(extract(epoch FROM %(now)s::timestamptz - d.due_at) / 86400))
  WHEN 'per_item' THEN jsonb_array_length(d.items) - jsonb_array_length(d.items_done)
  WHEN 'per_sheet' THEN jsonb_array_length(d.items) - jsonb_array_length(d.items_done)
  ELSE 1
END
"""
GROWING_SQL = "f.unit IN ('per_24h', 'per_hour', 'per_day')"
MONTH_ENDED_SQL = (
    "date_trunc('month', d.late_at AT TIME ZONE 'Asia/Shanghai')"
    " < date_trunc('month', %(now)s::timestamptz AT TIME ZONE 'Asia/Shanghai')"
)
FINES_SQL = f"""
INSERT INTO duties_penaltyrow (company_id, clause, also, key, subject, instance, line, role, unit_name, person, unit, rate, units,
  amount, choice, assessor, arose_at, grows, state, reason, appeal, fined_id)
SELECT d.company_id, d.clause, d.also, d.key, d.subject, d.instance, f.line, f.role, f.unit_name, f.person, f.unit,
  coalesce(f.rate, 0), u.units, f.rate * u.units, f.choice, f.assessor, d.late_at, {GROWING_SQL},
  CASE WHEN {GROWING_SQL} AND NOT {MONTH_ENDED_SQL} THEN 'so_far' ELSE 'proposed' END, '', '', f.fined
FROM duties_dutyrow d
CROSS JOIN LATERAL jsonb_to_recordset(d.fines) AS f(line smallint, role text, unit_name text, person text, unit text,
  rate numeric, assessor text, shared boolean, choice jsonb, fined bigint)
CROSS JOIN LATERAL (SELECT {UNITS_SQL} AS units) u
WHERE d.state = 'overdue' AND d.fines <> '[]'::jsonb AND NOT f.shared AND u.units > 0
ON CONFLICT (company_id, key, subject, instance, line) DO UPDATE
  SET units = excluded.units, amount = excluded.amount, state = excluded.state
  WHERE duties_penaltyrow.state IN ('so_far', 'proposed') AND duties_penaltyrow.grows
    AND (duties_penaltyrow.units, duties_penaltyrow.state) IS DISTINCT FROM (excluded.units, excluded.state)
"""  # noqa: S608 - every part is a constant of this module


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did, or why it did nothing."""

    late: int = 0
    fines: int = 0
    woken: int = 0
    reminded: int = 0
    refused: str = ""


def sweep(now: datetime) -> Swept:
    """Do what fell due by ``now``. Repeating it does nothing more; a second one at the same time returns at once.

    Args:
        now: the caller's clock (aware); it must agree with the database's.
    """
    with transaction.atomic():
        if not _take_lock():
            return Swept(refused="another sweep is at work")
        refusal = _clock_refusal(now)
        if refusal:
            return Swept(refused=refusal)
        return advance(now)


def advance(now: datetime) -> Swept:
    """Do what fell due by ``now`` without asking the clock: for a virtual clock, inside the caller's transaction."""
    woken = _wake(now)
    with connection.cursor() as cursor:
        cursor.execute(LATE_SQL, {"now": now})
        late = cursor.rowcount
        cursor.execute(FINES_SQL, {"now": now})
        fines = cursor.rowcount
    return Swept(late=late, fines=fines, woken=woken, reminded=remind(now))


def _take_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _clock_refusal(now: datetime) -> str:
    """Return why the clock cannot be believed; remembers when it was last seen well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        database: datetime = cursor.fetchone()[0]
    guard = ClockGuard.objects.select_for_update().filter(pk=1).first()
    reason = ""
    if abs(database - now) > SKEW:
        reason = f"clocks differ by {abs(database - now).total_seconds():.0f} s"
    elif guard and guard.last_seen - now > SKEW:
        reason = "the clock went back"
    elif guard and now - guard.last_seen > LONGEST_OUTAGE and not guard.reason.startswith("accepted"):
        reason = f"the clock is {(now - guard.last_seen).days} days ahead of the last sweep"
    if reason:
        ClockGuard.objects.update_or_create(
            pk=1, defaults={"last_seen": guard.last_seen if guard else database, "refused_since": now, "reason": reason}
        )
        return reason
    ClockGuard.objects.update_or_create(pk=1, defaults={"last_seen": now, "refused_since": None, "reason": ""})
    return ""


def _wake(now: datetime) -> int:
    """Evaluate the subjects at which time alone changes something."""
    woken = 0
    while True:
        waiting = list(
            SubjectState.objects.filter(wake_at__lte=now)
            .order_by("company_id", "subject")
            .values_list("company_id", "subject")[:WAKE_BATCH]
        )
        if not waiting:
            return woken
        by_company: dict[int, list[str]] = {}
        for company_id, subject in waiting:
            by_company.setdefault(company_id, []).append(subject)
        for company_id, subjects in by_company.items():
            sync_subjects(company_id=company_id, subjects=subjects, at=now)
        woken += len(waiting)
        if len(waiting) < WAKE_BATCH:
            return woken

"""Duties as rows of a desk or of a record's page."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse

from guiju.kernel.duties.models import DutyRow
from guiju.law.fines import lateness_units
from guiju.ui.rooms import room_of

FLOOR, CAP = 60, 96


def subject_link(subject: str) -> str | None:
    """Return the address of the record behind a subject, where it has a page."""
    kind, _, number = subject.partition(":")
    return reverse("object", args=[kind, number]) if room_of(kind) else None


def duty_item(row: DutyRow, now: datetime) -> dict[str, Any]:
    """Return what a duty row shows: tone, ruler, money at stake, link."""
    late = row.late_at is not None and now >= row.late_at and row.done_at is None
    return {
        "row": row,
        "late": late,
        "today": not late and row.due_at is not None and row.due_at - now < timedelta(days=1),
        "ruler": ruler(row, now),
        "fine": fine_so_far(row, now) if late else None,
        "fined": bool(row.fines),
        "link": subject_link(row.subject),
        "name": row.subject.partition(":")[2],
    }


def ruler(row: DutyRow, now: datetime) -> dict[str, int] | None:
    """Return the ruler of a duty in per cent: passed time, and where the due time lies once it is over."""
    if row.due_at is None or row.due_at <= row.opened_at:
        return None
    until = min(row.done_at or now, max(now, row.due_at))
    whole = (row.due_at - row.opened_at) / timedelta(seconds=1)
    passed = max((until - row.opened_at) / timedelta(seconds=1), 0.0)
    days = max(1, min(31, round(whole / 86400)))
    if passed <= whole:
        return {"now": round(100 * passed / whole), "due": 100, "n": days}
    return {"now": 100, "due": min(CAP, max(FLOOR, round(100 * whole / passed))), "n": days}


def fine_so_far(row: DutyRow, now: datetime) -> Decimal | None:
    """Return what a late duty costs its holder so far, or None where it only reminds."""
    if row.due_at is None or not row.fines:
        return None
    mine = [f for f in row.fines if f.get("fined") == row.holder_id and f["rate"] and f["unit"] != "salary_grade"]
    total = sum((Decimal(f["rate"]) * lateness_units(f["unit"], late=now - row.due_at) for f in mine), Decimal(0))
    return total or None

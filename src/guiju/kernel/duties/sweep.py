"""What time does by itself: late marks, fines that arise and grow, reminders, periods that begin. Repeatable, outside the queue.

The work is done in short transactions under one advisory lock. Each of them leaves a consistent state, so a sweep that dies on
the way has only left the rest to the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from django.db import connection, transaction

from guiju.kernel.duties import guard
from guiju.kernel.duties.falling_due import Marked, mark
from guiju.kernel.duties.handover import hand_over
from guiju.kernel.duties.models import ClockGuard, SubjectState
from guiju.kernel.duties.reminders import remind
from guiju.kernel.duties.sync import sync_subjects

log = structlog.get_logger(__name__)

LOCK = 7_305_002
WAKE_BATCH = 200
#: A subject that cannot be evaluated is tried again after this, so that it does not hold up the others.
POSTPONED = timedelta(hours=1)
BUSY = "another sweep is at work"
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did, or why it did nothing."""

    late: int = 0
    fines: int = 0
    woken: int = 0
    reminded: int = 0
    handed_over: int = 0
    refused: str = ""


class _BusyError(Exception):
    """Another sweep holds the lock."""


def sweep(now: datetime) -> Swept:
    """Do what fell due by ``now``. Repeating it does nothing more; a second one at the same time returns at once.

    Args:
        now: the caller's clock (aware); it must agree with the database's.
    """
    try:
        refused = _alone(lambda: guard.refusal(now))
        if refused:
            return Swept(refused=refused)
        handed_over = _alone(lambda: hand_over(now))
        woken = _wake(now, _alone)
        marked = _alone(lambda: _mark(now))
        reminded = _alone(lambda: remind(now))
    except _BusyError:
        return Swept(refused=BUSY)
    return Swept(marked.late, marked.fines, woken, marked.told + reminded, handed_over)


def advance(now: datetime) -> Swept:
    """Do what fell due by ``now`` without asking the clock: for a virtual clock, inside the caller's transaction."""
    handed_over = hand_over(now)
    woken = _wake(now, lambda act: act())
    marked = mark(now)
    return Swept(marked.late, marked.fines, woken, marked.told + remind(now), handed_over)


def _alone(act: Callable[[], Made]) -> Made:
    """Do one step in a transaction of its own, unless another sweep is at work."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raise _BusyError
        return act()


def _mark(now: datetime) -> Marked:
    marked = mark(now)
    if marked.complete:
        ClockGuard.objects.filter(pk=1).update(swept_to=now)
    return marked


def _wake(now: datetime, step: Callable[[Callable[[], None]], None]) -> int:
    """Evaluate the subjects at which time alone changes something, a batch a transaction and in one order for everybody."""
    woken = 0
    last: list[tuple[int, str]] = []
    while True:
        waiting = list(
            SubjectState.objects.filter(wake_at__lte=now)
            .order_by("company_id", "subject")
            .values_list("company_id", "subject")[:WAKE_BATCH]
        )
        if waiting == last:
            return woken
        last = waiting
        by_company: dict[int, list[str]] = {}
        for company_id, subject in waiting:
            by_company.setdefault(company_id, []).append(subject)
        for company_id, subjects in by_company.items():
            woken += _wake_batch(company_id, subjects, now, step)
        if len(waiting) < WAKE_BATCH:
            return woken


def _wake_batch(company_id: int, subjects: list[str], now: datetime, step: Callable[[Callable[[], None]], None]) -> int:
    def evaluate(some: list[str]) -> None:
        with transaction.atomic():
            sync_subjects(company_id=company_id, subjects=some, at=now)

    try:
        step(lambda: evaluate(subjects))
        return len(subjects)
    except _BusyError:
        raise
    except Exception:
        if len(subjects) > 1:
            return sum(_wake_batch(company_id, [subject], now, step) for subject in subjects)
        # Whatever is wrong with one subject's rules or events, it must not keep the others from being marked late.
        log.exception("subject_not_evaluated", company=company_id, subject=subjects[0])
        SubjectState.objects.filter(company_id=company_id, subject=subjects[0]).update(wake_at=now + POSTPONED)
        return 0

"""Keeps stored duties, penalties and approvals equal to what the law makes of the events: in the act's own transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from guiju.kernel.actions.copying import copy_rows
from guiju.kernel.actions.models import EventRow
from guiju.kernel.authority.roles import Directory, directory_of
from guiju.kernel.duties import convert, rounds
from guiju.kernel.duties.handover import holder_of
from guiju.kernel.duties.models import OPEN, DutyRow, PenaltyRow
from guiju.kernel.duties.reminders import to_come
from guiju.kernel.notices.outbox import queue_law_notices
from guiju.kernel.regulations.books import calendars_for, rulebook_for
from guiju.law.evaluate import evaluate_subject
from guiju.law.facts import Duty, Penalty, Result, Stake
from guiju.law.growth import next_change
from guiju.law.schema import GROWING, Rulebook

UNDECIDED = ("so_far", "proposed")
HELD_FIELDS = ("holder", "held_unit", "unfilled", "fines", "fines_at", "reminders", "remind_at")
DutyIdentity = tuple[str, str, str]


def sync_subjects(*, company_id: int, subjects: Sequence[str], at: datetime) -> None:
    """Evaluate subjects anew under lock and store what changed.

    Args:
        company_id: whose rulebook and calendars hold.
        subjects: those that the new events concern.
        at: now; the state is stored as of this moment, or of the last sweep where that was later.
    """
    moments = lock_subjects(company_id, subjects, at)
    by_subject = _events_of(company_id, list(moments))
    rulebook, calendars = rulebook_for(company_id), calendars_for(company_id)
    results = {
        subject: evaluate_subject(subject, convert.law_events(by_subject[subject]), rulebook, calendars, as_of)
        for subject, as_of in moments.items()
    }
    desk = _Desk(company_id, rulebook, directory_of(company_id, at), moments)
    _store_duties(desk, results)
    _store_penalties(desk, results)
    rounds.store(company_id, results, desk.directory)
    queue_law_notices(company_id, results, desk.directory, at)
    _store_wakes(company_id, results, moments)


def sync_fresh(*, company_id: int, events: Mapping[str, Sequence[EventRow]], at: datetime) -> None:
    """Evaluate subjects whose events are all at hand, as after an import, and store the results together.

    Subjects that exist already go the ordinary way.
    """
    moments = _new_subjects(company_id, list(events), at)
    rulebook, calendars = rulebook_for(company_id), calendars_for(company_id)
    desk = _Desk(company_id, rulebook, directory_of(company_id, at), moments)
    results: dict[str, Result] = {}
    duties: list[DutyRow] = []
    penalties: list[PenaltyRow] = []
    for subject, as_of in moments.items():
        result = evaluate_subject(subject, convert.law_events(events[subject]), rulebook, calendars, as_of)
        results[subject] = result
        duties.extend(desk.owned(convert.new_duty(duty, company_id), duty) for duty in result.duties)
        penalties.extend(desk.fined(convert.new_penalty(p, company_id)) for p in result.penalties)
    copy_rows(duties)
    copy_rows(penalties)
    rounds.store(company_id, results, desk.directory)
    _store_wakes(company_id, {subject: result for subject, result in results.items() if _wake(result, at)}, moments)
    known = [subject for subject in events if subject not in moments]
    if known:
        sync_subjects(company_id=company_id, subjects=known, at=at)


def lock_subjects(company_id: int, subjects: Iterable[str], at: datetime) -> dict[str, datetime]:
    """Lock the subjects' rows until the end of the transaction, in one order for everybody, making those that are missing.

    Returns:
        For each subject the moment as of which it is to be evaluated: never earlier than before, nor than the last sweep.
    """
    moments: dict[str, datetime] = {}
    with connection.cursor() as cursor:
        for subject in sorted(set(subjects)):
            cursor.execute(
                "INSERT INTO duties_subjectstate (company_id, subject, evaluated_at) VALUES (%s, %s, %s)"
                " ON CONFLICT (company_id, subject) DO UPDATE SET evaluated_at ="
                " greatest(duties_subjectstate.evaluated_at, excluded.evaluated_at)"
                " RETURNING greatest(evaluated_at, (SELECT swept_to FROM duties_clockguard))",
                [company_id, subject, at],
            )
            moments[subject] = cursor.fetchone()[0]
    return moments


def _new_subjects(company_id: int, subjects: Iterable[str], at: datetime) -> dict[str, datetime]:
    """Make the rows of subjects that are new, and lock them; those that exist already are left out of the answer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO duties_subjectstate (company_id, subject, evaluated_at)"
            " SELECT %s, subject, %s FROM unnest(%s::text[]) AS subject ORDER BY subject"
            " ON CONFLICT (company_id, subject) DO NOTHING"
            " RETURNING subject, greatest(evaluated_at, (SELECT swept_to FROM duties_clockguard))",
            [company_id, at, list(subjects)],
        )
        return dict(cursor.fetchall())


def _events_of(company_id: int, subjects: Sequence[str]) -> dict[str, list[EventRow]]:
    found: dict[str, list[EventRow]] = defaultdict(list)
    wanted = set(subjects)
    for row in EventRow.objects.filter(company_id=company_id, concerns__overlap=list(subjects)).order_by("id"):
        for subject in row.concerns:
            if subject in wanted:
                found[subject].append(row)
    return found


@dataclass(frozen=True, slots=True)
class _Desk:
    """What turns the law's values into rows: who answers for a role, and as of when each subject is stored."""

    company_id: int
    rulebook: Rulebook
    directory: Directory
    moments: Mapping[str, datetime]

    def owned(self, row: DutyRow, duty: Duty) -> DutyRow:
        """Set who answers for a duty, what lateness costs, and when its holder is reminded."""
        row.holder_id, row.held_unit, row.unfilled = self.owner(duty)
        row.fines = self.stakes(duty.stakes)
        # The sweep works out when a growing fine changes next; the fine as of now is the law's own.
        growing = any(s.unit in GROWING and not s.shared for s in duty.stakes)
        row.fines_at = duty.late_at if growing and duty.state == "overdue" else None
        row.reminders = to_come(duty, self.rulebook, self.moments[duty.subject])
        row.remind_at = datetime.fromisoformat(str(row.reminders[0]["at"])) if row.reminders else None
        return row

    def owner(self, duty: Duty) -> tuple[int | None, str | None, bool]:
        """Return holder, unit and whether the position is unfilled."""
        found = holder_of(self.directory, duty.role, duty.unit, duty.person)
        return found.person_id, found.unit, found.unfilled

    def fined(self, row: PenaltyRow) -> PenaltyRow:
        """Set who is to pay."""
        row.fined_id = holder_of(self.directory, row.role, row.unit_name, row.person).person_id
        return row

    def stakes(self, stakes: Iterable[Stake]) -> list[dict[str, Any]]:
        """Return what lateness would cost, as it is stored with the duty."""
        return [
            {
                "line": s.line,
                "role": s.role,
                "unit_name": s.unit_name,
                "person": s.person,
                "unit": s.unit,
                "rate": None if s.rate is None else str(s.rate),
                "assessor": s.assessor,
                "shared": s.shared,
                "choice": [str(edge) for edge in s.choice] if s.choice else None,
                "fined": holder_of(self.directory, s.role, s.unit_name, s.person).person_id,
            }
            for s in stakes
        ]

    def changed(self, row: DutyRow, duty: Duty) -> bool:
        """Return whether a stored duty is not as it should be; who answered for one that has ended stays as it was."""
        if _differs(row, convert.duty_values(duty)) or row.fines != self.stakes(duty.stakes):
            return True
        return duty.state in OPEN and (row.holder_id, row.held_unit, row.unfilled) != self.owner(duty)


def _store_duties(desk: _Desk, results: Mapping[str, Result]) -> None:
    # The rows' locks keep the sweep off until this act has ended.
    rows = (
        DutyRow.objects.select_for_update().filter(company_id=desk.company_id, subject__in=list(results)).order_by("id")
    )
    stored: dict[DutyIdentity, DutyRow] = {(row.key, row.subject, row.instance): row for row in rows}
    new: list[DutyRow] = []
    changed: list[DutyRow] = []
    for result in results.values():
        for duty in result.duties:
            row = stored.pop(duty.identity, None)
            if row is None:
                new.append(desk.owned(convert.new_duty(duty, desk.company_id), duty))
            elif desk.changed(row, duty):
                changed.append(desk.owned(_assign(row, convert.duty_values(duty)), duty))
    DutyRow.objects.bulk_create(new)
    if changed:
        DutyRow.objects.bulk_update(changed, [*convert.DUTY_FIELDS, *HELD_FIELDS])
    if stored:
        DutyRow.objects.filter(pk__in=[row.pk for row in stored.values()]).delete()


def _store_penalties(desk: _Desk, results: Mapping[str, Result]) -> None:
    rows = PenaltyRow.objects.select_for_update().filter(company_id=desk.company_id, subject__in=list(results))
    stored = {(row.key, row.subject, row.instance, row.line): row for row in rows.order_by("id")}
    new: list[PenaltyRow] = []
    changed: list[PenaltyRow] = []
    for result in results.values():
        for penalty in result.penalties:
            row = stored.pop(penalty.identity, None)
            if row is None:
                new.append(desk.fined(convert.new_penalty(penalty, desk.company_id)))
            elif row.state in UNDECIDED and _moved(row, penalty):
                row.state = penalty.state
                changed.append(_assign(row, convert.penalty_values(penalty)))
    PenaltyRow.objects.bulk_create(new)
    if changed:
        PenaltyRow.objects.bulk_update(changed, [*convert.PENALTY_FIELDS, "state"])
    gone = [row.pk for row in stored.values() if row.state in UNDECIDED]
    if gone:
        PenaltyRow.objects.filter(pk__in=gone).delete()


def _moved(row: PenaltyRow, penalty: Penalty) -> bool:
    return row.state != penalty.state or _differs(row, convert.penalty_values(penalty))


def _store_wakes(company_id: int, results: Mapping[str, Result], moments: Mapping[str, datetime]) -> None:
    wakes = {subject: _wake(result, moments[subject]) for subject, result in results.items()}
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE duties_subjectstate SET wake_at = %s"
            " WHERE company_id = %s AND subject = %s AND wake_at IS DISTINCT FROM %s",
            [(wake, company_id, subject, wake) for subject, wake in wakes.items()],
        )


def _wake(result: Result, as_of: datetime) -> datetime | None:
    """Return when the subject must be evaluated again without an event: a period begins, or a shared fine arises or grows."""
    moments = [result.wake_at] if result.wake_at else []
    for duty in result.duties:
        if duty.late_at is None or duty.due_at is None or not any(stake.shared for stake in duty.stakes):
            continue
        if duty.state == "open":
            moments.append(duty.late_at)
        elif duty.state == "overdue":
            moments.extend(
                next_change(stake.unit, due_at=duty.due_at, late_at=duty.late_at, after=as_of)
                for stake in duty.stakes
                if stake.shared and stake.unit in GROWING
            )
    return min(moments) if moments else None


def _differs(row: Any, values: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in values.items())


def _assign(row: Any, values: Mapping[str, Any]) -> Any:
    for name, value in values.items():
        setattr(row, name, value)
    return row

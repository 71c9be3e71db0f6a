"""Keeps stored duties, penalties and approvals equal to what the law makes of the events: in the act's own transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from guiju.kernel.actions.copying import copy_rows
from guiju.kernel.actions.models import EventRow
from guiju.kernel.authority.roles import Directory, directory_of
from guiju.kernel.duties import convert, rounds
from guiju.kernel.duties.models import DutyRow, PenaltyRow, SubjectState
from guiju.kernel.notices.outbox import queue_law_notices
from guiju.kernel.regulations.books import calendars_for, rulebook_for
from guiju.law.evaluate import evaluate_subject
from guiju.law.facts import Duty, Penalty, Result, Stake

UNDECIDED = ("so_far", "proposed")
DutyIdentity = tuple[str, str, str]


def sync_subjects(*, company_id: int, subjects: Sequence[str], at: datetime) -> None:
    """Evaluate subjects anew under lock and store what changed.

    Args:
        company_id: whose rulebook and calendars hold.
        subjects: those that the new events concern.
        at: now; the state is stored as of this moment.
    """
    ordered = sorted(set(subjects))
    lock_subjects(company_id, ordered, at)
    by_subject = _events_of(company_id, ordered)
    rulebook, calendars = rulebook_for(company_id), calendars_for(company_id)
    results = {
        subject: evaluate_subject(subject, convert.law_events(by_subject[subject]), rulebook, calendars, at)
        for subject in ordered
    }
    directory = directory_of(company_id, at)
    _store_duties(company_id, results, directory)
    _store_penalties(company_id, results, directory)
    rounds.store(company_id, results, directory)
    queue_law_notices(company_id, results, directory, at)
    _store_wakes(company_id, results)


def sync_fresh(*, company_id: int, events: Mapping[str, Sequence[EventRow]], at: datetime) -> None:
    """Evaluate subjects whose events are all at hand, as after an import, and store the results together.

    Subjects that exist already go the ordinary way.
    """
    known = set(
        SubjectState.objects.filter(company_id=company_id, subject__in=list(events)).values_list("subject", flat=True)
    )
    fresh = {subject: rows for subject, rows in events.items() if subject not in known}
    rulebook, calendars = rulebook_for(company_id), calendars_for(company_id)
    directory = directory_of(company_id, at)
    results: dict[str, Result] = {}
    duties: list[DutyRow] = []
    penalties: list[PenaltyRow] = []
    for subject, rows in fresh.items():
        result = evaluate_subject(subject, convert.law_events(rows), rulebook, calendars, at)
        results[subject] = result
        duties.extend(_owned(convert.new_duty(duty, company_id), duty, directory) for duty in result.duties)
        penalties.extend(_fined(convert.new_penalty(p, company_id), directory) for p in result.penalties)
    copy_rows(
        [
            SubjectState(company_id=company_id, subject=subject, evaluated_at=at, wake_at=_wake(result))
            for subject, result in results.items()
        ]
    )
    copy_rows(duties)
    copy_rows(penalties)
    rounds.store(company_id, results, directory)
    if known:
        sync_subjects(company_id=company_id, subjects=list(known), at=at)


def lock_subjects(company_id: int, subjects: Sequence[str], at: datetime) -> None:
    """Lock the subjects' rows until the end of the transaction, in one order for everybody, making those that are missing."""
    with connection.cursor() as cursor:
        for subject in subjects:
            cursor.execute(
                "INSERT INTO duties_subjectstate (company_id, subject, evaluated_at) VALUES (%s, %s, %s)"
                " ON CONFLICT (company_id, subject) DO UPDATE SET evaluated_at ="
                " greatest(duties_subjectstate.evaluated_at, excluded.evaluated_at)",
                [company_id, subject, at],
            )


def _events_of(company_id: int, subjects: Sequence[str]) -> dict[str, list[EventRow]]:
    found: dict[str, list[EventRow]] = defaultdict(list)
    wanted = set(subjects)
    for row in EventRow.objects.filter(company_id=company_id, concerns__overlap=list(subjects)).order_by("id"):
        for subject in row.concerns:
            if subject in wanted:
                found[subject].append(row)
    return found


def _store_duties(company_id: int, results: Mapping[str, Result], directory: Directory) -> None:
    stored: dict[DutyIdentity, DutyRow] = {
        (row.key, row.subject, row.instance): row
        for row in DutyRow.objects.filter(company_id=company_id, subject__in=list(results))
    }
    new: list[DutyRow] = []
    changed: list[DutyRow] = []
    for result in results.values():
        for duty in result.duties:
            row = stored.pop(duty.identity, None)
            if row is None:
                new.append(_owned(convert.new_duty(duty, company_id), duty, directory))
            elif _differs(row, convert.duty_values(duty)) or row.fines != _stakes(duty.stakes, directory):
                changed.append(_owned(_assign(row, convert.duty_values(duty)), duty, directory))
    DutyRow.objects.bulk_create(new)
    if changed:
        DutyRow.objects.bulk_update(changed, [*convert.DUTY_FIELDS, "holder", "held_unit", "unfilled", "fines"])
    if stored:
        DutyRow.objects.filter(pk__in=[row.pk for row in stored.values()]).delete()


def _store_penalties(company_id: int, results: Mapping[str, Result], directory: Directory) -> None:
    stored = {
        (row.key, row.subject, row.instance, row.line): row
        for row in PenaltyRow.objects.filter(company_id=company_id, subject__in=list(results))
    }
    new: list[PenaltyRow] = []
    changed: list[PenaltyRow] = []
    for result in results.values():
        for penalty in result.penalties:
            row = stored.pop(penalty.identity, None)
            if row is None:
                new.append(_fined(convert.new_penalty(penalty, company_id), directory))
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


def _store_wakes(company_id: int, results: Mapping[str, Result]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE duties_subjectstate SET wake_at = %s WHERE company_id = %s AND subject = %s AND wake_at IS DISTINCT FROM %s",
            [(_wake(r), company_id, subject, _wake(r)) for subject, r in results.items()],
        )


def _wake(result: Result) -> datetime | None:
    """Return when the subject must be evaluated again without an event: a period begins, or a shared fine arises."""
    moments = [result.wake_at] if result.wake_at else []
    moments += [d.late_at for d in result.duties if d.late_at and d.state == "open" and any(s.shared for s in d.stakes)]
    return min(moments) if moments else None


def _owned(row: DutyRow, duty: Duty, directory: Directory) -> DutyRow:
    found = directory.resolve(duty.role, duty.unit)
    named = directory.person(duty.person) if duty.person else None
    row.holder_id = named.pk if named else found.person_id
    row.held_unit = found.unit
    row.unfilled = found.unfilled and named is None
    row.fines = _stakes(duty.stakes, directory)
    return row


def _fined(row: PenaltyRow, directory: Directory) -> PenaltyRow:
    row.fined_id = _answers(directory, row.person, row.role, row.unit_name)
    return row


def _answers(directory: Directory, person: str | None, role: str, unit: str | None) -> int | None:
    named = directory.person(person) if person else None
    return named.pk if named else directory.resolve(role, unit).person_id


def _stakes(stakes: Iterable[Stake], directory: Directory) -> list[dict[str, Any]]:
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
            "fined": _answers(directory, s.person, s.role, s.unit_name),
        }
        for s in stakes
    ]


def _differs(row: Any, values: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in values.items())


def _assign(row: Any, values: Mapping[str, Any]) -> Any:
    for name, value in values.items():
        setattr(row, name, value)
    return row

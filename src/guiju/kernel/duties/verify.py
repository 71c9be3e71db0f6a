"""Proves that what is stored is what the law makes of the events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from guiju.kernel.actions.models import EventRow
from guiju.kernel.duties import convert
from guiju.kernel.duties.models import ApprovalRow, DutyRow, PenaltyRow
from guiju.kernel.regulations.books import calendars_for, rulebook_for
from guiju.law.evaluate import evaluate_subject
from guiju.law.facts import Result

BATCH = 2_000
UNDECIDED = ("so_far", "proposed")


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the store and the law disagree."""

    company_id: int
    subject: str
    what: str
    field: str
    stored: str
    law: str


def verify(*, as_of: datetime, company_id: int | None = None) -> Iterator[Difference]:
    """Yield every difference between stored duties, penalties and approvals and a fresh evaluation.

    Args:
        as_of: the moment of the last sweep.
        company_id: one company, or all.
    """
    from guiju.kernel.authority.models import Company

    companies = [company_id] if company_id else list(Company.objects.order_by("id").values_list("id", flat=True))
    for one in companies:
        subjects = iter(_subjects(one))
        while part := list(islice(subjects, BATCH)):
            yield from _compare(one, part, as_of)


def _subjects(company_id: int) -> list[str]:
    named = EventRow.objects.filter(company_id=company_id).order_by().values_list("subject", flat=True).distinct()
    stored = DutyRow.objects.filter(company_id=company_id).order_by().values_list("subject", flat=True).distinct()
    concerned: set[str] = set()
    for concerns in (
        EventRow.objects.filter(company_id=company_id, concerns__len__gt=1)
        .values_list("concerns", flat=True)
        .iterator()
    ):
        concerned.update(concerns)
    return sorted({*named, *stored, *concerned})


def _compare(company_id: int, subjects: list[str], as_of: datetime) -> Iterator[Difference]:
    events: dict[str, list[EventRow]] = defaultdict(list)
    wanted = set(subjects)
    for row in EventRow.objects.filter(company_id=company_id, concerns__overlap=subjects).order_by("id").iterator():
        for subject in row.concerns:
            if subject in wanted:
                events[subject].append(row)
    rulebook, calendars = rulebook_for(company_id), calendars_for(company_id)
    law = Result()
    for subject in subjects:
        law.extend(evaluate_subject(subject, convert.law_events(events[subject]), rulebook, calendars, as_of))
    yield from _compare_duties(company_id, subjects, law)
    yield from _compare_penalties(company_id, subjects, law)
    yield from _compare_approvals(company_id, subjects, law)


def _compare_duties(company_id: int, subjects: list[str], law: Result) -> Iterator[Difference]:
    stored = {
        (r.key, r.subject, r.instance): r for r in DutyRow.objects.filter(company_id=company_id, subject__in=subjects)
    }
    for duty in law.duties:
        row = stored.pop(duty.identity, None)
        yield from _fields(company_id, duty.subject, f"duty {duty.key} {duty.instance}", row, convert.duty_values(duty))
    yield from (
        Difference(company_id, r.subject, f"duty {r.key} {r.instance}", "", "stored", "none") for r in stored.values()
    )


def _compare_penalties(company_id: int, subjects: list[str], law: Result) -> Iterator[Difference]:
    rows = PenaltyRow.objects.filter(company_id=company_id, subject__in=subjects)
    stored = {(r.key, r.subject, r.instance, r.line): r for r in rows}
    for penalty in law.penalties:
        row = stored.pop(penalty.identity, None)
        values = convert.penalty_values(penalty)
        values.pop("also")
        if row is None or row.state in UNDECIDED:
            yield from _fields(company_id, penalty.subject, f"penalty {penalty.key} line {penalty.line}", row, values)
    for row in stored.values():
        if row.state in UNDECIDED:
            yield Difference(company_id, row.subject, f"penalty {row.key} line {row.line}", "", "stored", "none")


def _compare_approvals(company_id: int, subjects: list[str], law: Result) -> Iterator[Difference]:
    rows = ApprovalRow.objects.filter(company_id=company_id, subject__in=subjects).prefetch_related("signatures")
    stored = {(r.route, r.subject, r.round): r for r in rows}
    for approval in law.approvals:
        row = stored.pop((approval.route, approval.subject, approval.round), None)
        what = f"approval {approval.route} round {approval.round}"
        yield from _fields(
            company_id, approval.subject, what, row, {"state": approval.state, "closed_at": approval.closed_at}
        )
        if row is not None:
            mine = [(s.role, s.decision, s.at) for s in approval.signatures]
            kept = [(s.role, s.decision, s.at) for s in row.signatures.all()]
            if mine != kept:
                yield Difference(company_id, approval.subject, what, "signatures", str(kept), str(mine))
    yield from (Difference(company_id, r.subject, f"approval {r.route}", "", "stored", "none") for r in stored.values())


def _fields(company_id: int, subject: str, what: str, row: Any, values: dict[str, Any]) -> Iterator[Difference]:
    if row is None:
        yield Difference(company_id, subject, what, "", "none", "due")
        return
    for name, value in values.items():
        kept = getattr(row, name)
        if kept != value:
            yield Difference(company_id, subject, what, name, str(kept), str(value))

"""What is read of duties, fines and approvals: desks, counts, and a subject's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from guiju.kernel.actions.models import EventRow
from guiju.kernel.authority.actor import Actor
from guiju.kernel.duties.models import OPEN, ApprovalRow, DutyRow, PenaltyRow, SignatureRow

TO_ASSESS = ("proposed", "so_far", "appealed")
NEXT_DAYS = timedelta(days=7)


def held_by(actor: Actor) -> Q:
    """Return the condition that a duty is for an actor: held in person or by delegation, or the unit's as a whole."""
    people = [actor.person_id, *actor.stands_in_for]
    units = [held.unit for held in actor.positions]
    companies = {held.company_id for held in actor.positions} | {actor.company_id}
    return Q(holder_id__in=people) | Q(company_id__in=companies, held_unit__in=units, role__in=[*units, *actor.titles])


def open_duties(actor: Actor) -> QuerySet[DutyRow]:
    """Return an actor's open duties and steps, the most urgent first."""
    return DutyRow.objects.filter(held_by(actor), state__in=OPEN).order_by("late_at", "id")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an actor's desk is cut: the moments between late, today and coming."""

    now: datetime
    midnight: datetime
    horizon: datetime

    @classmethod
    def at(cls, now: datetime) -> Desk:
        """Return the cuts as of a moment."""
        local = timezone.localtime(now)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return cls(now, midnight, midnight + NEXT_DAYS)

    @property
    def late(self) -> Q:
        """What is late."""
        return Q(late_at__lte=self.now)

    @property
    def today(self) -> Q:
        """What falls due by tonight's 24:00."""
        return Q(late_at__gt=self.now, due_at__lte=self.midnight)

    @property
    def coming(self) -> Q:
        """What falls due in the seven days after, or has no due time."""
        return Q(due_at__gt=self.midnight, due_at__lte=self.horizon) | Q(due_at__isnull=True)


def desk_counts(actor: Actor, now: datetime) -> dict[str, int]:
    """Return the desk's counts in one query for duties, and one each for approvals and fines."""
    desk = Desk.at(now)
    counts: dict[str, int] = (
        open_duties(actor)
        .order_by()
        .aggregate(
            late=Count("id", filter=desk.late),
            today=Count("id", filter=desk.today),
            coming=Count("id", filter=desk.coming),
        )
    )
    counts["approve"] = approvals_waiting(actor).count()
    counts["assess"] = penalties_to_assess(actor).count()
    counts["sent"] = sent_by(actor).count()
    return counts


def duties_of(company_id: int, subject: str) -> QuerySet[DutyRow]:
    """Return all duties and steps of a subject in the order of their due times."""
    return (
        DutyRow.objects.filter(company_id=company_id, subject=subject).select_related("holder").order_by("due_at", "id")
    )


def penalties_of(company_id: int, subject: str) -> QuerySet[PenaltyRow]:
    """Return all fines of a subject."""
    return (
        PenaltyRow.objects.filter(company_id=company_id, subject=subject)
        .select_related("fined")
        .order_by("arose_at", "id")
    )


def penalties_to_assess(actor: Actor) -> QuerySet[PenaltyRow]:
    """Return the fines an actor may assess: those of the departments worked in; nobody assesses himself."""
    companies = {held.company_id for held in actor.positions} | {actor.company_id}
    mine = Q(assessor__in=[*actor.unit_names, *actor.titles], company_id__in=companies)
    return (
        PenaltyRow.objects.filter(mine, state__in=TO_ASSESS)
        .exclude(fined_id=actor.person_id)
        .select_related("fined")
        .order_by("arose_at", "id")
    )


def my_penalties(actor: Actor) -> QuerySet[PenaltyRow]:
    """Return the fines proposed for an actor."""
    return PenaltyRow.objects.filter(fined_id=actor.person_id).order_by("-arose_at", "-id")


def signer(actor: Actor) -> Q:
    """Return the condition that a signature waits for an actor."""
    people = [actor.person_id, *actor.stands_in_for]
    return Q(holder_id__in=people) | Q(role__in=[*actor.titles, *actor.unit_names], unit__isnull=True)


def approvals_waiting(actor: Actor) -> QuerySet[ApprovalRow]:
    """Return the approval rounds in which it is an actor's turn, the oldest first."""
    from django.db.models import F

    turns = SignatureRow.objects.filter(
        signer(actor), decision__isnull=True, step=F("approval__current"), approval__state="pending"
    ).values("approval_id")
    companies = {held.company_id for held in actor.positions} | {actor.company_id}
    return ApprovalRow.objects.filter(pk__in=turns, company_id__in=companies).order_by("opened_at", "id")


def approvals_of(company_id: int, subject: str) -> QuerySet[ApprovalRow]:
    """Return all approval rounds of a subject with their signatures."""
    return (
        ApprovalRow.objects.filter(company_id=company_id, subject=subject)
        .prefetch_related("signatures__holder")
        .order_by("opened_at", "id")
    )


def approvals_visible_to(actor: Actor) -> QuerySet[ApprovalRow]:
    """Return the rounds in which an actor signs, signed or asked."""
    signed = SignatureRow.objects.filter(signer(actor) | Q(by=actor.code)).values("approval_id")
    asked = EventRow.objects.filter(company_id=actor.company_id, actor=actor.code).values("subject")
    return ApprovalRow.objects.filter(Q(pk__in=signed) | Q(company_id=actor.company_id, subject__in=asked))


def sent_by(actor: Actor) -> QuerySet[ApprovalRow]:
    """Return the pending rounds of what an actor asked for."""
    asked = EventRow.objects.filter(company_id=actor.company_id, actor=actor.code).values("subject")
    return ApprovalRow.objects.filter(state="pending", company_id=actor.company_id, subject__in=asked).order_by(
        "-opened_at"
    )


def events_of(company_id: int, subject: str) -> QuerySet[EventRow]:
    """Return what happened to a subject, the latest first."""
    return (
        EventRow.objects.filter(company_id=company_id, concerns__contains=[subject])
        .select_related("audit__person")
        .order_by("-occurred_at", "-id")
    )


def clause_figures(company_id: int, regulation: str, begin: datetime, end: datetime) -> dict[str, dict[str, int]]:
    """Return for each clause of a regulation what it did in a period: duties opened, on time, late, open, and fines."""
    rows = (
        DutyRow.objects.filter(
            company_id=company_id, clause__startswith=regulation, opened_at__gte=begin, opened_at__lt=end, nature="duty"
        )
        .values("clause")
        .annotate(
            opened=Count("id"),
            on_time=Count("id", filter=Q(state="done")),
            late=Count("id", filter=Q(state__in=["done_late", "overdue"])),
            open=Count("id", filter=Q(state__in=["open", "paused"])),
        )
        .order_by()
    )
    figures = {row["clause"]: {k: row[k] for k in ("opened", "on_time", "late", "open")} | {"fined": 0} for row in rows}
    fined = (
        PenaltyRow.objects.filter(
            company_id=company_id, clause__startswith=regulation, arose_at__gte=begin, arose_at__lt=end
        )
        .values("clause")
        .annotate(n=Count("id"))
        .order_by()
    )
    for row in fined:
        figures.setdefault(row["clause"], {"opened": 0, "on_time": 0, "late": 0, "open": 0})["fined"] = row["n"]
    return figures

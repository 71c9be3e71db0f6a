"""Figures over complaints: a period's totals, and the month's statistics."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, Func, Q, QuerySet, Sum
from django.utils import timezone

from guiju.complaints.choices import CLOSED
from guiju.complaints.models import Complaint
from guiju.kernel.duties.models import DutyRow

CLOSING = "R05-C027"


def period(begin: date, end: date) -> tuple[datetime, datetime]:
    """Return the instants between which the days of a period lie, both days included."""
    zone = timezone.get_default_timezone()
    return datetime.combine(begin, time(), zone), datetime.combine(end + timedelta(days=1), time(), zone)


def totals(*, begin: date, end: date, company_id: int | None = None) -> dict[str, int]:
    """Return how many complaints were received in a period, and what became of them.

    Args:
        begin, end: first and last day of receipt.
        company_id: one company, or all.

    Returns:
        ``received``, ``closed_on_time``, ``closed_late``, ``open``; on time is what the law says of the seven days (R05-C027).
    """
    first, after = period(begin, end)
    cases = Complaint.objects.filter(received_at__gte=first, received_at__lt=after)
    if company_id:
        cases = cases.filter(company_id=company_id)
    numbers = cases.annotate(subject_name=_subject()).values("subject_name")
    duties = DutyRow.objects.filter(clause=CLOSING, subject__in=numbers).aggregate(
        on_time=Count("id", filter=Q(state="done")), late=Count("id", filter=Q(state="done_late"))
    )
    counted = cases.aggregate(received=Count("id"), open=Count("id", filter=~Q(state__in=CLOSED)))
    return {
        "received": counted["received"],
        "closed_on_time": duties["on_time"],
        "closed_late": duties["late"],
        "open": counted["open"],
    }


def _subject() -> Any:
    from django.db.models import Value
    from django.db.models.functions import Concat

    return Concat(Value("complaint:"), F("number"))


def month_figures(company_id: int, month: str) -> dict[str, Any]:
    """Return the statistics of a month of receipt: totals, rates, and the splits of R05-C028.

    Args:
        company_id: whose.
        month: ``2026-02``.
    """
    begin = date.fromisoformat(f"{month}-01")
    end = (begin + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    first, after = period(begin, end)
    cases = Complaint.objects.filter(company_id=company_id, received_at__gte=first, received_at__lt=after)
    figures: dict[str, Any] = dict(totals(begin=begin, end=end, company_id=company_id))
    figures["accepted"] = cases.filter(accepted_at__isnull=False).count()
    figures["customer_cause"] = cases.filter(state__in=("customer_cause", "closed_customer_cause")).count()
    paid = cases.filter(state="closed").aggregate(
        total=Sum("compensation"), courtesy=Avg("courtesy"), promptness=Avg("promptness")
    )
    figures["compensation"] = str(paid["total"] or Decimal(0))
    figures["rated"] = cases.filter(courtesy__isnull=False).count()
    figures["courtesy"] = _rounded(paid["courtesy"])
    figures["promptness"] = _rounded(paid["promptness"])
    figures["by_customer_type"] = _split(cases, "customer_type")
    figures["by_department"] = _split(cases.exclude(department=""), "department")
    figures["by_matter"] = _split_array(cases, "matters")
    figures["by_demand"] = _split_array(cases, "demands")
    return figures


def _rounded(value: float | None) -> str | None:
    return None if value is None else str(Decimal(str(value)).quantize(Decimal("0.1")))


def _split(cases: QuerySet[Complaint], field: str) -> list[list[Any]]:
    return [[row[field], row["n"]] for row in cases.values(field).annotate(n=Count("id")).order_by("-n", field)]


def _split_array(cases: QuerySet[Complaint], field: str) -> list[list[Any]]:
    each = Func(F(field), function="unnest")
    return [
        [row["one"], row["n"]]
        for row in cases.annotate(one=each).values("one").annotate(n=Count("id")).order_by("-n", "one")
    ]

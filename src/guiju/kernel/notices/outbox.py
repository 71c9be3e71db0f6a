"""Writes notices; a repetition is left out by the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from guiju.kernel.authority.roles import Directory
from guiju.kernel.notices.models import Notice
from guiju.law.facts import Result
from guiju.law.text import T


@dataclass(frozen=True, slots=True)
class Told:
    """One thing to tell one person."""

    person_id: int
    key: str
    kind: str
    text: T
    at: datetime
    subject: str = ""
    clause: str = ""


def queue(company_id: int, told: Iterable[Told]) -> None:
    """Write notices, leaving out what a person was told before under the same key."""
    Notice.objects.bulk_create(
        (
            Notice(
                company_id=company_id,
                person_id=one.person_id,
                key=one.key[:300],
                kind=one.kind,
                clause=one.clause,
                subject=one.subject,
                text_zh=one.text.zh[:500],
                text_en=one.text.en[:500],
                at=one.at,
            )
            for one in told
        ),
        ignore_conflicts=True,
    )


def queue_law_notices(company_id: int, results: Mapping[str, Result], directory: Directory, at: datetime) -> None:
    """Tell the people whom the clauses want informed."""
    told = []
    for result in results.values():
        for notice in result.notices:
            found = directory.resolve(notice.role, notice.unit)
            if found.person_id:
                key = f"law:{notice.clause}:{notice.subject}:{notice.event}:{notice.role}:{notice.at.isoformat()}"
                told.append(Told(found.person_id, key, "clause", notice.text, at, notice.subject, notice.clause))
    if told:
        queue(company_id, told)

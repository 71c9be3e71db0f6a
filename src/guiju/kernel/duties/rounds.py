"""Stores approval rounds as the law computes them."""

from __future__ import annotations

from collections.abc import Mapping

from guiju.kernel.authority.roles import Directory
from guiju.kernel.duties.models import ApprovalRow, SignatureRow
from guiju.law.facts import Approval, Result


def store(company_id: int, results: Mapping[str, Result], directory: Directory) -> None:
    """Store every round of the evaluated subjects; a round that is gone from the law goes here too."""
    rounds = [approval for result in results.values() for approval in result.approvals]
    stored = {
        (row.route, row.subject, row.round): row
        for row in ApprovalRow.objects.filter(company_id=company_id, subject__in=list(results)).prefetch_related(
            "signatures"
        )
    }
    for approval in rounds:
        row = stored.pop((approval.route, approval.subject, approval.round), None)
        if row is None:
            _create(company_id, approval, directory)
        else:
            _update(row, approval)
    if stored:
        ApprovalRow.objects.filter(pk__in=[row.pk for row in stored.values()]).delete()


def _create(company_id: int, approval: Approval, directory: Directory) -> None:
    row = ApprovalRow.objects.create(
        company_id=company_id,
        clause=approval.clause,
        route=approval.route,
        subject=approval.subject,
        round=approval.round,
        title_zh=approval.title.zh,
        title_en=approval.title.en,
        opened_at=approval.opened_at,
        closed_at=approval.closed_at,
        state=approval.state,
        current=approval.current,
        modes=list(approval.modes),
    )
    signatures = []
    for place, signature in enumerate(approval.signatures):
        named = directory.person(signature.person) if signature.person else None
        found = directory.resolve(signature.role, signature.unit)
        signatures.append(
            SignatureRow(
                approval=row,
                place=place,
                step=signature.step,
                role=signature.role,
                unit=signature.unit,
                person=signature.person,
                holder_id=named.pk if named else found.person_id,
                held_unit=found.unit,
                decision=signature.decision,
                at=signature.at,
                by=signature.by,
                comment=signature.comment,
            )
        )
    SignatureRow.objects.bulk_create(signatures)


def _update(row: ApprovalRow, approval: Approval) -> None:
    if (row.state, row.current, row.closed_at) != (approval.state, approval.current, approval.closed_at):
        row.state, row.current, row.closed_at = approval.state, approval.current, approval.closed_at
        row.save(update_fields=["state", "current", "closed_at"])
    for kept, signature in zip(row.signatures.all(), approval.signatures, strict=True):
        if (kept.decision, kept.at) != (signature.decision, signature.at):
            kept.decision, kept.at = signature.decision, signature.at
            kept.by, kept.comment = signature.by, signature.comment
            kept.save(update_fields=["decision", "at", "by", "comment"])

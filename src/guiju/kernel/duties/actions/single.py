"""Decisions about one duty: waive, extend, urge."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from guiju.kernel.actions.base import Action, ActionInput, Context
from guiju.kernel.actions.errors import Conflict, Invalid, NotFound, Refused
from guiju.kernel.actions.registry import register
from guiju.kernel.duties.models import OPEN, DutyRow
from guiju.kernel.notices.outbox import Told, queue
from guiju.kernel.records import kinds
from guiju.kernel.regulations.books import rulebook_for
from guiju.law.text import T


class DutyInput(ActionInput):
    """Which duty, and why."""

    duty: int = Field(title="事项", json_schema_extra={"en": "Duty", "widget": "hidden"})
    reason: str = Field(
        min_length=2, max_length=500, title="理由", json_schema_extra={"en": "Reason", "widget": "textarea"}
    )


class ExtendInput(DutyInput):
    """The new due time."""

    until: datetime = Field(title="延至", json_schema_extra={"en": "Until"})


class UrgeInput(ActionInput):
    """Which duty, and a word to its holder."""

    duty: int = Field(title="事项", json_schema_extra={"en": "Duty", "widget": "hidden"})
    word: str = Field("", max_length=200, title="留言", json_schema_extra={"en": "Message"})


class OnDuty(Action[Any]):
    """What acts on one duty share."""

    def find(self, ctx: Context[Any], duty: int) -> DutyRow:
        """Return an open duty that the actor may see.

        Raises:
            NotFound: hidden or missing. Conflict: it has ended.
        """
        row = DutyRow.objects.filter(pk=duty).first()
        if row is None or not may_see_duty(row, ctx):
            raise NotFound
        if row.state not in OPEN:
            raise Conflict(T("事项已经结束", "The duty has ended"), clause=row.clause)
        return row

    def owner_only(self, ctx: Context[Any], row: DutyRow) -> None:
        """Let only the head of the regulation's owner department decide, and never about his own duty.

        Raises:
            Refused: somebody else.
        """
        owner = rulebook_for(row.company_id).regulations[row.clause[:3]].owner
        if not ctx.actor.heads(owner) or row.company_id not in {held.company_id for held in ctx.actor.positions}:
            raise Refused(T(f"仅{owner}负责人可以决定", f"Only the head of {owner} decides this"), clause=row.clause)
        if row.holder_id == ctx.actor.person_id:
            raise Refused(T("不能为自己的事项做决定", "Nobody decides about his own duty"), clause=row.clause)


def may_see_duty(row: DutyRow, ctx: Context[Any]) -> bool:
    """Return whether the actor holds the duty or may see the record behind it."""
    from guiju.kernel.duties.selectors import held_by

    if DutyRow.objects.filter(held_by(ctx.actor), pk=row.pk).exists():
        return True
    name = row.subject.partition(":")[0]
    if kinds.kind_named(name) is None:
        return row.company_id in {held.company_id for held in ctx.actor.positions}
    return kinds.find(row.subject, ctx.actor) is not None


@register
class WaiveDuty(OnDuty):
    """The duty need not be done."""

    name = "duty.waive"
    title = T("免办", "Waive duty")
    Input = DutyInput

    def check(self, ctx: Context[Any], data: DutyInput) -> None:
        """Only the regulation's owner."""
        self.owner_only(ctx, self.find(ctx, data.duty))

    def execute(self, ctx: Context[Any], data: DutyInput) -> None:
        """Waive."""
        row = DutyRow.objects.get(pk=data.duty)
        facts = {"duty": row.key, "instance": row.instance, "reason": data.reason}
        ctx.emit("duty.waived", subject=row.subject, data=facts, company_id=row.company_id)


@register
class ExtendDuty(OnDuty):
    """More time, by decision."""

    name = "duty.extend"
    title = T("延期", "Extend duty")
    Input = ExtendInput

    def check(self, ctx: Context[Any], data: ExtendInput) -> None:
        """Only the regulation's owner, only later than now and than the present due time."""
        row = self.find(ctx, data.duty)
        self.owner_only(ctx, row)
        if data.until.tzinfo is None:
            raise Invalid(T("请写明时区", "Give the time with its zone"), field="until")
        if data.until <= ctx.at or (row.due_at and data.until <= row.due_at):
            raise Invalid(T("要晚于现在的时限", "Must be later than the present due time"), field="until")

    def execute(self, ctx: Context[Any], data: ExtendInput) -> None:
        """Extend."""
        row = DutyRow.objects.get(pk=data.duty)
        facts = {"duty": row.key, "instance": row.instance, "until": data.until.isoformat(), "reason": data.reason}
        ctx.emit("duty.extended", subject=row.subject, data=facts, company_id=row.company_id)


@register
class UrgeDuty(OnDuty):
    """A reminder from a person to the holder; it stays in the history."""

    name = "duty.urge"
    title = T("催办", "Urge")
    Input = UrgeInput

    def check(self, ctx: Context[Any], data: UrgeInput) -> None:
        """Somebody must hold it."""
        row = self.find(ctx, data.duty)
        if row.holder_id is None:
            raise Conflict(T("这件事还没有责任人", "Nobody holds this yet"))

    def execute(self, ctx: Context[Any], data: UrgeInput) -> None:
        """Tell the holder."""
        row = DutyRow.objects.get(pk=data.duty)
        assert row.holder_id is not None
        ctx.emit(
            "duty.urged",
            subject=row.subject,
            data={"duty": row.key, "instance": row.instance, "word": data.word},
            company_id=row.company_id,
        )
        text = T(
            f"{ctx.actor.name}催办：{row.title_zh}。{data.word}", f"{ctx.actor.name} urges: {row.title_en}. {data.word}"
        )
        queue(
            row.company_id,
            [Told(row.holder_id, f"urge:{row.pk}:{ctx.at.isoformat()}", "urge", text, ctx.at, row.subject, row.clause)],
        )

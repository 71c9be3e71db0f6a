"""Assessing fines: confirm, reduce, waive; appeal and its decision."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import Field
from pydantic.config import JsonDict

from guiju.kernel.actions.base import Action, ActionInput, Context
from guiju.kernel.actions.errors import Conflict, Invalid, NotFound, Refused
from guiju.kernel.actions.registry import register
from guiju.kernel.duties import selectors
from guiju.kernel.duties.models import PenaltyRow
from guiju.law.text import T

REASON: JsonDict = {"en": "Reason", "widget": "textarea"}
State = PenaltyRow.Assessment


class PenaltyInput(ActionInput):
    """Which fine, and why."""

    penalty: int = Field(title="扣罚", json_schema_extra={"en": "Penalty", "widget": "hidden"})
    reason: str = Field("", title="说明", max_length=500, json_schema_extra=REASON)


class ChoiceInput(PenaltyInput):
    """The amount, where the clause leaves it to the assessor."""

    amount: Decimal | None = Field(
        None, ge=0, max_digits=14, decimal_places=2, title="金额", json_schema_extra={"en": "Amount"}
    )


class ReasonedInput(PenaltyInput):
    """Which fine, and a reason that cannot be left out."""

    reason: str = Field(min_length=2, max_length=500, title="理由", json_schema_extra=REASON)


class ReduceInput(ReasonedInput):
    """The lower amount."""

    amount: Decimal = Field(ge=0, max_digits=14, decimal_places=2, title="减为", json_schema_extra={"en": "Reduced to"})


class Assess(Action[Any]):
    """What all decisions of the assessing department share: its own people, never about themselves."""

    def find(self, ctx: Context[Any], penalty: int) -> PenaltyRow:
        """Return the fine under lock if the actor may assess it.

        Raises:
            NotFound: not this actor's to see. Refused: one's own fine. Conflict: decided already or still growing.
        """
        row = PenaltyRow.objects.select_for_update(of=("self",)).filter(pk=penalty).first()
        if row is None:
            raise NotFound
        if row.fined_id == ctx.actor.person_id:
            raise Refused(T("不能考核自己的扣罚", "Nobody assesses his own fine"), clause=row.clause)
        if not selectors.penalties_to_assess(ctx.actor).filter(pk=penalty).exists():
            raise NotFound
        if row.state == State.SO_FAR:
            raise Conflict(
                T("扣罚还在累计，办结或月末后再考核", "Still growing; assess it when done or at the end of the month")
            )
        return row

    def check(self, ctx: Context[Any], data: Any) -> None:
        """Only the assessing department."""
        self.find(ctx, data.penalty)

    def decide(self, ctx: Context[Any], penalty: int, **values: Any) -> None:
        """Store a decision."""
        row = PenaltyRow.objects.get(pk=penalty)
        ctx.save(row, decided_at=ctx.at, decided_by_id=ctx.actor.person_id, **values)


@register
class Confirm(Assess):
    """The fine stands; where the clause leaves a range, the assessor chooses."""

    name = "penalty.confirm"
    title = T("确认扣罚", "Confirm")
    Input = ChoiceInput

    def check(self, ctx: Context[Any], data: Any) -> None:
        """A choice must lie in the clause's range and needs a reason."""
        row = self.find(ctx, data.penalty)
        if row.choice:
            low, high = (Decimal(edge) for edge in row.choice)
            if data.amount is None or not low <= data.amount <= high:
                raise Invalid(
                    T(f"请在 {low} 到 {high} 之间选择", f"Choose between {low} and {high}"),
                    field="amount",
                    clause=row.clause,
                )
            if not data.reason:
                raise Invalid(T("请写明理由", "A reason is required"), field="reason", clause=row.clause)

    def execute(self, ctx: Context[Any], data: ChoiceInput) -> None:
        """Confirm."""
        row = PenaltyRow.objects.get(pk=data.penalty)
        amount = data.amount if row.choice else row.amount
        self.decide(ctx, data.penalty, state=State.CONFIRMED, decided_amount=amount, reason=data.reason)


@register
class Reduce(Assess):
    """The fine stands at a lower amount."""

    name = "penalty.reduce"
    title = T("减少扣罚", "Reduce")
    Input = ReduceInput

    def check(self, ctx: Context[Any], data: Any) -> None:
        """Only downwards."""
        row = self.find(ctx, data.penalty)
        if row.amount is None or data.amount >= row.amount:
            raise Invalid(T("只能减少", "Only a lower amount"), field="amount")

    def execute(self, ctx: Context[Any], data: ReduceInput) -> None:
        """Reduce."""
        self.decide(ctx, data.penalty, state=State.REDUCED, decided_amount=data.amount, reason=data.reason)


@register
class Waive(Assess):
    """The fine falls."""

    name = "penalty.waive"
    title = T("免除扣罚", "Waive")
    Input = ReasonedInput

    def execute(self, ctx: Context[Any], data: ReasonedInput) -> None:
        """Waive."""
        self.decide(ctx, data.penalty, state=State.WAIVED, decided_amount=Decimal(0), reason=data.reason)


@register
class Appeal(Action[Any]):
    """The person fined objects; the assessing department looks at it again."""

    name = "penalty.appeal"
    title = T("提出异议", "Appeal")
    Input = ReasonedInput

    def check(self, ctx: Context[Any], data: ReasonedInput) -> None:
        """Only the person fined, only while it is proposed or just decided."""
        row = (
            PenaltyRow.objects.select_for_update(of=("self",))
            .filter(pk=data.penalty, fined_id=ctx.actor.person_id)
            .first()
        )
        if row is None:
            raise NotFound
        if row.state not in (State.SO_FAR, State.PROPOSED, State.CONFIRMED, State.REDUCED):
            raise Conflict(T("现在不能提出异议", "It cannot be appealed now"))

    def execute(self, ctx: Context[Any], data: ReasonedInput) -> None:
        """Appeal."""
        ctx.save(PenaltyRow.objects.get(pk=data.penalty), state=State.APPEALED, appeal=data.reason)

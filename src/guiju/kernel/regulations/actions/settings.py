"""Values, first days and notes: only the department that owns the regulation, each dated and signed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from pydantic import Field
from pydantic.config import JsonDict

from guiju.kernel.actions.base import Action, ActionInput, Context
from guiju.kernel.actions.errors import Invalid, NotFound, Refused
from guiju.kernel.actions.registry import register
from guiju.kernel.authority.models import Company
from guiju.kernel.regulations.books import rulebook_for
from guiju.kernel.regulations.models import EffectiveDate, Interpretation, ParameterValue
from guiju.law.text import T

REGULATION = Field(pattern=r"^R\d\d$", title="制度", json_schema_extra={"en": "Regulation", "widget": "hidden"})
REASON: JsonDict = {"en": "Reason", "widget": "textarea"}


class ParameterInput(ActionInput):
    """A parameter's new value and the day from which it holds."""

    regulation: str = REGULATION
    name: str = Field(max_length=80, title="参数", json_schema_extra={"en": "Parameter", "widget": "hidden"})
    value: str = Field(min_length=1, max_length=200, title="新值", json_schema_extra={"en": "New value"})
    effective_from: date = Field(title="施行日", json_schema_extra={"en": "In force from"})
    reason: str = Field(min_length=2, max_length=300, title="理由", json_schema_extra=REASON)


class EffectiveInput(ActionInput):
    """The first day of a regulation."""

    regulation: str = REGULATION
    effective_from: date = Field(title="施行日", json_schema_extra={"en": "In force from"})


class NoteInput(ActionInput):
    """A note on a clause, or the confirmation of a default that fills a missing article."""

    clause: str = Field(
        pattern=r"^R\d\d-(C\d{3}|第.{1,6}条)$", title="条款", json_schema_extra={"en": "Clause", "widget": "hidden"}
    )
    text: str = Field(
        min_length=2, max_length=2000, title="解释", json_schema_extra={"en": "Note", "widget": "textarea"}
    )


class OwnerAct(Action[Any]):
    """What the owner department alone may do."""

    clauses: ClassVar[tuple[str, ...]] = ("R05-C031",)

    def owner_only(self, ctx: Context[Any], regulation: str) -> None:
        """Let only the people of the department that owns the regulation pass.

        Raises:
            NotFound: no such regulation. Refused: another department.
        """
        book = rulebook_for(ctx.company_id)
        if regulation not in book.regulations:
            raise NotFound
        owner = book.regulations[regulation].owner
        if not ctx.actor.in_unit(owner) and not ctx.actor.is_system:
            last = book.regulations[regulation].clauses[-1].id
            raise Refused(T(f"仅{owner}可解释本办法", f"Only {owner} interprets this regulation"), clause=last)


@register
class SetParameter(OwnerAct):
    """A number of the company's own from a day on; running cases keep theirs."""

    name = "regulation.set_parameter"
    title = T("修改参数", "Change parameter")
    Input = ParameterInput

    def check(self, ctx: Context[Any], data: ParameterInput) -> None:
        """Only the owner; only a known parameter; a value of the same kind; not for the past."""
        self.owner_only(ctx, data.regulation)
        parameters = rulebook_for(ctx.company_id).regulations[data.regulation].parameters
        if data.name not in parameters:
            raise NotFound
        typed_value(data.value, next(iter(parameters[data.name].values.values())))
        if data.effective_from < ctx.at.date():
            raise Invalid(T("施行日不能早于今天", "Not before today"), field="effective_from")

    def execute(self, ctx: Context[Any], data: ParameterInput) -> None:
        """Keep the value."""
        parameters = rulebook_for(ctx.company_id).regulations[data.regulation].parameters
        before = parameters[data.name].value_at(data.effective_from)
        value = typed_value(data.value, before)
        ctx.create(
            ParameterValue(
                company_id=ctx.company_id,
                regulation=data.regulation,
                name=data.name,
                value=value,
                effective_from=data.effective_from,
                reason=data.reason,
                by_id=ctx.actor.person_id,
                at=ctx.at,
            )
        )
        ctx.changes[f"{data.regulation}.{data.name}"] = {"value": [str(before), str(value)]}


@register
class SetEffectiveDate(OwnerAct):
    """The day from which a regulation rules cases."""

    name = "regulation.set_effective_date"
    title = T("设定施行日", "Set first day")
    clauses = ("R05-C030",)
    Input = EffectiveInput

    def check(self, ctx: Context[Any], data: EffectiveInput) -> None:
        """Only the owner."""
        self.owner_only(ctx, data.regulation)

    def execute(self, ctx: Context[Any], data: EffectiveInput) -> None:
        """Keep the day."""
        before = rulebook_for(ctx.company_id).effective_from(data.regulation)
        ctx.create(
            EffectiveDate(
                company_id=ctx.company_id,
                regulation=data.regulation,
                effective_from=data.effective_from,
                by_id=ctx.actor.person_id,
                at=ctx.at,
            )
        )
        ctx.changes[data.regulation] = {"effective_from": [str(before), str(data.effective_from)]}


class AdoptInput(ActionInput):
    """Which regulation."""

    regulation: str = REGULATION


@register
class Adopt(OwnerAct):
    """The company puts a regulation to work: its periodic duties begin."""

    name = "regulation.adopt"
    title = T("启用制度", "Adopt regulation")
    clauses = ("R05-C028",)
    Input = AdoptInput

    def check(self, ctx: Context[Any], data: AdoptInput) -> None:
        """Only the owner."""
        self.owner_only(ctx, data.regulation)

    def execute(self, ctx: Context[Any], data: AdoptInput) -> None:
        """Say so on the company."""
        company = Company.objects.get(pk=ctx.company_id)
        ctx.emit("regulation.adopted", subject=company.subject, data={"regulation": data.regulation})


@register
class Annotate(OwnerAct):
    """A note that everybody sees beside the clause."""

    name = "regulation.annotate"
    title = T("添加解释", "Add note")
    Input = NoteInput

    def check(self, ctx: Context[Any], data: NoteInput) -> None:
        """Only the owner, only a known clause or a missing article."""
        self.owner_only(ctx, data.clause[:3])
        book = rulebook_for(ctx.company_id)
        gaps = {f"{data.clause[:3]}-{gap.article}" for gap in book.regulations[data.clause[:3]].gaps}
        if data.clause not in book.clauses and data.clause not in gaps:
            raise NotFound

    def execute(self, ctx: Context[Any], data: NoteInput) -> None:
        """Keep the note."""
        ctx.create(
            Interpretation(
                company_id=ctx.company_id,
                clause=data.clause,
                text=data.text,
                confirms_default="第" in data.clause,
                by_id=ctx.actor.person_id,
                at=ctx.at,
            )
        )


def typed_value(text: str, like: Any) -> Any:
    """Return a typed value of the same kind as another, fit for JSON.

    Raises:
        Invalid: it cannot be read as that kind.
    """
    try:
        if isinstance(like, bool):
            return {"true": True, "是": True, "false": False, "否": False}[text.lower()]
        if isinstance(like, int):
            return int(text)
        if isinstance(like, float | Decimal):
            return float(Decimal(text))
        if isinstance(like, list):
            return [part.strip() for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()]
    except (ValueError, ArithmeticError, KeyError) as error:
        raise Invalid(T("与原来的值不是同一种", "Not a value of the same kind"), field="value") from error
    return text

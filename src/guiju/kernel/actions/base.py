"""What an action is, and what it has in hand while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django.db import models
from pydantic import BaseModel, ConfigDict

from guiju.kernel.actions import numbers
from guiju.kernel.actions.errors import Invalid
from guiju.kernel.authority.actor import Actor
from guiju.kernel.authority.policies import ALLOWED, Decision
from guiju.kernel.records.models import Record
from guiju.law.facts import Precision, concerned
from guiju.law.text import T

if TYPE_CHECKING:
    from guiju.kernel.actions.batches import Batch

R = TypeVar("R", bound=Record)
FUTURE = T("不能晚于现在", "Not later than now")


class ActionInput(BaseModel):
    """Base of all inputs: strangers are refused, white space at the ends does not count."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, str_max_length=20_000)


class NoInput(ActionInput):
    """The input of an act that needs none."""


@dataclass(slots=True)
class Emitted:
    """An event on its way into the store."""

    name: str
    subject: str
    occurred_at: datetime
    data: dict[str, Any]
    precision: Precision
    company_id: int

    @property
    def concerns(self) -> tuple[str, ...]:
        """The subjects it concerns."""
        return concerned(self.subject, self.data)


@dataclass(slots=True)
class Context(Generic[R]):
    """What an action has in hand: who, when, on what; and the only ways to write."""

    actor: Actor
    at: datetime
    record: R | None = None
    source: str = "page"
    events: list[Emitted] = field(default_factory=list)
    changes: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    touched: list[Record] = field(default_factory=list)
    batch: Batch | None = None

    @property
    def company_id(self) -> int:
        """The company in which the act happens."""
        return self.record.company_id if self.record is not None else self.actor.company_id

    @property
    def subject_record(self) -> R:
        """The record acted on; an action with states always has one."""
        assert self.record is not None
        return self.record

    def number(self, prefix: str, *, at: datetime | None = None) -> str:
        """Take the next number of a series."""
        if self.batch is not None:
            return self.batch.number(prefix, company_id=self.company_id, at=at or self.at)
        return numbers.take_numbers(company_id=self.company_id, prefix=prefix, at=at or self.at)[0]

    def new(self, model: type[R], **fields: Any) -> R:
        """Make a record of the act's company, moment and person; ``create`` stores it."""
        return model(
            company_id=self.company_id,
            created_at=self.at,
            created_by_id=self.actor.person_id,
            updated_at=self.at,
            **fields,
        )

    def create(self, instance: models.Model) -> None:
        """Store a new row."""
        if self.batch is not None:
            self.batch.create(instance)
        else:
            instance.save(force_insert=True)
        if isinstance(instance, Record):
            self.touched.append(instance)

    def save(self, instance: models.Model, **values: Any) -> None:
        """Change fields of a row, keeping before and after for the audit."""
        changed: dict[str, list[Any]] = {}
        for name, value in values.items():
            before = getattr(instance, name)
            if before != value:
                changed[name] = [_plain(before), _plain(value)]
                setattr(instance, name, value)
        names = list(values)
        if isinstance(instance, Record):
            instance.version += 1
            instance.updated_at = self.at
            names += ["version", "updated_at"]
            self.touched.append(instance)
        if changed:
            key = instance.subject if isinstance(instance, Record) else f"{instance._meta.model_name}:{instance.pk}"
            self.changes.setdefault(key, {}).update(changed)
        if self.batch is None:
            instance.save(update_fields=names)

    def emit(
        self,
        name: str,
        *,
        subject: str | None = None,
        occurred_at: datetime | None = None,
        data: Mapping[str, Any] | None = None,
        precision: Precision = "instant",
        company_id: int | None = None,
    ) -> None:
        """Say that something happened.

        Args:
            name: dotted event name.
            subject: by default the record acted on or created.
            occurred_at: when it was true; earlier than now when it is recorded late.
            data: plain values; ``kind:name`` makes the event concern that subject too.
            precision: ``day`` when only the date is known.

        Raises:
            Invalid: it would lie in the future.
        """
        at = occurred_at or self.at
        if at > self.at:
            raise Invalid(FUTURE, field="occurred_at")
        if subject is None:
            subject = (self.record or self.touched[-1]).subject
        plain = {key: _plain(value) for key, value in (data or {}).items()}
        self.events.append(Emitted(name, subject, at, plain, precision, company_id or self.company_id))


class Action(Generic[R]):
    """Base of all actions: one class from which form, endpoint, import row, scenario step and audit derive.

    ``states``: those it may act in; ``None`` creates, or needs no record. ``leads_to``: those it may lead to.
    ``weight`` orders the offers on a record's page, the lowest first; ``primary`` may be the filled button.
    """

    name: ClassVar[str]
    title: ClassVar[T]
    clauses: ClassVar[tuple[str, ...]] = ()
    kind: ClassVar[str | None] = None
    states: ClassVar[tuple[str, ...] | None] = None
    leads_to: ClassVar[tuple[str, ...]] = ()
    danger: ClassVar[bool] = False
    weight: ClassVar[int] = 50
    hint: ClassVar[T | None] = None
    Input: ClassVar[type[ActionInput]] = NoInput

    def permitted(self, ctx: Context[R]) -> Decision:
        """Return whether the actor may do this on the record; asked before the click and again at the act."""
        return ALLOWED

    def check(self, ctx: Context[R], data: Any) -> None:
        """Raise ``Invalid`` or ``Refused`` where the room's rules stand against it."""

    def execute(self, ctx: Context[R], data: Any) -> R | None:
        """Do it. The only place that writes."""
        raise NotImplementedError

    def initial(self, ctx: Context[R]) -> dict[str, Any]:
        """Return what the form shows filled in."""
        return {}

    def choices(self, ctx: Context[R]) -> dict[str, list[tuple[str, T]]]:
        """Return what a field offers, where that depends on the record or the organisation."""
        return {}

    def consequences(self, ctx: Context[R]) -> list[T]:
        """Return what the act will cause, in words, for the foot of its form."""
        return []


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(v) for v in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)

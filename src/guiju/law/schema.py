"""The shape of a rulebook: what a clause can say, as strict types. ``loader`` reads it from YAML, ``compile`` makes it run."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from guiju.law.calendar import Convention
from guiju.law.text import T


def _text(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"zh", "en"} and all(str(v).strip() for v in value.values()):
        return T(str(value["zh"]).strip(), str(value["en"]).strip())
    if isinstance(value, T):
        return value
    raise ValueError("a text needs zh and en, neither empty")


def _many(value: Any) -> Any:
    return value if isinstance(value, list | tuple) or value is None else (value,)


def _expression(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


Text = Annotated[T, BeforeValidator(_text)]
Expr = Annotated[str, BeforeValidator(_expression)]
Names = Annotated[tuple[str, ...], BeforeValidator(_many)]
PenaltyUnit = Literal[
    "once", "per_24h", "per_day", "per_hour", "per_item", "per_sheet", "per_time", "per_month", "salary_grade", "share"
]
GROWING: frozenset[str] = frozenset({"per_24h", "per_day", "per_hour"})
LimitUnit = Literal["minutes", "hours", "days", "months", "working_minutes", "working_hours", "working_days"]


class Shape(BaseModel):
    """Base of all rulebook types: frozen, and strangers are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Parameter(Shape):
    """A number, list or clock time of the regulation, with the dates from which its values hold."""

    label: Text
    unit: str
    clause: str
    values: dict[date, Any] = Field(min_length=1)
    origin: Literal["source", "company"] = "source"
    note: Text | None = None

    def value_at(self, day: date) -> Any:
        """Return the value in force on ``day``; before the first date, the first value."""
        past = [d for d in self.values if d <= day]
        return self.values[max(past) if past else min(self.values)]


class TableRow(Shape):
    """One row of a decision table: the first row whose condition holds gives the value."""

    when: Expr = "true"
    value: Expr


class Table(Shape):
    """A decision table, such as amount bands."""

    label: Text
    clause: str
    rows: tuple[TableRow, ...] = Field(min_length=1)


class Due(Shape):
    """When something is due: a limit counted from an anchor, or an instant that the event carries."""

    limit: dict[LimitUnit, Expr] = Field(default_factory=dict)
    anchor: Expr | None = None
    at: Expr | None = None
    calendar: str = "company"
    convention: Convention = Convention()

    @model_validator(mode="after")
    def _one_way(self) -> Due:
        if bool(self.limit) == bool(self.at):
            raise ValueError("a due time has either a limit or an instant (at)")
        return self


class Trigger(Shape):
    """An event, or any of several, under a condition; ``related`` lets an event of another subject that names this one open."""

    on: Names
    when: Expr | None = None
    related: bool = False
    due: Due | None = None
    item: Expr | None = None
    period: Expr | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"on": value} if isinstance(value, str) else value


def _triggers(value: Any) -> Any:
    return _many(value)


Triggers = Annotated[tuple[Trigger, ...], BeforeValidator(_triggers)]


class Owner(Shape):
    """Who: a title, or ``=expression`` giving one; ``unit`` and ``person`` narrow it (expressions)."""

    role: str
    unit: Expr | None = None
    person: Expr | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"role": value} if isinstance(value, str) else value


class PenaltyLine(Shape):
    """A fine, or a cut of salary grades, for one role.

    ``group`` names a fine that several clauses share: it counts once a subject (and period), the heaviest. ``choice`` gives the
    lowest and highest amount between which the assessor chooses.
    """

    who: Owner
    amount: Expr | None = None
    unit: PenaltyUnit
    assessor: str | None = None
    group: str | None = None
    group_by: Expr | None = None
    choice: tuple[Expr, Expr] | None = None
    when: Expr | None = None


class Reminder(Shape):
    """A reminder before (negative) or after the due time, in days, at a clock time, to whom."""

    days: Expr
    time: str = "09:00"
    to: str | None = None


class Rule(Shape):
    """What all duties share."""

    name: str | None = None
    also: Names = ()
    title: Text
    owner: Owner
    assessor: str | None = None
    penalties: tuple[PenaltyLine, ...] = ()
    reminders: tuple[Reminder, ...] = ()


class DutyRule(Rule):
    """A duty that an event opens and another closes.

    Args:
        nature: a ``stage`` is a step somebody holds, with a reminder mark; it is no duty.
        opens: a later opening event of the same instance moves the due time.
        instance: expression that tells several duties of one subject apart; ``each`` opens one for each row of a list.
        earlier: whether what happened before the opening counts: never, ever, or since a named event.
        items: list of things that must all be done; ``done.item`` says which one an event does.
    """

    nature: Literal["duty", "stage"] = "duty"
    opens: Triggers = Field(min_length=1)
    instance: Expr | None = None
    each: Expr | None = None
    due: Due | None = None
    done: Triggers = ()
    earlier: str = "never"
    items: Expr | None = None
    waives: Triggers = ()
    cancels: Triggers = ()
    pauses: Triggers = ()
    resumes: Triggers = ()
    reopens: Triggers = ()


class PeriodDue(Shape):
    """The day and clock time in or after a period: ``day`` is a number, ``last`` or a weekday; ``months`` counts months from the
    period's last one."""

    day: Expr
    time: str = "24:00"
    months: Expr = "0"
    convention: Convention = Convention()


class PeriodicRule(Rule):
    """A duty of each period while a scope is active on the subject.

    Args:
        starts, ends: events that begin and end the scope; the periods of both count.
        match: which period an event meets: the one it ``occurred`` in, or the ``oldest`` still open; ``done.period`` overrules.
        opens_months: months after the period's begin at which the duty shows.
    """

    every: Literal["week", "month", "quarter", "half_year", "year"]
    starts: Triggers = Field(min_length=1)
    ends: Triggers = ()
    when: Expr | None = None
    due: PeriodDue
    opens_months: Expr = "0"
    done: Triggers = Field(min_length=1)
    items: Expr | None = None
    match: Literal["occurred", "oldest"] = "occurred"


class FindingRule(Shape):
    """A penalty for something found, with no time running."""

    name: str | None = None
    also: Names = ()
    title: Text
    on: Names
    when: Expr | None = None
    count: Expr = "1"
    once_per: Expr | None = None
    cleared: Triggers = ()
    assessor: str | None = None
    penalties: tuple[PenaltyLine, ...] = Field(min_length=1)


class Requirement(Shape):
    """A condition with the message for whoever does not meet it; ``values`` fill its places."""

    that: Expr
    otherwise: Text
    values: dict[str, Expr] = Field(default_factory=dict)


class Gate(Shape):
    """What must hold before an event may happen."""

    also: Names = ()
    on: Names
    when: Expr | None = None
    require: tuple[Requirement, ...] = Field(min_length=1)


class RouteStep(Shape):
    """One step of an approval: one signer, or several of whom all or any must sign."""

    by: Annotated[tuple[Owner, ...], BeforeValidator(_many)] = ()
    everyone_of: Expr | None = None
    mode: Literal["all", "any"] = "all"
    when: Expr | None = None


class RouteRule(Shape):
    """An approval route: who signs in which order, under which condition each.

    ``approved`` and ``returned`` name the events that the outcome is; ``comment`` says which decisions need an opinion.
    """

    name: str | None = None
    also: Names = ()
    title: Text
    opens: Triggers = Field(min_length=1)
    steps: tuple[RouteStep, ...] = Field(min_length=1)
    approved: str | None = None
    returned: str | None = None
    comment: tuple[Literal["approved", "returned", "rejected"], ...] = ("returned", "rejected")


class Derivation(Shape):
    """An event that follows from others as soon as a condition holds."""

    also: Names = ()
    event: str
    on: Names
    when: Expr
    once: bool = True
    data: dict[str, Expr] = Field(default_factory=dict)


class NoticeRule(Shape):
    """Whom an event is told to."""

    also: Names = ()
    on: Names
    when: Expr | None = None
    to: Annotated[tuple[Owner, ...], BeforeValidator(_many)] = ()
    everyone_of: Expr | None = None
    text: Text
    values: dict[str, Expr] = Field(default_factory=dict)


class Served(Shape):
    """What else serves a clause outside the law library, by name."""

    actions: Names = ()
    screens: Names = ()
    forms: Names = ()
    ledgers: Names = ()
    reports: Names = ()
    fields: Names = ()
    access: Names = ()


class Clause(Shape):
    """One clause in our own words, and what it does."""

    id: str = Field(pattern=r"^R\d\d-C\d{3}$")
    line: int
    article: str = ""
    kind: str
    origin: Literal["source", "company"] = "source"
    text: Text
    reading: Text | None = None
    guide: Text | None = None
    duties: tuple[DutyRule, ...] = ()
    periodic: tuple[PeriodicRule, ...] = ()
    findings: tuple[FindingRule, ...] = ()
    gates: tuple[Gate, ...] = ()
    routes: tuple[RouteRule, ...] = ()
    derives: tuple[Derivation, ...] = ()
    notices: tuple[NoticeRule, ...] = ()
    served: Served = Served()

    def rules(self) -> tuple[Any, ...]:
        """Return all rules of the clause."""
        return (*self.duties, *self.periodic, *self.findings, *self.gates, *self.routes, *self.derives, *self.notices)


class Gap(Shape):
    """An article that is missing in the source, and where its default stands."""

    article: str
    note: Text
    served_by: Names = ()


class Regulation(Shape):
    """One regulation: its clauses, parameters and tables."""

    regulation: str = Field(pattern=r"^R\d\d$")
    title: Text
    owner: str
    effective_from: date
    headings: dict[int, Text] = Field(default_factory=dict)
    departments: dict[str, str] = Field(default_factory=dict)
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    tables: dict[str, Table] = Field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    clauses: tuple[Clause, ...]

    def head_of(self, department: str) -> str:
        """Return the title of a department's head; by default ``<department>负责人``."""
        return self.departments.get(department, f"{department}负责人")


class Rulebook(Shape):
    """All regulations in force at one place, with a company's own values laid over them."""

    regulations: dict[str, Regulation]
    overrides: dict[str, dict[date, Any]] = Field(default_factory=dict)
    effective: dict[str, date] = Field(default_factory=dict)

    @cached_property
    def clauses(self) -> dict[str, Clause]:
        """Return every clause by its id."""
        return {clause.id: clause for regulation in self.regulations.values() for clause in regulation.clauses}

    def clause(self, clause_id: str) -> Clause:
        """Return a clause; raises ``KeyError`` for an unknown id."""
        return self.clauses[clause_id]

    def parameter(self, regulation: str, name: str) -> Parameter:
        """Return a parameter with the company's values laid over the source's."""
        parameter = self.regulations[regulation].parameters[name]
        own = self.overrides.get(f"{regulation}.{name}")
        return parameter.model_copy(update={"values": {**parameter.values, **own}}) if own else parameter

    def effective_from(self, regulation: str) -> date:
        """Return the day from which a regulation rules cases."""
        return self.effective.get(regulation, self.regulations[regulation].effective_from)

    def with_overrides(
        self, *, parameters: dict[str, dict[date, Any]] | None = None, effective: dict[str, date] | None = None
    ) -> Rulebook:
        """Return a rulebook with other values, as a company sets them or as a what-if tries them.

        Args:
            parameters: ``{"R05.close_days": {date: value}}``.
            effective: another first day for a regulation.
        """
        return Rulebook(
            regulations=self.regulations,
            overrides={**self.overrides, **(parameters or {})},
            effective={**self.effective, **(effective or {})},
        )


Money = Decimal

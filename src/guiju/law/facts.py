"""What goes into an evaluation and what comes out: plain values without behaviour of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from guiju.law.text import T

SUBJECT = re.compile(r"^[a-z][a-z0-9_]*:\S.*$", re.DOTALL)

DutyState = Literal["open", "overdue", "paused", "done", "done_late", "waived", "cancelled"]
PenaltyState = Literal["so_far", "proposed"]
Nature = Literal["duty", "stage"]
Precision = Literal["instant", "day"]

OPEN_STATES: frozenset[str] = frozenset({"open", "overdue", "paused"})


@dataclass(frozen=True, slots=True)
class Event:
    """An immutable fact.

    Args:
        name: dotted name, such as ``complaint.received``.
        subject: what it is about, ``kind:name``.
        occurred_at: when it was true (aware). A clock starts here, however late it is recorded.
        data: further facts; a value of the form ``kind:name`` makes the event concern that subject too.
        recorded_at: when we were told.
        seq: order among events of one instant.
        actor: code of the person who told us.
        precision: ``day`` when only the date is known; ``occurred_at`` is then 00:00 of that day.
    """

    name: str
    subject: str
    occurred_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    recorded_at: datetime | None = None
    seq: int = 0
    actor: str | None = None
    precision: Precision = "instant"


def concerned(subject: str, data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the subjects an event concerns: its own first, then those its data name, without repeats."""
    return tuple(dict.fromkeys((subject, *_named(data.values()))))


def _named(values: Any) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            if ":" in value and SUBJECT.match(value):
                yield value
        elif isinstance(value, list | tuple):
            yield from _named(item for item in value if isinstance(item, str))


STEP_WORDS: dict[str, T] = {
    "opened": T("开启", "opened"),
    "moved": T("时限变动", "due time moved"),
    "paused": T("暂停", "paused"),
    "resumed": T("恢复", "resumed"),
    "done": T("办结", "done"),
    "reopened": T("重新开启", "reopened"),
    "waived": T("免办", "waived"),
    "cancelled": T("取消", "cancelled"),
    "extended": T("延期", "extended"),
    "fell_due": T("到期", "fell due"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a duty: which event did what to its due time, and why."""

    act: Literal[
        "opened", "moved", "paused", "resumed", "done", "reopened", "waived", "cancelled", "extended", "fell_due"
    ]
    at: datetime
    event: str
    due_at: datetime | None = None
    note: T | None = None

    @property
    def words(self) -> T:
        """What it did, in words."""
        return STEP_WORDS[self.act]


@dataclass(frozen=True, slots=True)
class Stake:
    """A fine that a duty would cost once late: what is at stake before and while it grows.

    ``shared`` says that other clauses share the fine, so that only an evaluation can tell whether this one counts.
    """

    line: int
    role: str
    unit_name: str | None
    person: str | None
    unit: str
    rate: Decimal | None
    assessor: str
    shared: bool
    choice: tuple[Decimal, Decimal] | None = None


@dataclass(slots=True)
class Duty:
    """Who owes what by when under which clause.

    ``late_at`` is the first instant that is late: equal to ``due_at`` for a limit that ends before 24:00, just after it for
    an exact time. ``due_at`` is exclusive in the first case and still in time in the second.
    """

    clause: str
    also: tuple[str, ...]
    key: str
    subject: str
    instance: str
    title: T
    nature: Nature
    role: str
    unit: str | None
    person: str | None
    opened_at: datetime
    due_at: datetime | None
    late_at: datetime | None
    state: DutyState
    edition: date
    done_at: datetime | None = None
    done_precision: Precision = "instant"
    items: tuple[str, ...] = ()
    items_done: tuple[str, ...] = ()
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    history: list[Step] = field(default_factory=list)
    stakes: tuple[Stake, ...] = ()

    @property
    def identity(self) -> tuple[str, str, str]:
        """Return what tells this duty from all others."""
        return (self.key, self.subject, self.instance)


@dataclass(slots=True)
class Penalty:
    """A fine or cut that a clause proposes; ``amount`` is CNY, or salary grades when ``unit`` says so."""

    clause: str
    also: tuple[str, ...]
    key: str
    subject: str
    instance: str
    line: int
    role: str
    unit_name: str | None
    person: str | None
    unit: str
    rate: Decimal
    units: Decimal
    amount: Decimal | None
    assessor: str
    state: PenaltyState
    arose_at: datetime
    grows: bool = False
    choice: tuple[Decimal, Decimal] | None = None
    replaced: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[str, str, str, int]:
        """Return what tells this penalty from all others."""
        return (self.key, self.subject, self.instance, self.line)


@dataclass(slots=True)
class Signature:
    """One signer's place in an approval."""

    step: int
    role: str
    unit: str | None
    person: str | None
    decision: str | None = None
    at: datetime | None = None
    by: str | None = None
    comment: str = ""


@dataclass(slots=True)
class Approval:
    """One round of an approval route for one subject."""

    clause: str
    route: str
    subject: str
    round: int
    title: T
    opened_at: datetime
    state: Literal["pending", "approved", "returned", "rejected", "withdrawn"]
    signatures: list[Signature]
    modes: tuple[str, ...]
    closed_at: datetime | None = None
    reasons: list[T] = field(default_factory=list)

    @property
    def current(self) -> int | None:
        """Return the index of the step whose turn it is, or None when the round is over."""
        if self.state != "pending":
            return None
        return next((s.step for s in self.signatures if s.decision is None and not self._settled(s.step)), None)

    def _settled(self, step: int) -> bool:
        decided = [s for s in self.signatures if s.step == step and s.decision]
        return bool(decided) and self.modes[step] == "any"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that a gate or a route did not let pass, with the clause and the reason."""

    event: str
    subject: str
    at: datetime
    clause: str
    reason: T
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody whom a clause wants informed."""

    clause: str
    subject: str
    role: str
    unit: str | None
    at: datetime
    text: T
    event: str


@dataclass(slots=True)
class Result:
    """Everything that the rulebook makes of the events."""

    duties: list[Duty] = field(default_factory=list)
    penalties: list[Penalty] = field(default_factory=list)
    approvals: list[Approval] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    derived: list[Event] = field(default_factory=list)
    wake_at: datetime | None = None

    def extend(self, other: Result) -> None:
        """Add another subject's result to this one; ``wake_at`` becomes the earlier of both."""
        for name in ("duties", "penalties", "approvals", "refusals", "notices", "derived"):
            getattr(self, name).extend(getattr(other, name))
        if other.wake_at and (self.wake_at is None or other.wake_at < self.wake_at):
            self.wake_at = other.wake_at


Events = Sequence[Event]

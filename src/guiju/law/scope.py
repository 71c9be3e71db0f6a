"""What an expression of the rulebook sees: the event, the subject's facts and history, dated parameters and tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from guiju.law.compiled import Bound, CompiledRulebook, compiled_expression
from guiju.law.expressions import number, same
from guiju.law.facts import Event
from guiju.law.times import CN, parse

PROCEDURAL = ("approval.", "duty.", "penalty.")
PLANNED_FIELDS = ("planned_at", "planned_on", "planned_date", "date", "at")


class History:
    """All that happened to one subject so far, and what is known of it."""

    __slots__ = ("events", "facts", "subject")

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.facts: dict[str, Any] = {}
        self.events: dict[str, list[Event]] = {}

    def add(self, event: Event, *, own: bool = True) -> None:
        """Take an event into the history; the fields of the subject's own events become its latest facts."""
        self.events.setdefault(event.name, []).append(event)
        if own and event.data and not event.name.startswith(PROCEDURAL):
            self.facts.update(event.data)

    def matching(self, name: str, wanted: Mapping[str, Any]) -> list[Event]:
        """Return the events of a name whose fields have the wanted values."""
        found = self.events.get(name, [])
        return [e for e in found if all(same(e.data.get(k), v) for k, v in wanted.items())] if wanted else found


class RuleScope:
    """The scope of one rule at one event."""

    __slots__ = ("_book", "_bound", "_day", "_event", "_history", "row")

    def __init__(
        self,
        book: CompiledRulebook,
        bound: Bound,
        history: History,
        event: Event | None,
        day: date,
        row: Mapping[str, Any] | None = None,
    ) -> None:
        self._book = book
        self._bound = bound
        self._history = history
        self._event = event
        self._day = day
        self.row = row

    def evaluate(self, text: str) -> Any:
        """Return what an expression comes to here."""
        return compiled_expression(text)(self)

    def holds(self, text: str | None) -> bool:
        """Return whether a condition holds; no condition always does."""
        return text is None or bool(self.evaluate(text))

    def name(self, name: str) -> Any:
        if self.row is not None and name in self.row:
            return self.row[name]
        if self._event is not None and name in self._event.data:
            return self._event.data[name]
        if name in self._history.facts:
            return self._history.facts[name]
        if name == "subject":
            return self._history.subject
        if name == "occurred_at" and self._event is not None:
            return self._event.occurred_at
        if name == "event_name" and self._event is not None:
            return self._event.name
        return None

    def parameter(self, name: str) -> Any:
        return self._book.value(self._bound.regulation.regulation, name, self._day)

    def table(self, name: str) -> Any:
        rows = self._bound.regulation.tables[name].rows
        return next((self.evaluate(row.value) for row in rows if self.holds(row.when)), None)

    def call(self, name: str, args: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
        return _FUNCTIONS[name](self, args, keywords)

    def filled(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return what the places of a message hold, as text."""
        return {key: shown(self.evaluate(text)) for key, text in values.items()}

    # The functions of the language, by name below.

    def happened(self, args: Sequence[Any], keywords: Mapping[str, Any]) -> bool:
        return bool(self._history.matching(args[0], keywords))

    def count(self, args: Sequence[Any], keywords: Mapping[str, Any]) -> int:
        return len(self._history.matching(args[0], keywords))

    def collected(self, args: Sequence[Any], keywords: Mapping[str, Any]) -> list[Any]:
        values: list[Any] = []
        for event in self._history.matching(args[0], keywords):
            value = event.data.get(args[1])
            values.extend(value if isinstance(value, list | tuple) else () if value is None else (value,))
        return values

    def total(self, args: Sequence[Any], keywords: Mapping[str, Any]) -> Decimal:
        return sum((number(v) for v in self.collected(args, keywords)), Decimal(0))

    def last(self, args: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
        found = self._history.matching(args[0], keywords)
        return found[-1].data.get(args[1]) if found else None

    def time_of(self, args: Sequence[Any], keywords: Mapping[str, Any]) -> datetime | None:
        found = self._history.matching(args[0], keywords)
        return found[-1].occurred_at if found else None

    def missing(self, args: Sequence[Any], keywords: Mapping[str, Any]) -> list[Any]:
        wanted, present = args[0] or [], args[1] or []
        if isinstance(present, Mapping):
            present = [name for name, value in present.items() if value not in (None, "", [], {})]
        return [item for item in wanted if not any(same(item, other) for other in present)]

    def head_of(self, args: Sequence[Any], keywords: Mapping[str, Any]) -> str | None:
        return self._bound.regulation.head_of(str(args[0])) if args[0] else None

    def planned(self, args: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
        data = self._event.data if self._event else {}
        return next((data[field] for field in PLANNED_FIELDS if data.get(field)), None)

    def days_between(self, args: Sequence[Any], keywords: Mapping[str, Any]) -> int | None:
        if args[0] is None or args[1] is None:
            return None
        return (day_of(args[1]) - day_of(args[0])).days


def _simple(act: Callable[..., Any]) -> Callable[[RuleScope, Sequence[Any], Mapping[str, Any]], Any]:
    return lambda scope, args, keywords: act(*args)


def _numbers(act: Callable[[list[Any]], Any]) -> Callable[[RuleScope, Sequence[Any], Mapping[str, Any]], Any]:
    def compute(scope: RuleScope, args: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
        values = args[0] if len(args) == 1 and isinstance(args[0], list) else args
        known = [number(v) for v in values if v is not None]
        return act(known) if known else None

    return compute


_FUNCTIONS: dict[str, Callable[[RuleScope, Sequence[Any], Mapping[str, Any]], Any]] = {
    "happened": RuleScope.happened,
    "count": RuleScope.count,
    "collected": RuleScope.collected,
    "total": RuleScope.total,
    "last": RuleScope.last,
    "time_of": RuleScope.time_of,
    "missing": RuleScope.missing,
    "head_of": RuleScope.head_of,
    "planned": RuleScope.planned,
    "days_between": RuleScope.days_between,
    "size": _simple(lambda value: len(value) if value else 0),
    "lowest": _numbers(min),
    "highest": _numbers(max),
    "absolute": _simple(lambda value: None if value is None else abs(number(value))),
    "joined": _simple(lambda value: shown(value)),  # noqa: PLW0108 - defined below
    "field": lambda scope, args, keywords: scope.name(str(args[0])),
    "row": lambda scope, args, keywords: (scope.row or {}).get(str(args[0])),
    "name_of": _simple(lambda value: value.partition(":")[2] if isinstance(value, str) and ":" in value else value),
}


def shown(value: Any) -> str:
    """Return a value as people read it in a message."""
    if isinstance(value, list | tuple):
        return "、".join(shown(item) for item in value)
    if isinstance(value, Decimal):
        text = f"{value:,.2f}"
        return text.removesuffix(".00")
    return "" if value is None else str(value)


def moment(value: Any) -> tuple[datetime, bool]:
    """Return a point in time that a fact carries, and whether it is a date only (then 00:00 of that day, Asia/Shanghai).

    Raises:
        ValueError: it is no date or time.
    """
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=CN)), False
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=CN), True
    text = str(value).strip()
    return parse(text), len(text) <= len("2026-01-01")


def in_force(bound: Bound, event: Event) -> bool:
    """Return whether the regulation ruled cases on the day of an event."""
    return event.occurred_at.astimezone(CN).date() >= bound.effective


def day_of(value: Any) -> date:
    """Return the calendar day of a fact's point in time, Asia/Shanghai."""
    return moment(value)[0].astimezone(CN).date()

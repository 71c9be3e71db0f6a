"""One subject's life under the rulebook: its events are taken in order, and duties, approvals and findings follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from guiju.law.approvals import Approvals
from guiju.law.calendar import Calendar, Limit
from guiju.law.compiled import Bound, CompiledRulebook, Hook, Listeners
from guiju.law.facts import Duty, Event, Notice, Precision, Refusal, Step
from guiju.law.schema import Due, DutyRule, Owner, Trigger
from guiju.law.scope import History, RuleScope, in_force, moment
from guiju.law.text import T
from guiju.law.times import CN

INSTANT = timedelta(microseconds=1)
NATURAL_UNITS = frozenset({"days", "months", "working_days"})
SINCE = "since:"


@dataclass(slots=True)
class Running:
    """A duty while its subject's events are taken: the duty and what its due time is computed from."""

    duty: Duty
    bound: Bound
    opened_by: Event
    due: Due | None
    anchor: datetime | None = None
    fixed: datetime | None = None
    exclusive: bool = False
    limit: Limit | None = None
    calendar: Calendar | None = None
    row: Mapping[str, Any] | None = None
    item_times: dict[str, tuple[datetime, Precision]] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        return self.duty.state in ("done", "waived", "cancelled")


@dataclass(slots=True)
class Finding:
    """Something found that a clause fines, without a time limit."""

    bound: Bound
    event: Event
    instance: str
    count: Any
    cleared: bool = False


class SubjectRun:
    """Takes the events of one subject one by one.

    Args:
        subject: ``kind:name``.
        book: the compiled rulebook.
        calendars: by name; ``company`` is the default of all limits.
    """

    def __init__(self, subject: str, book: CompiledRulebook, calendars: Mapping[str, Calendar]) -> None:
        self.subject = subject
        self.book = book
        self.calendars = calendars
        self.history = History(subject)
        self.running: dict[tuple[str, str], Running] = {}
        self.findings: list[Finding] = []
        self.refusals: list[Refusal] = []
        self.notices: list[Notice] = []
        self.derived: list[Event] = []
        self.admin: list[Event] = []
        self.approvals = Approvals(self)

    def take(self, event: Event) -> None:
        """Take the next event, and whatever follows from it at the same instant.

        An event of another subject that names this one can end, pause or meet duties here; it opens something only where the
        trigger says ``related``, so that one event does not open the same duty on two subjects.
        """
        listeners = self.book.listeners.get(event.name)
        own = event.subject == self.subject
        if own and listeners and listeners.gates and not self._passes(event, listeners.gates):
            return
        if event.name.startswith("approval.") and not (own and self.approvals.take(event)):
            return
        self.history.add(event, own=own)
        if event.name.startswith("duty.") and own:
            self.admin.append(event)
            self._administer(event)
        if listeners:
            for hook in listeners.duties:
                if own or hook.act != "opens" or hook.trigger.related:
                    self._act(hook, event)
        if listeners and own:
            self._follow(listeners, event)

    def _follow(self, listeners: Listeners, event: Event) -> None:
        for bound in listeners.findings:
            self._find(bound, event)
        for hook in listeners.cleared:
            self._clear(hook, event)
        for hook in listeners.routes:
            self.approvals.open(hook, event)
        for bound in listeners.notices:
            self._notify(bound, event)
        for bound in listeners.derives:
            self._derive(bound, event)

    def scope(
        self, bound: Bound, event: Event | None, day: date | None = None, row: Mapping[str, Any] | None = None
    ) -> RuleScope:
        """Return the scope of a rule at an event."""
        if day is None:
            day = event.occurred_at.astimezone(CN).date() if event else date.max
        return RuleScope(self.book, bound, self.history, event, day, row)

    def owner(self, owner: Owner, scope: RuleScope) -> tuple[str, str | None, str | None]:
        """Return role, unit and person that an owner means here."""
        role = scope.evaluate(owner.role[1:]) if owner.role.startswith("=") else owner.role
        unit = scope.evaluate(owner.unit) if owner.unit else None
        person = scope.evaluate(owner.person) if owner.person else None
        return str(role or ""), str(unit) if unit else None, str(person) if person else None

    # Gates

    def _passes(self, event: Event, gates: list[Bound]) -> bool:
        passed = True
        for bound in gates:
            if not in_force(bound, event):
                continue
            scope = self.scope(bound, event)
            if not scope.holds(bound.rule.when):
                continue
            for requirement in bound.rule.require:
                if not scope.holds(requirement.that):
                    reason = requirement.otherwise.format(**scope.filled(requirement.values))
                    self.refuse(event, bound, reason)
                    passed = False
        return passed

    def refuse(self, event: Event, bound: Bound, reason: T) -> None:
        """Record that an event may not happen."""
        self.refusals.append(Refusal(event.name, self.subject, event.occurred_at, bound.clause.id, reason, event.seq))

    # Duties

    def _act(self, hook: Hook, event: Event) -> None:
        bound, trigger = hook.bound, hook.trigger
        if hook.act == "opens":
            if in_force(bound, event) and self.scope(bound, event).holds(trigger.when):
                self._open(bound, trigger, event)
            return
        acts = {
            "cancels": self._cancel,
            "waives": self._waive,
            "pauses": self._pause,
            "resumes": self._resume,
            "done": self._done,
            "reopens": self._reopen,
        }
        for running in self._meant(bound, trigger, event):
            acts[hook.act](running, trigger, event)

    def _meant(self, bound: Bound, trigger: Trigger, event: Event) -> Iterator[Running]:
        """Yield the running duties of a rule that an event means."""
        rule: DutyRule = bound.rule
        scope = self.scope(bound, event)
        if not scope.holds(trigger.when):
            return
        if rule.instance is None and rule.each is None:
            running = self.running.get((bound.key, ""))
            if running:
                yield running
            return
        wanted = scope.evaluate(trigger.item or rule.instance or "field('name')")
        names = {_instance(value) for value in wanted} if isinstance(wanted, list) else {_instance(wanted)}
        for name in names:
            running = self.running.get((bound.key, name))
            if running:
                yield running

    def _open(self, bound: Bound, trigger: Trigger, event: Event) -> None:
        rule: DutyRule = bound.rule
        if rule.each is None:
            self._open_one(bound, trigger, event, None)
            return
        for row in self.scope(bound, event).evaluate(rule.each) or ():
            self._open_one(bound, trigger, event, row if isinstance(row, Mapping) else {"name": row})

    def _open_one(self, bound: Bound, trigger: Trigger, event: Event, row: Mapping[str, Any] | None) -> None:
        rule: DutyRule = bound.rule
        scope = self.scope(bound, event, row=row)
        named = rule.instance or ("field('name')" if rule.each else None)
        instance = _instance(scope.evaluate(named)) if named else ""
        existing = self.running.get((bound.key, instance))
        if existing:
            self._move(existing, trigger, event, row)
            return
        role, unit, person = self.owner(rule.owner, scope)
        items = tuple(str(item) for item in (scope.evaluate(rule.items) or ())) if rule.items else ()
        if rule.items and not items:
            return
        duty = Duty(
            clause=bound.clause.id,
            also=rule.also,
            key=bound.key,
            subject=self.subject,
            instance=instance,
            title=rule.title,
            nature=rule.nature,
            role=role,
            unit=unit,
            person=person,
            opened_at=event.occurred_at,
            due_at=None,
            late_at=None,
            state="open",
            edition=event.occurred_at.astimezone(CN).date(),
            items=items,
        )
        running = Running(duty, bound, event, trigger.due or rule.due, row=row)
        self.running[(bound.key, instance)] = running
        self._set_due(running, event)
        duty.history.append(Step("opened", event.occurred_at, event.name, duty.due_at))
        self._look_back(running, event)

    def _look_back(self, running: Running, opening: Event) -> None:
        """Let what happened before the opening count where the clause says so."""
        rule: DutyRule = running.bound.rule
        if rule.earlier == "never":
            return
        since: datetime | None = None
        if rule.earlier.startswith(SINCE):
            begun = self.history.events.get(rule.earlier.removeprefix(SINCE))
            if not begun:
                return
            since = begun[-1].occurred_at
        earlier = [
            (event, trigger)
            for trigger in rule.done
            for name in trigger.on
            for event in self.history.events.get(name, ())
            if event is not opening and (since is None or event.occurred_at >= since)
        ]
        for event, trigger in sorted(earlier, key=lambda pair: (pair[0].occurred_at, pair[0].seq)):
            scope = self.scope(running.bound, event, row=running.row)
            named = rule.instance or ("field('name')" if rule.each else None)
            if scope.holds(trigger.when) and (
                named is None or _instance(scope.evaluate(named)) == running.duty.instance
            ):
                self._done(running, trigger, event)

    def _set_due(self, running: Running, event: Event) -> None:
        due, duty = running.due, running.duty
        if due is None:
            return
        scope = self.scope(running.bound, event, duty.edition, running.row)
        if due.at is not None:
            value = scope.evaluate(due.at)
            running.fixed, running.exclusive = moment(value) if value else (None, False)
        else:
            value = scope.evaluate(due.anchor) if due.anchor else event.occurred_at
            running.anchor = moment(value)[0] if value else None
            running.limit = Limit.from_mapping({k: scope.evaluate(v) for k, v in due.limit.items()})
            running.exclusive = set(due.limit) <= NATURAL_UNITS and due.convention.landing == "end_of_day"
            running.calendar = self.calendars.get(due.calendar) or self.calendars["company"]
        self._compute(running)

    def _compute(self, running: Running) -> None:
        duty = running.duty
        duty.due_at = running.fixed
        if running.fixed is None and running.anchor and running.limit and running.calendar and running.due:
            closed = [(begin, end) for begin, end in duty.pauses if end]
            duty.due_at = running.calendar.due(
                running.anchor, running.limit, convention=running.due.convention, pauses=closed
            ).astimezone(CN)
        duty.late_at = duty.due_at and (duty.due_at if running.exclusive else duty.due_at + INSTANT)

    def _move(self, running: Running, trigger: Trigger, event: Event, row: Mapping[str, Any] | None) -> None:
        """Move a due time with the planned date behind it; one already missed does not move (SPEC section 2)."""
        duty, old = running.duty, running.duty.due_at
        if running.ended or (duty.late_at and event.occurred_at >= duty.late_at):
            return
        running.due = trigger.due or running.bound.rule.due
        running.row = row or running.row
        self._set_due(running, event)
        if duty.due_at == old:
            return
        note = None
        if old and duty.due_at and duty.due_at < old and duty.due_at < event.occurred_at:
            duty.due_at = end_of_next_day(event.occurred_at)
            running.fixed, running.exclusive, duty.late_at = duty.due_at, True, duty.due_at
            note = T(
                "计划提前后原时限已过，顺延到变动次日结束", "The move left no time; due at the end of the day after it"
            )
        duty.history.append(Step("moved", event.occurred_at, event.name, duty.due_at, note))

    def _done(self, running: Running, trigger: Trigger, event: Event) -> None:
        duty = running.duty
        if running.ended:
            return
        if duty.items:
            scope = self.scope(running.bound, event, row=running.row)
            value = scope.evaluate(trigger.item) if trigger.item else list(duty.items)
            for item in value if isinstance(value, list) else [value]:
                if str(item) in duty.items:
                    running.item_times.setdefault(str(item), (event.occurred_at, event.precision))
            duty.items_done = tuple(item for item in duty.items if item in running.item_times)
            if len(duty.items_done) < len(duty.items):
                return
        if duty.pauses and duty.pauses[-1][1] is None:
            self._resume(running, trigger, event)
        duty.state, duty.done_at, duty.done_precision = "done", event.occurred_at, event.precision
        duty.history.append(Step("done", event.occurred_at, event.name, duty.due_at))

    def _pause(self, running: Running, trigger: Trigger, event: Event) -> None:
        duty = running.duty
        late = duty.late_at is not None and event.occurred_at >= duty.late_at
        if running.ended or late or (duty.pauses and duty.pauses[-1][1] is None):
            return
        duty.pauses.append((event.occurred_at, None))
        duty.state = "paused"
        duty.history.append(Step("paused", event.occurred_at, event.name, duty.due_at))

    def _resume(self, running: Running, trigger: Trigger, event: Event) -> None:
        duty = running.duty
        if not duty.pauses or duty.pauses[-1][1] is not None:
            return
        duty.pauses[-1] = (duty.pauses[-1][0], event.occurred_at)
        duty.state = "open"
        self._compute(running)
        duty.history.append(Step("resumed", event.occurred_at, event.name, duty.due_at))

    def _reopen(self, running: Running, trigger: Trigger, event: Event) -> None:
        duty = running.duty
        if duty.state != "done":
            return
        duty.state, duty.done_at, duty.done_precision = "open", None, "instant"
        if duty.items:
            scope = self.scope(running.bound, event, row=running.row)
            value = scope.evaluate(trigger.item) if trigger.item else list(duty.items)
            for item in value if isinstance(value, list) else [value]:
                running.item_times.pop(str(item), None)
            duty.items_done = tuple(item for item in duty.items if item in running.item_times)
        duty.history.append(Step("reopened", event.occurred_at, event.name, duty.due_at))

    def _waive(self, running: Running, trigger: Trigger | None, event: Event) -> None:
        self._end(running, "waived", event)

    def _cancel(self, running: Running, trigger: Trigger | None, event: Event) -> None:
        self._end(running, "cancelled", event)

    def _end(self, running: Running, state: Any, event: Event) -> None:
        if not running.ended:
            running.duty.state = state
            running.duty.history.append(Step(state, event.occurred_at, event.name, running.duty.due_at))

    def _administer(self, event: Event) -> None:
        running = self.running.get((str(event.data.get("duty", "")), str(event.data.get("instance", ""))))
        if running:
            self.administer(running, event)

    def finish(self, running: Running, trigger: Trigger, event: Event) -> None:
        """Let an event meet a duty, or those of its items that it names."""
        self._done(running, trigger, event)

    def administer(self, running: Running, event: Event) -> None:
        """Waive, cancel or extend one duty by a person's recorded decision."""
        if event.name == "duty.waived":
            self._waive(running, None, event)
        elif event.name == "duty.cancelled":
            self._cancel(running, None, event)
        elif event.name == "duty.extended" and not running.ended and event.data.get("until"):
            running.fixed, running.exclusive = extended(event)
            self._compute(running)
            running.duty.history.append(Step("extended", event.occurred_at, event.name, running.duty.due_at))

    # Findings, notices, derivations

    def _find(self, bound: Bound, event: Event) -> None:
        scope = self.scope(bound, event)
        if not in_force(bound, event) or not scope.holds(bound.rule.when):
            return
        mine = [finding for finding in self.findings if finding.bound is bound]
        instance = _instance(scope.evaluate(bound.rule.once_per)) if bound.rule.once_per else str(len(mine) + 1)
        if any(finding.instance == instance and not finding.cleared for finding in mine):
            return
        self.findings.append(Finding(bound, event, instance, scope.evaluate(bound.rule.count)))

    def _clear(self, hook: Hook, event: Event) -> None:
        scope = self.scope(hook.bound, event)
        if not scope.holds(hook.trigger.when):
            return
        item = _instance(scope.evaluate(hook.trigger.item)) if hook.trigger.item else None
        for finding in self.findings:
            if finding.bound is hook.bound and item in (None, finding.instance):
                finding.cleared = True

    def _notify(self, bound: Bound, event: Event) -> None:
        scope = self.scope(bound, event)
        if not in_force(bound, event) or not scope.holds(bound.rule.when):
            return
        text = bound.rule.text.format(**scope.filled(bound.rule.values))
        receivers = [self.owner(owner, scope)[:2] for owner in bound.rule.to]
        if bound.rule.everyone_of:
            receivers += [(str(role), None) for role in scope.evaluate(bound.rule.everyone_of) or ()]
        for role, unit in dict.fromkeys(receivers):
            self.notices.append(Notice(bound.clause.id, self.subject, role, unit, event.occurred_at, text, event.name))

    def _derive(self, bound: Bound, event: Event) -> None:
        rule = bound.rule
        if not in_force(bound, event) or (rule.once and self.history.events.get(rule.event)):
            return
        scope = self.scope(bound, event)
        if scope.holds(rule.when):
            self.emit(rule.event, event, {key: scope.evaluate(text) for key, text in rule.data.items()})

    def emit(self, name: str, cause: Event, data: Mapping[str, Any]) -> None:
        """Let an event follow from another at the same instant."""
        following = Event(
            name, self.subject, cause.occurred_at, data, cause.recorded_at, cause.seq, cause.actor, cause.precision
        )
        self.derived.append(following)
        self.take(following)


def end_of_next_day(at: datetime) -> datetime:
    """Return 24:00 of the day after ``at``, Asia/Shanghai."""
    local = at.astimezone(CN)
    return datetime(local.year, local.month, local.day, tzinfo=CN) + timedelta(days=2)


def extended(event: Event) -> tuple[datetime, bool]:
    """Return the due time an extension gives: a date means the end of that day."""
    until, date_only = moment(event.data["until"])
    return (until + timedelta(days=1), True) if date_only else (until, False)


def _instance(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else "" if value is None else str(value)

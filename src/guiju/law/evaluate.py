"""``evaluate``: events in, duties, penalties, approvals and refusals out. Pure: no clock, no database, no framework."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from operator import attrgetter

from guiju.law.calendar import Calendar
from guiju.law.compiled import CompiledRulebook, compiled
from guiju.law.facts import Event, Result, concerned
from guiju.law.fines import duty_penalties, finding_penalties, one_act_one_fine, stakes
from guiju.law.periods import periodic_duties
from guiju.law.schema import Rulebook
from guiju.law.subject import Running, SubjectRun

_ORDER = attrgetter("occurred_at", "seq")


def evaluate(events: Iterable[Event], rulebook: Rulebook, calendars: Mapping[str, Calendar], as_of: datetime) -> Result:
    """Evaluate any number of events of any number of subjects.

    Args:
        events: in any order; those after ``as_of`` are left out.
        rulebook: the regulations in force, with a company's own values.
        calendars: by name; ``company`` must be there.
        as_of: the instant whose state is asked for (aware).

    Returns:
        All duties, penalties, approvals, refusals and notices, subject by subject in the order of first mention.
    """
    by_subject: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.occurred_at <= as_of:
            if event.data:
                for subject in concerned(event.subject, event.data):
                    by_subject[subject].append(event)
            else:
                by_subject[event.subject].append(event)
    book = compiled(rulebook)
    result = Result()
    for subject, mine in by_subject.items():
        result.extend(_evaluate(subject, mine, book, calendars, as_of))
    return result


def evaluate_subject(
    subject: str, events: Sequence[Event], rulebook: Rulebook, calendars: Mapping[str, Calendar], as_of: datetime
) -> Result:
    """Evaluate the events that concern one subject; the live system calls this inside the action's transaction.

    Open duties also say what they would cost once late (``Duty.stakes``).
    """
    mine = [event for event in events if event.occurred_at <= as_of]
    return _evaluate(subject, mine, compiled(rulebook), calendars, as_of, with_stakes=True)


def _evaluate(
    subject: str,
    events: list[Event],
    book: CompiledRulebook,
    calendars: Mapping[str, Calendar],
    as_of: datetime,
    *,
    with_stakes: bool = False,
) -> Result:
    run = SubjectRun(subject, book, calendars)
    events.sort(key=_ORDER)
    for event in events:
        run.take(event)
    periodic, wake = periodic_duties(run, as_of)
    all_running = [*run.running.values(), *periodic]
    fines = one_act_one_fine(
        chain(
            chain.from_iterable(
                duty_penalties(run, running, as_of) for running in all_running if running.bound.rule.penalties
            ),
            chain.from_iterable(finding_penalties(run, finding) for finding in run.findings),
        )
    )
    for running in all_running:
        if with_stakes and running.bound.rule.penalties and running.duty.done_at is None:
            running.duty.stakes = stakes(run, running)
        _settle(running, as_of)
    return Result(
        duties=[running.duty for running in all_running],
        penalties=fines,
        approvals=run.approvals.rounds,
        refusals=run.refusals,
        notices=run.notices,
        derived=run.derived,
        wake_at=wake,
    )


def _settle(running: Running, as_of: datetime) -> None:
    """Say what state a duty is in as of an instant."""
    duty = running.duty
    if duty.state == "done":
        late = duty.late_at is not None and duty.done_at is not None and duty.done_at >= duty.late_at
        duty.state = "done_late" if late else "done"
    elif duty.state == "open" and duty.late_at is not None and as_of >= duty.late_at:
        duty.state = "overdue"

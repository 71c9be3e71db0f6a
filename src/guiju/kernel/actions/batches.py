"""The bulk path: the same action code for many rows, with writes gathered and stored together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from guiju.kernel.actions import numbers, registry
from guiju.kernel.actions.base import Context
from guiju.kernel.actions.copying import copy_rows, take_keys
from guiju.kernel.actions.errors import ActionError, Refused
from guiju.kernel.actions.models import AuditEntry, EventRow
from guiju.kernel.actions.perform import Origin, audit_fields, event_row, parse
from guiju.kernel.authority.actor import Actor
from guiju.law.text import T

CHUNK = 2_000
BLOCK = 100


@dataclass(slots=True)
class Batch:
    """Writes that wait for their chunk's end. Keys are taken ahead, so that rows can refer to each other."""

    rows: dict[type[models.Model], list[models.Model]] = field(default_factory=lambda: defaultdict(list))
    keys: dict[type[models.Model], list[int]] = field(default_factory=lambda: defaultdict(list))
    series: dict[tuple[str, int], list[str]] = field(default_factory=lambda: defaultdict(list))
    expected: int = CHUNK

    def create(self, instance: models.Model) -> None:
        """Keep a row for the chunk's end; it has its key at once."""
        model = type(instance)
        if not self.keys[model]:
            self.keys[model] = take_keys(model, self.expected)
        instance.pk = self.keys[model].pop()
        self.rows[model].append(instance)

    def number(self, prefix: str, *, company_id: int, at: datetime) -> str:
        """Take a number from a block; what is left of the block is given back at the chunk's end, so that none is missing."""
        year = timezone.localtime(at).year
        waiting = self.series[(prefix, year)]
        if not waiting:
            waiting.extend(reversed(numbers.take_numbers(company_id=company_id, prefix=prefix, at=at, count=BLOCK)))
        return waiting.pop()

    def give_back(self) -> None:
        """Give the numbers back that nobody took; the series' row has been locked since they were drawn."""
        for (prefix, year), waiting in self.series.items():
            numbers.give_back(prefix=prefix, year=year, count=len(waiting))
        self.series.clear()

    def mark(self) -> dict[type[models.Model], int]:
        """Return how far the batch is, to come back to when a row fails."""
        return {model: len(instances) for model, instances in self.rows.items()}

    def back_to(self, mark: dict[type[models.Model], int]) -> None:
        """Forget what came after a mark."""
        for model, instances in self.rows.items():
            del instances[mark.get(model, 0) :]

    def store(self) -> None:
        """Write everything that waits, in the order of first mention."""
        for instances in self.rows.values():
            copy_rows(instances)
        self.rows.clear()


@dataclass(slots=True)
class RowFault:
    """A row that was handed back, with the reason at each field."""

    index: int
    errors: dict[str, T]


@dataclass(slots=True)
class BulkOutcome:
    """What a bulk act did."""

    done: int = 0
    subjects: list[str] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)


def perform_many(
    name: str,
    rows: Iterable[Mapping[str, Any]],
    *,
    actor: Actor,
    at: datetime,
    origin: Origin | None = None,
    progress: Callable[[int], None] | None = None,
    chunk: int = CHUNK,
) -> BulkOutcome:
    """Do one creating act for many rows. Each chunk is one transaction; a bad row is handed back and the others are taken.

    Args:
        name: an action that creates a record.
        rows: inputs.
        actor: who; asked once whether this is allowed.
        at: now.
        origin: where the rows come from.
        progress: told the number of rows looked at so far.
        chunk: rows a transaction.

    Raises:
        Refused: the actor may not do this.
    """
    origin = origin or Origin("import")
    action = registry.get(name)()
    decision = action.permitted(Context(actor=actor, at=at))
    if not decision:
        raise Refused(decision.reason or T("你不能办理", "You may not do this"), clause=decision.clause)
    outcome = BulkOutcome()
    numbered = iter(enumerate(rows))
    while part := list(islice(numbered, chunk)):
        with transaction.atomic():
            _chunk(action, part, actor, at, origin, outcome)
        if progress:
            progress(part[-1][0] + 1)
    return outcome


def _chunk(
    action: Any,
    part: Sequence[tuple[int, Mapping[str, Any]]],
    actor: Actor,
    at: datetime,
    origin: Origin,
    outcome: BulkOutcome,
) -> None:
    from guiju.kernel.duties.sync import sync_fresh

    batch = Batch(expected=len(part))
    audit_keys = take_keys(AuditEntry, len(part))
    audits: list[AuditEntry] = []
    events: list[EventRow] = []
    fresh: dict[int, dict[str, list[EventRow]]] = defaultdict(lambda: defaultdict(list))
    for index, row in part:
        ctx: Context[Any] = Context(actor=actor, at=at, source=origin.source, batch=batch)
        mark = batch.mark()
        try:
            given = parse(action, row)
            action.check(ctx, given)
            record = action.execute(ctx, given)
        except ActionError as error:
            batch.back_to(mark)
            outcome.faults.append(RowFault(index, getattr(error, "errors", {"": error.message})))
            continue
        subject = record.subject if record is not None else ""
        audit = AuditEntry(pk=audit_keys.pop(), **audit_fields(action, ctx, subject, origin))
        audits.append(audit)
        for emitted in ctx.events:
            kept = event_row(emitted, ctx, audit)
            events.append(kept)
            for concerned in emitted.concerns:
                fresh[emitted.company_id][concerned].append(kept)
        outcome.done += 1
        outcome.subjects.append(subject)
    batch.give_back()
    batch.store()
    copy_rows(audits)
    copy_rows(events)
    for company_id, by_subject in fresh.items():
        sync_fresh(company_id=company_id, events=by_subject, at=at)

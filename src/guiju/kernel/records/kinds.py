"""The kinds of records that rooms have, and how each is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from guiju.kernel.authority.actor import Actor
from guiju.kernel.records.models import Record

VisibleTo = Callable[[Actor], "QuerySet[Any]"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: its model and the selector at which every reading starts."""

    name: str
    model: type[Record]
    visible_to: VisibleTo


_KINDS: dict[str, Kind] = {}


def register_kind(model: type[Record], *, visible_to: VisibleTo) -> None:
    """Make a kind known; called once by its room when the program starts."""
    _KINDS[model.kind] = Kind(model.kind, model, visible_to)


def all_kinds() -> tuple[Kind, ...]:
    """Return every kind."""
    return tuple(_KINDS.values())


def kind_named(name: str) -> Kind | None:
    """Return a kind by its name."""
    return _KINDS.get(name)


def find(subject: str, actor: Actor) -> Record | None:
    """Return the record behind a subject if the actor may see it; a hidden one is as good as missing."""
    name, _, number = subject.partition(":")
    kind = _KINDS.get(name)
    if kind is None:
        return None
    found: Record | None = kind.visible_to(actor).filter(number=number).first()
    return found


def may_see(record: Record, actor: Actor) -> bool:
    """Return whether an actor may see a record."""
    kind = _KINDS.get(record.kind)
    return actor.is_system or kind is None or kind.visible_to(actor).filter(pk=record.pk).exists()

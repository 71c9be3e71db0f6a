"""What a room tells the generic pages about its records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import Q, QuerySet

from guiju.kernel.authority.actor import Actor
from guiju.law.text import T

Value = Callable[[Any], Any]
Part = Literal["title", "meta", "tag", "step", ""]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list: its words, how its value is read, and what part of a card it is on a phone."""

    name: str
    title: T
    value: Value
    sort: str | None = None
    part: Part = ""
    numeric: bool = False
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a filter."""

    value: str
    title: T


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition of the list; ``apply`` turns the chosen value into a query."""

    name: str
    title: T
    apply: Callable[[str], Q]
    choices: Callable[[Actor], Sequence[Choice]]


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter that the room offers ready-made, with its count."""

    name: str
    title: T
    condition: Callable[[Actor, Any], Q]
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact on the record's page."""

    title: T
    value: Value
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the record's course, for the strip at its head: done when one of its events has happened."""

    title: T
    done_by: tuple[str, ...]
    states: tuple[str, ...]
    when: Callable[[Any], bool] = lambda record: True


@dataclass(frozen=True, slots=True)
class PrintForm:
    """A print form: its name, words, and what makes the PDF."""

    name: str
    title: T
    render: Callable[[Any, Actor], bytes]
    offered: Callable[[Any], bool] = lambda record: True


@dataclass(frozen=True, slots=True)
class Panel:
    """A further card on the record's page, from a template of the room."""

    title: T
    template: str
    context: Callable[[Any, Actor], dict[str, Any]]
    shown: Callable[[Any], bool] = lambda record: True


@dataclass(frozen=True, slots=True)
class Room:
    """Everything the generic list and object pages need to know of a kind of record."""

    kind: str
    title: T
    noun: T
    icon: str
    group: T
    visible_to: Callable[[Actor], QuerySet[Any]]
    columns: tuple[Column, ...]
    headline: Value
    create: str | None = None
    search: Callable[[str], Q] | None = None
    filters: tuple[Filter, ...] = ()
    views: tuple[SavedView, ...] = ()
    order: tuple[str, ...] = ("-id",)
    row_tone: Value = lambda record: ""
    facts: tuple[Fact, ...] = ()
    subtitle: Callable[[Any], Sequence[Any]] = lambda record: ()
    stages: tuple[Stage, ...] = ()
    panels: tuple[Panel, ...] = ()
    prints: tuple[PrintForm, ...] = ()
    reminder: T | None = None
    guide: str | None = None
    count: Callable[[Actor], int] | None = None
    pages: tuple[tuple[str, T, str], ...] = field(default=())
    fields: Callable[[Any], dict[str, Any]] = lambda record: {}


_ROOMS: dict[str, Room] = {}


def register_room(room: Room) -> None:
    """Make a room known to the pages; called once when the program starts."""
    _ROOMS[room.kind] = room


def all_rooms() -> tuple[Room, ...]:
    """Return every room in the order of registration."""
    return tuple(_ROOMS.values())


def room_of(kind: str) -> Room | None:
    """Return the room of a kind of record."""
    return _ROOMS.get(kind)

"""All actions by name."""

from __future__ import annotations

from typing import Any, TypeVar

from guiju.kernel.actions.base import Action
from guiju.kernel.records.models import Record

A = TypeVar("A", bound=type[Action[Any]])
_ACTIONS: dict[str, type[Action[Any]]] = {}


def register(action: A) -> A:
    """Make an action known under its name.

    Raises:
        ValueError: another action has that name.
    """
    if _ACTIONS.get(action.name, action) is not action:
        raise ValueError(f"two actions are called {action.name}")
    _ACTIONS[action.name] = action
    return action


def get(name: str) -> type[Action[Any]]:
    """Return an action.

    Raises:
        KeyError: no action has that name.
    """
    return _ACTIONS[name]


def all_actions() -> tuple[type[Action[Any]], ...]:
    """Return every action, by name."""
    return tuple(_ACTIONS[name] for name in sorted(_ACTIONS))


def for_kind(kind: str) -> tuple[type[Action[Any]], ...]:
    """Return the actions on a kind of record, in the order in which they are offered."""
    return tuple(sorted((a for a in _ACTIONS.values() if kind_of(a) == kind), key=lambda a: (a.weight, a.name)))


def kind_of(action: type[Action[Any]]) -> str | None:
    """Return the kind of record an action acts on or creates."""
    return action.kind


def for_record(record: Record) -> tuple[type[Action[Any]], ...]:
    """Return the actions that act on a record (those that create one are left out)."""
    return tuple(action for action in for_kind(record.kind) if action.states is not None)

"""Actions as data: for the OpenAPI description, ``guiju actions`` and the rulebook's flow charts."""

from __future__ import annotations

from typing import Any

from guiju.kernel.actions.base import Action


def describe(action: type[Action[Any]]) -> dict[str, Any]:
    """Return an action's name, words, clauses, states and input as JSON Schema."""
    return {
        "name": action.name,
        "title": action.title._asdict(),
        "kind": action.kind,
        "clauses": list(action.clauses),
        "states": list(action.states) if action.states is not None else None,
        "leads_to": list(action.leads_to),
        "input": action.Input.model_json_schema(),
    }

"""Flow charts drawn from the program's own states: which action leads from where to where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from guiju.kernel.actions.registry import all_actions
from guiju.kernel.records.kinds import all_kinds
from guiju.law.text import T

WIDTH, HEIGHT, GAP_X, GAP_Y, PER_ROW = 128, 44, 22, 40, 5


@dataclass(frozen=True, slots=True)
class Node:
    """A state as a box."""

    name: str
    title: T
    x: int
    y: int
    on: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """An action as an arrow from state to state."""

    path: str
    title: T


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow chart with its size."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    width: int
    height: int
    sentence: T


def flow_of(regulation: str, clause: str = "") -> Flow | None:
    """Return the flow chart of the records that a regulation rules, or None where no room serves it yet.

    Args:
        regulation: such as ``R05``.
        clause: whose actions' states are marked.
    """
    actions = [a for a in all_actions() if a.kind and any(c.startswith(regulation) for c in a.clauses)]
    kinds: dict[str, int] = {}
    for action in actions:
        kinds[action.kind or ""] = kinds.get(action.kind or "", 0) + 1
    main = max(kinds, key=lambda kind: kinds[kind], default=None)
    kind = next((k for k in all_kinds() if k.name == main), None)
    if kind is None:
        return None
    return _draw(kind.model.states, [a for a in all_actions() if a.kind == main], clause)


def _draw(states: dict[str, T], actions: list[Any], clause: str) -> Flow:
    marked = {s for a in actions if clause in a.clauses for s in (*(a.states or ()), *a.leads_to)}
    places: dict[str, tuple[int, int]] = {}
    for place, name in enumerate(states):
        row, column = divmod(place, PER_ROW)
        column = column if row % 2 == 0 else PER_ROW - 1 - column
        places[name] = (6 + column * (WIDTH + GAP_X), 8 + row * (HEIGHT + GAP_Y))
    nodes = tuple(Node(name, states[name], x, y, name in marked) for name, (x, y) in places.items())
    edges: dict[tuple[str, str], Edge] = {}
    for action in actions:
        for begin in action.states or ():
            for end in action.leads_to:
                if begin != end and begin in places and end in places and (begin, end) not in edges:
                    edges[(begin, end)] = Edge(_path(places[begin], places[end]), action.title)
    rows = (len(states) - 1) // PER_ROW + 1
    sentence = T(
        "状态：" + "、".join(t.zh for t in states.values()), "States: " + ", ".join(t.en for t in states.values())
    )
    return Flow(nodes, tuple(edges.values()), 12 + PER_ROW * (WIDTH + GAP_X), 16 + rows * (HEIGHT + GAP_Y), sentence)


def _path(begin: tuple[int, int], end: tuple[int, int]) -> str:
    (x1, y1), (x2, y2) = begin, end
    if y1 == y2 and abs(x1 - x2) == WIDTH + GAP_X:
        y = y1 + HEIGHT // 2
        return f"M{x1 + WIDTH} {y}H{x2 - 1}" if x2 > x1 else f"M{x1} {y}H{x2 + WIDTH + 1}"
    if y1 == y2:
        lift = y1 - GAP_Y // 3
        return f"M{x1 + WIDTH // 2} {y1}V{lift}H{x2 + WIDTH // 2}V{y2 - 1}"
    begin_y, end_y = (y1 + HEIGHT, y2 - 1) if y2 > y1 else (y1, y2 + HEIGHT + 1)
    middle = (begin_y + end_y) // 2
    return f"M{x1 + WIDTH // 2} {begin_y}V{middle}H{x2 + WIDTH // 2}V{end_y}"

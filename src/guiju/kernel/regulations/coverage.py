"""What serves each clause: rules of the law, actions, screens, forms, reports, scenarios."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from guiju.kernel.actions.registry import all_actions
from guiju.law.loader import load_rulebook
from guiju.law.schema import Clause, Rulebook

CLAUSE_ID = re.compile(r"R\d\d-C\d{3}")
FAMILIES = {
    "duties": "duties",
    "periodic": "periodic",
    "findings": "penalties",
    "gates": "thresholds",
    "routes": "routes",
    "derives": "derivations",
    "notices": "notices",
}


def clause_sheet(root: Path | None = None) -> list[dict[str, Any]]:
    """Return every clause with what serves it.

    Args:
        root: folder whose ``scenarios`` are looked through; by default the working directory.
    """
    book = load_rulebook()
    served = _served(book)
    scenarios = _scenarios(root or Path.cwd())
    return [
        {
            "id": clause.id,
            "regulation": regulation.regulation,
            "kind": clause.kind,
            "origin": clause.origin,
            "text": clause.text._asdict(),
            "effective_from": regulation.effective_from.isoformat(),
            "served_by": served[clause.id],
            "scenarios": scenarios.get(clause.id, []),
        }
        for regulation in sorted(book.regulations.values(), key=lambda r: r.regulation)
        for clause in sorted(regulation.clauses, key=lambda c: c.id)
    ]


def _served(book: Rulebook) -> dict[str, dict[str, list[str]]]:
    served: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for clause in book.clauses.values():
        for family, shown in FAMILIES.items():
            for rule in getattr(clause, family):
                name = getattr(rule, "name", None)
                key = f"{clause.id}/{name}" if name else clause.id
                for one in (clause.id, *getattr(rule, "also", ())):
                    served[one][shown].append(key)
                    if getattr(rule, "penalties", ()) and shown != "penalties":
                        served[one]["penalties"].append(key)
        _declared(clause, served[clause.id])
    for regulation in book.regulations.values():
        for name, table in regulation.tables.items():
            served[table.clause]["thresholds"].append(name)
    for action in all_actions():
        for one in action.clauses:
            served[one]["actions"].append(action.name)
    return {
        one: {kind: list(dict.fromkeys(names)) for kind, names in kinds.items()} for one, kinds in served.items()
    } | {clause: {} for clause in book.clauses if clause not in served}


def _declared(clause: Clause, row: dict[str, list[str]]) -> None:
    for kind in type(clause.served).model_fields:
        row[kind].extend(getattr(clause.served, kind))
    if clause.guide:
        row["guide"].append(clause.id)


def _scenarios(root: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((root / "scenarios").glob("R*/*.yaml")):
        for clause in sorted(set(CLAUSE_ID.findall(path.read_text("utf-8").split("steps:", 1)[0]))):
            found[clause].append(path.relative_to(root).as_posix())
    return found

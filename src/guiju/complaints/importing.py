"""Imports complaints from a file by a named mapping kept in the product."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from guiju.complaints.actions.intake import stores_of
from guiju.complaints.models import Complaint
from guiju.kernel.actions.batches import RowFault, perform_many
from guiju.kernel.actions.perform import Origin
from guiju.kernel.authority.actor import Actor

FOLDER = Path(__file__).parent / "imports"


class UnknownColumnsError(ValueError):
    """No mapping of the product recognises the file's columns."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A named mapping: which columns make up which field of the action's input."""

    name: str
    action: str
    recognised_by: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    defaults: Mapping[str, str]

    def row(self, row: Mapping[str, str]) -> dict[str, Any]:
        """Return a file's row as the action's input; several columns are joined by blanks, empty fields left out."""
        made: dict[str, Any] = {}
        for name, sources in self.columns.items():
            value = " ".join(text for source in sources if (text := (row.get(source) or "").strip()))
            value = value or self.defaults.get(name, "")
            if value:
                made[name] = value
        return made


@dataclass(slots=True)
class ImportSummary:
    """What an import did."""

    read: int = 0
    taken: int = 0
    known: int = 0
    faults: list[RowFault] = field(default_factory=list)


def mappings() -> list[Mapped]:
    """Return every mapping that the room keeps."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        data = yaml.safe_load(path.read_text("utf-8"))
        found.append(
            Mapped(
                name=data["name"],
                action=data["action"],
                recognised_by=tuple(data["recognised_by"]),
                columns={key: tuple(value) for key, value in data["columns"].items()},
                defaults=data.get("defaults", {}),
            )
        )
    return found


def mapping_for(columns: list[str], name: str | None = None) -> Mapped:
    """Return the mapping named, or the one that recognises the columns.

    Raises:
        UnknownColumnsError: there is none.
    """
    for mapped in mappings():
        if mapped.name == name or (name is None and set(mapped.recognised_by) <= set(columns)):
            return mapped
    known = "; ".join(f"{m.name}: {', '.join(m.recognised_by)}" for m in mappings())
    raise UnknownColumnsError(f"no mapping fits the columns {', '.join(columns)}; known are {known}")


def import_file(
    path: Path,
    *,
    actor: Actor,
    at: datetime,
    mapping: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> ImportSummary:
    """Import a CSV file. What was imported before is known by its number there and is left alone.

    Args:
        path: a UTF-8 CSV file with a head row.
        actor: who imports.
        at: now.
        mapping: name of a mapping; by default the one that recognises the columns.
        progress: told the number of new rows looked at.

    Raises:
        UnknownColumnsError: no mapping fits.
    """
    summary = ImportSummary()
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        mapped = mapping_for(list(reader.fieldnames or []), mapping)
        store = stores_of(actor.company_id)[0][0]
        rows = [{"store": store, **mapped.row(row)} for row in reader]
    summary.read = len(rows)
    known = set(
        Complaint.objects.filter(company_id=actor.company_id, external_no__isnull=False).values_list(
            "external_no", flat=True
        )
    )
    fresh = list(_fresh(rows, known))
    summary.known = len(rows) - len(fresh)
    outcome = perform_many(mapped.action, fresh, actor=actor, at=at, origin=Origin("import"), progress=progress)
    summary.taken, summary.faults = outcome.done, outcome.faults
    return summary


def _fresh(rows: list[dict[str, Any]], known: set[str | None]) -> Iterator[dict[str, Any]]:
    """Yield the rows whose number is new, each number once; rows without one go on to be handed back."""
    seen = set(known)
    for row in rows:
        number = row.get("external_no")
        if number is None or number not in seen:
            seen.add(number)
            yield row

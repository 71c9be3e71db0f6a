"""Compares what a scenario expects with what resulted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from guiju.law.expressions import same
from guiju.law.scope import moment
from guiju.replay.scenario import SECTIONS, Check

TIMES = frozenset({"opened_at", "due_at", "done_at", "at", "closed_at"})


def failures(check: Check, outcome: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Return a sentence for every expectation that does not hold.

    Args:
        check: the expectations as of an instant.
        outcome: the lists of the replay's JSON, by section.
    """
    problems: list[str] = []
    for section in SECTIONS:
        problems.extend(_section(section, getattr(check.expect, section), outcome.get(section, ())))
    stamp = check.as_of[0].isoformat(timespec="minutes")
    return [f"as of {stamp}: {problem}" for problem in problems]


def _section(section: str, expected: list[dict[str, Any]], found: Sequence[Mapping[str, Any]]) -> list[str]:
    problems: list[str] = []
    wanted: list[dict[str, Any]] = []
    for entry in expected:
        if entry.get("none"):
            fields = {k: v for k, v in entry.items() if k != "none"}
            problems.extend(
                f"{section}: {fields} must not arise, but {brief(f)} did" for f in found if matches(fields, f)
            )
        else:
            wanted.append(entry)
    taken = _assign(wanted, found)
    for index, entry in enumerate(wanted):
        if index not in taken:
            near = [brief(f) for f in found if matches({"clause": entry.get("clause")}, f)]
            problems.append(f"{section}: nothing matches {entry}; of that clause there is {near or 'nothing'}")
    return problems


def _assign(wanted: list[dict[str, Any]], found: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Return for each expectation a result of its own, as many as possible (augmenting paths)."""
    fits = [[j for j, f in enumerate(found) if matches(entry, f)] for entry in wanted]
    holder: dict[int, int] = {}

    def place(i: int, seen: set[int]) -> bool:
        for j in fits[i]:
            if j not in seen:
                seen.add(j)
                if j not in holder or place(holder[j], seen):
                    holder[j] = i
                    return True
        return False

    for i in range(len(wanted)):
        place(i, set())
    return {i: j for j, i in holder.items()}


def matches(expected: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Return whether a result has every expected field; extra fields are fine."""
    return all(_field(key, value, found) for key, value in expected.items() if value is not None or key != "clause")


def _field(key: str, value: Any, found: Mapping[str, Any]) -> bool:
    if key == "clause":
        return value in (found.get("clause"), *found.get("also", ()))
    if key not in found:
        return False
    actual = found[key]
    if isinstance(value, list) and isinstance(actual, list):
        return len(value) <= len(actual) and all(
            matches(v, a) if isinstance(v, Mapping) else same(v, a) for v, a in zip(value, actual, strict=False)
        )
    if key in ("reason", "text"):
        return isinstance(actual, str) and str(value) in actual
    if key in TIMES and value is not None:
        return actual is not None and moment(value)[0] == moment(actual)[0]
    if isinstance(value, date | datetime):
        return actual is not None and moment(value)[0] == moment(actual)[0]
    return same(value, actual)


def brief(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the telling fields of a result."""
    keys = (
        "clause",
        "subject",
        "instance",
        "role",
        "due_at",
        "done_at",
        "state",
        "amount",
        "units",
        "assessor",
        "reason",
        "steps",
    )
    return {key: found[key] for key in keys if found.get(key) not in (None, "")}

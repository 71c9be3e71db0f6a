"""Replays a scenario with acts: through policy, states, forms and records, on a virtual clock, in a scratch database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from guiju.cli.runtime import scratch_database
from guiju.law.schema import Rulebook
from guiju.replay.matching import failures
from guiju.replay.pure import Outcome
from guiju.replay.scenario import Check, Scenario

REFERENCE = re.compile(r"^\$(\w+)(?:\[(-?\d+)\])?(?:\.(\w+))?$")


def run_live(scenario: Scenario, rulebook: Rulebook, checks: Sequence[Check]) -> tuple[Outcome, list[str]]:
    """Run a scenario in a scratch database.

    Returns:
        The outcome as of the last check, and a sentence for every expectation that does not hold.
    """
    with scratch_database():
        return run_here(scenario, rulebook, checks)


def run_here(scenario: Scenario, rulebook: Rulebook, checks: Sequence[Check]) -> tuple[Outcome, list[str]]:
    """Run a scenario in the database at hand, which must be a scratch one; nothing of it is kept."""
    from django.db import transaction

    from guiju.kernel.regulations.books import using_rulebook
    from guiju.replay.stage import Stage

    book = rulebook.with_overrides(parameters=scenario.overrides, effective=scenario.effective)
    with transaction.atomic(), using_rulebook(book):
        stage = Stage(scenario)
        outcome, problems = _play(scenario, stage, sorted(checks, key=lambda check: check.as_of[0]))
        transaction.set_rollback(True)
    return outcome, problems


def _play(scenario: Scenario, stage: Any, checks: Sequence[Check]) -> tuple[Outcome, list[str]]:
    problems: list[str] = []
    waiting = list(checks)
    outcome: Outcome = {}

    def look(until: datetime | None) -> None:
        nonlocal outcome
        while waiting and (until is None or waiting[0].as_of[0] < until):
            check = waiting.pop(0)
            outcome = stage.outcome(check.as_of[0])
            problems.extend(failures(check, outcome))
            problems.extend(stage.record_failures(check))

    for index, step in enumerate(scenario.steps):
        look(step.at[0])
        stage.take(index, step)
    look(None)
    return outcome, problems

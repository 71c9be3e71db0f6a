"""``guiju replay``: run a scenario on a virtual clock and print what results."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from guiju.law.loader import RulebookError, load_rulebook
from guiju.law.schema import Rulebook
from guiju.law.scope import moment
from guiju.replay.matching import brief, failures
from guiju.replay.pure import Outcome, run_pure
from guiju.replay.scenario import Scenario, ScenarioError, load_scenario

WRONG_FILE = 2


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--as-of", "as_of", help="Evaluate as of this time instead of the file's own, e.g. 2026-06-05T00:00.")
@click.option(
    "--rulebook", "folder", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Use another rulebook."
)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def replay(files: tuple[Path, ...], as_of: str | None, folder: Path | None, as_json: bool) -> None:
    """Run scenario FILES: events and acts on a virtual clock. Exit status 0 when every expectation holds, 1 when one does not,
    2 when a file is wrong."""
    instant = _instant(as_of)
    try:
        rulebook = load_rulebook(folder)
    except RulebookError as error:
        _stop(str(error))
    failed = False
    outcomes: list[dict[str, Any]] = []
    for path in _expand(files):
        try:
            scenario = load_scenario(path)
        except ScenarioError as error:
            _stop(str(error))
        outcome, problems = run_scenario(scenario, rulebook, instant)
        failed = failed or bool(problems)
        outcomes.append({"file": str(path), **outcome, "failures": problems})
        if not as_json:
            _print(path, scenario, outcome, problems)
    if as_json:
        shown = outcomes[0] if len(outcomes) == 1 else outcomes
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1, default=str))
    sys.exit(1 if failed else 0)


def run_scenario(scenario: Scenario, rulebook: Rulebook, as_of: datetime | None = None) -> tuple[Outcome, list[str]]:
    """Run a scenario and compare.

    Returns:
        The outcome as of the last check, and a sentence for every expectation that does not hold.
    """
    checks = scenario.all_checks(as_of)
    if scenario.needs_rooms:
        from guiju.replay.live import run_live

        return run_live(scenario, rulebook, checks)
    problems: list[str] = []
    outcome: Outcome = {}
    for check in checks:
        outcome = run_pure(scenario, rulebook, check.as_of[0])
        problems.extend(failures(check, outcome))
    return outcome, problems


def _expand(files: tuple[Path, ...]) -> list[Path]:
    return [found for path in files for found in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])]


def _instant(text: str | None) -> datetime | None:
    try:
        return moment(text)[0] if text else None
    except ValueError as error:
        _stop(f"--as-of: {error}")


def _stop(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(WRONG_FILE)


def _print(path: Path, scenario: Scenario, outcome: Outcome, problems: list[str]) -> None:
    click.echo(f"{'✗' if problems else '✓'} {path}  {scenario.title}")
    for section, rows in outcome.items():
        for row in rows if section != "notices" else ():
            click.echo(f"    {section}: " + "  ".join(f"{k}={v}" for k, v in brief(row).items()))
    for problem in problems:
        click.echo(f"    ! {problem}")

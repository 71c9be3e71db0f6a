"""Every scenario of the repository holds, by the law alone or through everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from guiju.law.loader import load_rulebook
from guiju.replay.live import run_here
from guiju.replay.matching import failures
from guiju.replay.pure import run_pure
from guiju.replay.scenario import SECTIONS, Scenario, ScenarioError, load_scenario

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "scenarios").glob("R*/*.yaml"))
LIVE = [path for path in FILES if load_scenario(path).needs_rooms]
PURE = [path for path in FILES if path not in LIVE]


def wanted(scenario: Scenario) -> int:
    """Return how many things a scenario expects."""
    checks = scenario.all_checks()
    return sum(len(getattr(check.expect, section)) for check in checks for section in (*SECTIONS, "records"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_it_expects_something_and_names_known_clauses(path: Path) -> None:
    scenario = load_scenario(path)
    assert wanted(scenario) > 0
    assert set(scenario.clause) <= set(load_rulebook().clauses)
    assert path.stem.startswith(scenario.clause[0]) or any(path.stem.startswith(clause) for clause in scenario.clause)


@pytest.mark.parametrize("path", PURE, ids=lambda p: p.stem)
def test_it_holds_by_the_law_alone(path: Path) -> None:
    scenario = load_scenario(path)
    for check in scenario.all_checks():
        assert failures(check, run_pure(scenario, load_rulebook(), check.as_of[0])) == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", LIVE, ids=lambda p: p.stem)
def test_it_holds_through_everything(path: Path) -> None:
    scenario = load_scenario(path)
    _, problems = run_here(scenario, load_rulebook(), scenario.all_checks())
    assert problems == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", PURE, ids=lambda p: p.stem)
def test_stored_rows_agree_with_the_law_alone(path: Path) -> None:
    """The same raw events, kept in the database and swept, come to the same duties and fines as the pure evaluation."""
    scenario = load_scenario(path)
    if any(expected for check in scenario.all_checks() for expected in check.expect.refusals):
        pytest.skip("an event that is refused is not kept")
    scenario = scenario.model_copy(update={"checks": []})
    check = scenario.all_checks()[-1]
    live, _ = run_here(scenario, load_rulebook(), [check])
    pure = run_pure(scenario, load_rulebook(), check.as_of[0])
    fields = ("clause", "key", "subject", "instance", "role", "due_at", "done_at", "state")
    assert sorted(_rows(live["duties"], fields)) == sorted(_rows(pure["duties"], fields))
    money = ("clause", "subject", "role", "amount", "units", "assessor")
    assert sorted(_rows(live["penalties"], money)) == sorted(_rows(pure["penalties"], money))


def _rows(rows: list[dict[str, object]], fields: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [tuple(str(row.get(field)) for field in fields) for row in rows]


def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("clause: R05-C027\ntitle: x\nsteps:\n  - {at: nonsense, event: a.b, subject: 'c:d'}\n", "utf-8")
    with pytest.raises(ScenarioError, match=r"wrong\.yaml:4: "):
        load_scenario(path)


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "twice.yaml"
    path.write_text("clause: R05-C027\nclause: R05-C028\n", "utf-8")
    with pytest.raises(ScenarioError, match=r"twice\.yaml:2: «clause» stands twice"):
        load_scenario(path)

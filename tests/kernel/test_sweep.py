"""What time does by itself, and that what is stored stays equal to the law."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from guiju.demo.load import load_demo
from guiju.demo.organisation import build_group
from guiju.kernel.authority.models import Company
from guiju.kernel.duties.models import DutyRow, PenaltyRow
from guiju.kernel.duties.sweep import advance, sweep
from guiju.kernel.duties.verify import verify
from guiju.law.times import CN
from guiju.replay.scenario import Scenario
from guiju.replay.stage import Stage

MAIN_WORKS = Scenario.model_validate(
    {
        "clause": "R02-C006",
        "title": "late",
        "steps": [{"at": "2026-03-01T10:00", "event": "building.main_works_completed", "subject": "building:1栋"}],
    }
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CN)


@pytest.fixture
def late(db: None) -> None:
    stage = Stage(MAIN_WORKS)
    stage.take(0, MAIN_WORKS.steps[0])


def test_a_duty_is_late_at_its_instant_and_not_before(late: None) -> None:
    advance(at("2026-05-30T23:59:59"))
    assert DutyRow.objects.get(clause="R02-C006").state == "open"
    advance(at("2026-05-31T00:00"))
    assert DutyRow.objects.get(clause="R02-C006").state == "overdue"


def test_a_fine_grows_by_full_days_and_is_proposed_at_the_months_end(late: None) -> None:
    advance(at("2026-05-31T23:59"))
    assert not PenaltyRow.objects.exists()
    advance(at("2026-06-01T00:00"))
    row = PenaltyRow.objects.get(role="工程管理中心总监")
    assert (row.units, row.amount, row.state) == (1, Decimal(100), "proposed")
    advance(at("2026-06-11T12:00"))
    row.refresh_from_db()
    assert (row.units, row.amount) == (11, Decimal(1100))


def test_sweeping_again_changes_nothing(late: None) -> None:
    moment = at("2026-06-11T12:00")
    advance(moment)
    before = list(PenaltyRow.objects.values())
    second = advance(moment)
    assert (second.late, second.fines) == (0, 0)
    assert list(PenaltyRow.objects.values()) == before


def test_what_is_stored_equals_the_law(late: None) -> None:
    moment = at("2026-06-11T12:00")
    advance(moment)
    assert list(verify(as_of=moment)) == []


def test_verify_finds_an_altered_due_time(late: None) -> None:
    DutyRow.objects.update(due_at=at("2026-12-31T00:00"))
    found = list(verify(as_of=at("2026-04-01T00:00")))
    assert [(one.field, one.subject) for one in found] == [("due_at", "building:1栋")]


def test_the_sweep_refuses_a_jumped_clock(late: None) -> None:
    swept = sweep(timezone.now() + timedelta(days=3))
    assert "clocks differ" in swept.refused
    assert DutyRow.objects.get(clause="R02-C006").state == "open"
    assert sweep(timezone.now()).refused == ""


def test_the_demo_group_has_work_and_agrees_with_the_law(db: None) -> None:
    now = timezone.now()
    load_demo(now)
    assert Company.objects.count() == 6
    assert DutyRow.objects.filter(state="overdue").exists()
    assert list(verify(as_of=now)) == []


def test_building_the_group_twice_changes_nothing(db: None) -> None:
    build_group()
    before = DutyRow.objects.count(), Company.objects.count()
    build_group()
    assert (DutyRow.objects.count(), Company.objects.count()) == before

"""The clock: which times are trusted, and what becomes of jobs whose worker died."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from guiju.server.clock import ClockGuard
from guiju.server.stalled import Swept, sweep

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def look(guard: ClockGuard, *, wall: float, steady: float, database: float | None = None) -> str | None:
    """Show the guard clocks that read so many seconds after noon."""
    return guard.refusal(
        wall=NOON + timedelta(seconds=wall),
        steady_seconds=1_000 + steady,
        database=NOON + timedelta(seconds=wall if database is None else database),
    )


def test_time_that_runs_is_trusted() -> None:
    guard = ClockGuard()
    assert [look(guard, wall=60 * n, steady=60 * n) for n in range(5)] == [None] * 5


@pytest.mark.parametrize(("skew", "trusted"), [(119, True), (120, True), (121, False), (-120, True), (-121, False)])
def test_the_database_may_differ_by_two_minutes(skew: int, trusted: bool) -> None:
    refusal = look(ClockGuard(), wall=0, steady=0, database=skew)
    assert (refusal is None) is trusted


@pytest.mark.parametrize("jump", [3 * 86_400, 3_600, -86_400, 121, -121])
def test_a_jump_is_refused_until_the_clock_is_back(jump: int) -> None:
    guard = ClockGuard()
    assert look(guard, wall=0, steady=0) is None
    assert look(guard, wall=60 + jump, steady=60) == f"the clock jumped by {jump} s"
    assert look(guard, wall=120 + jump, steady=120) == f"the clock jumped by {jump} s"
    assert look(guard, wall=180, steady=180) is None


def test_a_laptop_that_slept_is_no_jump() -> None:
    guard = ClockGuard()
    assert look(guard, wall=0, steady=0) is None
    assert look(guard, wall=8 * 3_600, steady=8 * 3_600) is None


def test_small_corrections_never_add_up_to_a_jump() -> None:
    guard = ClockGuard()
    assert [look(guard, wall=70 * n, steady=60 * n) for n in range(50)] == [None] * 50


def job(*, heartbeat_age: int | None, attempts: int = 0, status: str = "doing") -> int:
    """A job in the table, held by a worker that was last heard of so many seconds ago; None: by no worker."""
    with connection.cursor() as cursor:
        worker = None
        if heartbeat_age is not None:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 s') RETURNING id",
                [heartbeat_age],
            )
            worker = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts, worker_id)"
            " VALUES ('default', 'a.task', %s, %s, %s) RETURNING id",
            [status, attempts, worker],
        )
        return int(cursor.fetchone()[0])


def state(number: int) -> tuple[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, attempts FROM procrastinate_jobs WHERE id = %s", [number])
        row = cursor.fetchone()
    return row[0], row[1]


@pytest.mark.django_db
def test_jobs_of_the_dead_are_put_back_and_those_of_the_living_left() -> None:
    dead, orphan, living, done = (
        job(heartbeat_age=31),
        job(heartbeat_age=None),
        job(heartbeat_age=5),
        job(heartbeat_age=31, status="succeeded"),
    )
    assert sweep() == Swept(retried=(dead, orphan), parked=())
    assert [state(number) for number in (dead, orphan, living, done)] == [
        ("todo", 1), ("todo", 1), ("doing", 0), ("succeeded", 0),
    ]  # fmt: skip
    assert sweep() == Swept(retried=(), parked=())


@pytest.mark.django_db
def test_a_job_that_kills_its_workers_is_parked_at_the_third_attempt() -> None:
    poison = job(heartbeat_age=None)
    outcomes = []
    for _attempt in range(3):
        outcomes.append(sweep())
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s AND status = 'todo'", [poison])
    assert outcomes == [Swept((poison,), ()), Swept((poison,), ()), Swept((), (poison,))]
    assert state(poison) == ("failed", 3)
    assert sweep() == Swept((), ())

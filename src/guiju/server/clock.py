"""The clock: once a minute it asks what is due by now, and frees jobs whose worker died.

It runs beside the job queue, never in it: a queue that is stuck cannot free itself (RELIABILITY F1). One clock at a
time acts, however many run: the others wait for its advisory lock.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

log = structlog.get_logger(__name__)

#: Key of the advisory lock that the acting clock holds.
CLOCK_LOCK = 7_305_103
#: Seconds between two looks.
EVERY = 60.0
#: Seconds between two checks that the database is there and the lock still ours.
HOLD_EVERY = 2.0
#: Seconds by which clocks may differ before nothing that costs anybody money is done (RELIABILITY F7).
TOLERANCE = 120.0


def steady() -> float:
    """Seconds on a clock that nobody can set and that runs on while a laptop sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass
class ClockGuard:
    """Tells a clock that was set from one that ran.

    The wall clock must have moved as far as the steady one since the first look, and must agree with the database's.
    A guard that refused accepts the time again as soon as it is back where it should be. When the new time is the
    right one, restarting Guiju makes it the reference.

    Args:
        tolerance: seconds of difference that are let pass.
    """

    tolerance: float = TOLERANCE
    _reference: tuple[datetime, float] | None = field(default=None, init=False)

    def refusal(self, *, wall: datetime, steady_seconds: float, database: datetime) -> str | None:
        """Why the present time is not to be trusted; None when it is."""
        skew = (wall - database).total_seconds()
        if abs(skew) > self.tolerance:
            return f"the database's clock differs from this machine's by {skew:.0f} s"
        if self._reference is None:
            self._reference = (wall, steady_seconds)
            return None
        jump = (wall - self._reference[0]).total_seconds() - (steady_seconds - self._reference[1])
        if abs(jump) > self.tolerance:
            return f"the clock jumped by {jump:.0f} s"
        # Small steps are the time service at work: they must not add up to a jump.
        self._reference = (wall, steady_seconds)
        return None


def database_now(connection: BaseDatabaseWrapper) -> datetime:
    """What time the database believes it is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment


def _domain_sweep() -> Callable[[datetime], object] | None:
    """The kernel's sweep, once the kernel has one."""
    if find_spec("guiju.kernel.duties") is None or find_spec("guiju.kernel.duties.sweep") is None:
        return None
    from guiju.kernel.duties.sweep import sweep

    return sweep


def tick(guard: ClockGuard, *, now: datetime, steady_seconds: float) -> str | None:
    """One look: free stalled jobs, then, when the time can be trusted, whatever fell due.

    Returns:
        Why the time was not trusted; None when it was.
    """
    from django.db import connection

    from guiju.server import stalled

    stalled.sweep()
    refusal = guard.refusal(wall=now, steady_seconds=steady_seconds, database=database_now(connection))
    if refusal:
        log.error("clock_refused", reason=refusal)
        return refusal
    sweep = _domain_sweep()
    outcome = None if sweep is None else sweep(now)
    refused = str(getattr(outcome, "refused", "")) or None
    if refused:
        log.warning("sweep_refused", reason=refused)
    return refused


def run() -> None:
    """Tick until told to stop. Ends with an error when the database goes away; the supervisor starts it again."""
    from guiju.cli.runtime import setup_django

    setup_django()
    from django.db import DatabaseError, connection

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    keeper = connection.copy()
    try:
        _tick_on(keeper, stop)
    except DatabaseError as error:
        log.warning("clock_lost_the_database", error=str(error).strip())
        sys.exit(1)
    finally:
        keeper.close()
        connection.close()


def _tick_on(keeper: BaseDatabaseWrapper, stop: threading.Event) -> None:
    """Look once a minute, and in between every few seconds whether this is still the acting clock."""
    guard = ClockGuard()
    next_look = 0.0
    while not stop.is_set():
        if _hold(keeper) and steady() >= next_look:
            tick(guard, now=datetime.now(UTC), steady_seconds=steady())
            next_look = steady() + EVERY - time.time() % EVERY
        stop.wait(HOLD_EVERY)


def _hold(keeper: BaseDatabaseWrapper) -> bool:
    """Whether this process is the acting clock. Raises when the connection that held the lock is gone."""
    with keeper.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = %s"
            " AND pid = pg_backend_pid()) OR pg_try_advisory_lock(%s)",
            [CLOCK_LOCK, CLOCK_LOCK],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


if __name__ == "__main__":
    run()

"""`guiju serve`: one process that owns database, web, worker and clock, and keeps each of them alive.

Order matters. Up: database, tables, then who uses them. Down: web, worker and clock first, the database last.
Nothing here imports Django for longer than it takes to prepare, and nothing here starts threads, since children are
forked from this process.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from guiju.config.environment import Environment
from guiju.server.children import Child, Roll, end_all
from guiju.server.locks import FileLock
from guiju.server.postgres import Cluster, DatabaseStartError, Lease

#: Seconds that requests and jobs under way get to finish.
GRACE = 25.0
LOOK_EVERY = 0.2
DATABASE_LOOK_EVERY = 1.0


class PreparationError(RuntimeError):
    """Migrations or another preparation failed; the reason went to standard error."""


class AlreadyServingError(RuntimeError):
    """Another `guiju serve` uses the same data directory."""


def default_children() -> list[Child]:
    """Who runs beside the database."""
    python = sys.executable
    return [
        Child("web", [python, "-m", "gunicorn", "--config", "python:guiju.server.web"]),
        Child("worker", [python, "-m", "guiju.server.worker"]),
        Child("clock", [python, "-m", "guiju.server.clock"]),
    ]


@dataclass
class Supervisor:
    """Runs the house.

    Args:
        env: the environment.
        report: takes one line of progress for people.
    """

    env: Environment
    report: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    _signals: int = 0
    _cluster: Cluster | None = None
    _database_pause: float = 0.5
    _database_look_at: float = 0.0

    def run(self) -> None:
        """Serve until SIGTERM or Ctrl-C. A second signal stops being patient.

        Raises:
            AlreadyServingError: see there.
            DatabaseStartError: the database does not start.
            PreparationError: see there.
        """
        lock = FileLock(self.env.run_dir / "serve.lock")
        if not lock.acquire():
            raise AlreadyServingError(f"another `guiju serve` uses {self.env.data_dir}")
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        roll = Roll(self.env.run_dir / "children.json")
        for name in roll.end_orphans():
            self.report(f"ended {name}, left over from a run that was killed")
        lease = self._database()
        try:
            self._prepare()
            self._serve(roll)
        finally:
            self.report("stopping")
            end_all(self.children, within=GRACE, hurry=lambda: self._signals > 1)
            roll.write([])
            if lease is not None:
                lease.release()
            lock.release()
            self.report("stopped")

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1

    def _database(self) -> Lease | None:
        if not self.env.embedded:
            return None
        self._cluster = Cluster(env=self.env)
        lease = Lease(self._cluster)
        self.report("starting the database")
        if not lease.acquire():
            self.report("the database was running")
        return lease

    def _prepare(self) -> None:
        """In a child: what it imports and opens is gone when the others start."""
        step = Child("prepare", [sys.executable, "-m", "guiju.cli", "prepare"])
        step.start()
        while step.alive and not self._signals:
            time.sleep(0.05)
        end_all([step], within=GRACE, hurry=lambda: self._signals > 1)
        if step.process is not None and step.process.returncode and not self._signals:
            raise PreparationError

    def _serve(self, roll: Roll) -> None:
        self.children = default_children()
        announced = False
        while not self._signals:
            if self._tend_database():
                started = [child for child in self.children if child.tend(self.report)]
                if started:
                    roll.write(self.children)
            if not announced and self.children[0].alive:
                self.report(f"serving at http://{self.env.bind}:{self.env.port}")
                announced = True
            time.sleep(LOOK_EVERY)

    def _tend_database(self) -> bool:
        """Bring the database back when it died. The others are left running: they find it again by themselves.

        Returns:
            Whether it is up.
        """
        now = time.monotonic()
        if self._cluster is None or now < self._database_look_at:
            return self._cluster is None or self._database_pause == 0.5
        self._database_look_at = now + DATABASE_LOOK_EVERY
        if self._cluster.pid() is not None:
            self._database_pause = 0.5
            return True
        self.report("the database ended; starting it again")
        try:
            self._cluster.start()
        except (DatabaseStartError, TimeoutError, OSError) as error:
            self.report(f"the database does not start: {error}")
            self._database_pause = min(self._database_pause * 2, 30.0)
            self._database_look_at = now + self._database_pause
            return False
        self._database_pause = 0.5
        return True

"""Jobs whose worker was killed: put back, or parked when they kill every worker (RELIABILITY F1, F3)."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from django.db import connection, transaction

log = structlog.get_logger(__name__)

#: Seconds without a sign of life after which a worker is taken for dead; it gives one every 10 s.
SILENCE = 30.0
#: A job that was begun this often and never ended is parked as failed.
ATTEMPTS = 3

_STALLED = """
    SELECT job.id, job.task_name, job.attempts + 1
      FROM procrastinate_jobs job
      LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
     WHERE job.status = 'doing'
       AND (worker.id IS NULL OR worker.last_heartbeat < now() - %s * interval '1 second')
     ORDER BY job.id
       FOR UPDATE OF job SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Swept:
    """The ids of the jobs that were put back, and of those that were parked."""

    retried: tuple[int, ...]
    parked: tuple[int, ...]


def sweep(*, silence: float = SILENCE, attempts: int = ATTEMPTS) -> Swept:
    """Free every job that a dead worker holds.

    Args:
        silence: seconds after which a worker counts as dead.
        attempts: how often a job may be begun before it is parked.
    """
    retried: list[int] = []
    parked: list[int] = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_STALLED, [silence])
        for job, task, begun in cursor.fetchall():
            if begun >= attempts:
                cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [job])
                parked.append(job)
                log.error("job_parked", job=job, task=task, attempts=begun)
            else:
                cursor.execute("SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", [job])
                retried.append(job)
                log.warning("job_put_back", job=job, task=task, attempts=begun)
    return Swept(retried=tuple(retried), parked=tuple(parked))

"""Throwing all data of the embedded database away. For the demo group; never done by itself."""

from __future__ import annotations

import shutil

from guiju.config.environment import Environment
from guiju.server.locks import FileLock, exclusive
from guiju.server.postgres import Cluster


class InUseError(RuntimeError):
    """Somebody uses the data: `guiju serve` or another command."""


def wipe(env: Environment) -> None:
    """Delete database and stored files; keep secrets, so that sessions and links stay valid.

    Raises:
        InUseError: see there.
        ValueError: the database is not ours (DATABASE_URL).
    """
    if not env.embedded:
        raise ValueError("a database that is not ours is never thrown away")
    serving, users = FileLock(env.run_dir / "serve.lock"), FileLock(env.run_dir / "postgres.users")
    try:
        if not serving.acquire():
            raise InUseError("stop `guiju serve` first")
        with exclusive(env.run_dir / "postgres.mutex", wait=10):
            if not users.acquire():
                raise InUseError("another command is at work with the database")
            Cluster(env=env).stop_alone()
            for directory in (env.database_dir, env.files_dir):
                shutil.rmtree(directory, ignore_errors=True)
            (env.data_dir / "demo").unlink(missing_ok=True)
    finally:
        users.release()
        serving.release()

"""Throws the embedded database away."""

from __future__ import annotations

import shutil

from guiju.config.environment import Environment
from guiju.server import postgres


def wipe(env: Environment) -> None:
    """Remove the embedded database's files. It must not be running.

    Args:
        env: whose data folder it is.

    Raises:
        RuntimeError: a server is using it.
    """
    if postgres.Cluster(env=env).answers():
        raise RuntimeError("stop guiju serve first")
    shutil.rmtree(env.database_dir, ignore_errors=True)

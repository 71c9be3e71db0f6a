"""The database server of a test run: private, started before the first test and gone after the last."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from guiju.config.environment import environment
from guiju.server.postgres import Cluster, Lease

_lease: Lease | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Start the server in the first process; workers of pytest-xdist find it running."""
    global _lease
    if hasattr(config, "workerinput") or not environment().embedded or config.option.collectonly:
        return
    _lease = Lease(Cluster(env=environment(), durable=False))
    _lease.acquire()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started and leave nothing behind."""
    global _lease
    if hasattr(config, "workerinput"):
        return
    if _lease is not None:
        _lease.release()
        _lease = None
    shutil.rmtree(Path(os.environ["GUIJU_TEST_DATA_DIR"]), ignore_errors=True)

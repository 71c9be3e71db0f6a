"""A data directory that was prepared once, copied for each test that wants a house."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.server.house import House, guiju


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a migrated database and collected static files, at rest."""
    directory = tmp_path_factory.mktemp("prepared") / "data"
    done = guiju(directory, "prepare")
    assert done.returncode == 0, done.stderr
    return directory


@pytest.fixture
def data_dir(prepared: Path, tmp_path: Path) -> Path:
    """A copy of it, with owners and modes kept."""
    target = tmp_path / "data"
    subprocess.run(["cp", "-a", str(prepared), str(target)], check=True)
    shutil.rmtree(target / "run")
    return target


@pytest.fixture
def house(data_dir: Path) -> House:
    return House(data_dir)

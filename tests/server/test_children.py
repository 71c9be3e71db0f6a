"""Child processes: pauses between starts, polite and impolite ends, and strangers that are left alone."""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from guiju.server import children
from guiju.server.children import Child, Roll, end_all
from guiju.server.locks import FileLock, exclusive

SLEEP = [sys.executable, "-c", "import time; time.sleep(300)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(300)",
]


def test_a_child_that_dies_at_once_is_started_ever_more_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    monkeypatch.setattr(children.time, "monotonic", lambda: now[0])
    child = Child("short", [sys.executable, "-c", "raise SystemExit(3)"])
    said: list[str] = []
    starts = []
    while len(starts) < 9:
        if child.tend(said.append):
            starts.append(now[0])
            assert child.process is not None
            child.process.wait()
        now[0] += 0.5
    assert [later - earlier for earlier, later in pairwise(starts)] == [
        1.0, 1.5, 2.5, 4.5, 8.5, 16.5, 30.5, 30.5,
    ]  # fmt: skip
    assert said[0] == "short ended (exit status 3); starting it again in 0.5 s"


def test_a_life_that_lasted_is_followed_by_a_short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    monkeypatch.setattr(children.time, "monotonic", lambda: now[0])
    child = Child("long", SLEEP, pause=16.0)
    assert child.tend(lambda _: None)
    now[0] += children.LASTING + 1
    assert child.process is not None
    child.process.kill()
    child.process.wait()
    assert not child.tend(lambda _: None)
    assert child.not_before == now[0] + children.FIRST_PAUSE


def test_whoever_does_not_listen_is_killed(capfd: pytest.CaptureFixture[str]) -> None:
    polite, deaf = Child("polite", SLEEP), Child("deaf", DEAF)
    for child in (polite, deaf):
        child.start()
    while "deaf" not in capfd.readouterr().out:
        time.sleep(0.05)
    end_all([polite, deaf], within=1.0)
    assert polite.process is not None
    assert deaf.process is not None
    assert (polite.process.returncode, deaf.process.returncode) == (-15, -9)


def test_orphans_are_ended_and_strangers_are_not(tmp_path: Path) -> None:
    orphan, stranger = Child("orphan", SLEEP), Child("stranger", SLEEP)
    for child in (orphan, stranger):
        child.start()
    assert orphan.process is not None
    assert stranger.process is not None
    roll = Roll(tmp_path / "run" / "children.json")
    roll.write([orphan, stranger])
    entries = json.loads(roll.path.read_text())
    assert [entry["name"] for entry in entries] == ["orphan", "stranger"]
    # The same number, born at another time, is somebody else.
    entries[1]["born"] -= 3_600
    roll.path.write_text(json.dumps(entries))
    assert roll.end_orphans(within=5) == ["orphan"]
    assert stranger.alive
    assert not psutil.pid_exists(orphan.process.pid) or orphan.process.poll() is not None
    assert roll.end_orphans() == []
    end_all([orphan, stranger], within=5)


@pytest.mark.parametrize("content", ["", "{", '{"pid": 1}'])
def test_a_spoilt_roll_names_nobody(tmp_path: Path, content: str) -> None:
    path = tmp_path / "children.json"
    path.write_text(content)
    assert Roll(path).end_orphans() == []


def test_locks_exclude_and_share(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first, second = FileLock(path), FileLock(path)
    assert first.acquire(shared=True)
    assert second.acquire(shared=True)
    assert not second.acquire()
    first.release()
    assert second.acquire()
    assert not first.acquire(shared=True)
    assert not first.held
    begun = time.monotonic()
    with pytest.raises(TimeoutError, match="held by another process"), exclusive(path, wait=0.2):
        pass
    assert time.monotonic() - begun < 2
    second.release()
    with exclusive(path, wait=0.2):
        assert path.stat().st_mode & 0o077 == 0

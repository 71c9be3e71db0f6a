"""Child processes that are started again when they die, with a growing pause, and that never outlive us for long."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

#: Pauses before a start, in seconds: doubled at each death, forgotten after a life that lasted.
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
LASTING = 60.0
PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """Ask the kernel to end the child when its parent is killed. Runs in the child, between fork and exec."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One program that should always run.

    Args:
        name: what people read in the log.
        command: the program and its arguments.
        environment: variables beside our own.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    pause: float = FIRST_PAUSE
    not_before: float = 0.0
    started_at: float = 0.0

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the program, in a process group of its own so that it can be ended with all its offspring."""
        self.process = subprocess.Popen(  # noqa: S603
            self.command,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **self.environment},
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 (before any thread)
        )
        self.started_at = time.monotonic()

    def tend(self, report: Callable[[str], None]) -> bool:
        """Start the program when it is not running and its pause is over.

        Returns:
            Whether it was started.
        """
        if self.alive:
            return False
        now = time.monotonic()
        if self.process is not None:
            ending = _ending(self.process.returncode)
            report(f"{self.name} ended ({ending}); starting it again in {self._rest(now):.1f} s")
            self.process = None
        if now < self.not_before:
            return False
        self.start()
        return True

    def _rest(self, now: float) -> float:
        """Note how long to wait before the next start, and the wait after that."""
        if now - self.started_at > LASTING:
            self.pause = FIRST_PAUSE
        rest = self.pause
        self.not_before = now + rest
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        return rest

    def end(self, number: signal.Signals) -> None:
        """Send a signal: SIGTERM to the program, which tells its own offspring; SIGKILL to all of them."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if number is signal.SIGKILL:
                os.killpg(self.process.pid, number)
            elif self.alive:
                os.kill(self.process.pid, number)


def _ending(code: int) -> str:
    return f"exit status {code}" if code >= 0 else signal.Signals(-code).name


def end_all(children: Sequence[Child], *, within: float, hurry: Callable[[], bool] = lambda: False) -> None:
    """End all children in the polite way, and those that do not listen in the other.

    Args:
        within: seconds to be polite.
        hurry: asked again and again whether to stop being polite.
    """
    for child in children:
        child.end(signal.SIGTERM)
    deadline = time.monotonic() + within
    while any(child.alive for child in children) and time.monotonic() < deadline and not hurry():
        time.sleep(0.05)
    for child in children:
        child.end(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()


class Roll:
    """A file that names the running children, so that the next supervisor can end those of one that was killed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, children: Sequence[Child]) -> None:
        """Note who runs. A number alone could later belong to a stranger, so the time of birth stands beside it."""
        entries = []
        for child in children:
            if child.process is not None and child.alive:
                with contextlib.suppress(psutil.NoSuchProcess):
                    born = psutil.Process(child.process.pid).create_time()
                    entries.append({"name": child.name, "pid": child.process.pid, "born": born})
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps(entries), encoding="ascii")
        draft.replace(self.path)

    def end_orphans(self, *, within: float = 10.0) -> list[str]:
        """End whoever is left of an earlier supervisor, offspring included.

        Returns:
            Their names.
        """
        orphans: list[psutil.Process] = []
        names: list[str] = []
        for entry in self._entries():
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(entry["pid"])
                if abs(process.create_time() - entry["born"]) < 1:
                    names.append(str(entry["name"]))
                    orphans += [process, *process.children(recursive=True)]
        for process in orphans:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
        _gone, stubborn = psutil.wait_procs(orphans, timeout=within)
        for process in stubborn:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.path.unlink(missing_ok=True)
        return names

    def _entries(self) -> list[dict[str, float]]:
        try:
            entries = json.loads(self.path.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return []
        return entries if isinstance(entries, list) else []

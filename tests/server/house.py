"""A whole Guiju in processes of its own, for tests that watch it from outside and hurt it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

#: Seconds after which a house that was hurt must be well again (RELIABILITY, goals).
RECOVERY = 60.0
#: Variables of the test run that must not reach the house.
FOREIGN = (
    "DJANGO_SETTINGS_MODULE",
    "GUIJU_DATABASE_HELD",
    "GUIJU_DATABASE_ROLE",
    "GUIJU_TEST_DATA_DIR",
    "DATABASE_URL",
)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path, **extra: str) -> dict[str, str]:
    """The environment of a program that uses a data directory of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return kept | {"GUIJU_DATA_DIR": str(data_dir), "GUIJU_SECRET_KEY": "only-for-tests", "GUIJU_DEMO": "0"} | extra


def guiju(data_dir: Path, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "guiju.cli", *arguments],
        env=environment(data_dir), capture_output=True, text=True, timeout=timeout, check=False,
    )  # fmt: skip


def wait_until(true: Callable[[], bool], *, within: float, what: str) -> float:
    """Wait for something; returns the seconds it took.

    Raises:
        TimeoutError: it did not come true.
    """
    begun = time.monotonic()
    while time.monotonic() - begun < within:
        if true():
            return time.monotonic() - begun
        time.sleep(0.1)
    raise TimeoutError(f"not within {within} s: {what}")


@dataclass
class House:
    """`guiju serve` on a data directory."""

    data_dir: Path
    extra: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self, *, well: bool = True) -> float:
        """Start it; returns the seconds until it was well."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with (self.data_dir / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "guiju.cli", "serve"],
                env=environment(self.data_dir, PORT=str(self.port), **self.extra),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        return self.wait_well() if well else 0.0

    def wait_well(self, *, within: float = RECOVERY) -> float:
        try:
            return wait_until(self._is_well, within=within, what="healthz answers 200")
        except (TimeoutError, ChildProcessError) as error:
            error.add_note(self.log())
            raise

    def _is_well(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise ChildProcessError(f"guiju serve ended with {self.process.returncode}")
        return self.health()[0] == 200

    def health(self) -> tuple[int, dict[str, object]]:
        """Status and body of /healthz; status 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except (OSError, ValueError):
            return 0, {}

    def log(self) -> str:
        return (self.data_dir / "serve.log").read_text(encoding="utf-8", errors="replace")

    def pid_of(self, name: str) -> int:
        """The process of a part: web, worker, clock or database."""
        if name == "database":
            return int((self.data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        if name == "web worker":
            return psutil.Process(self.pid_of("web")).children()[0].pid
        entries = json.loads((self.data_dir / "run" / "children.json").read_text())
        return int(next(entry["pid"] for entry in entries if entry["name"] == name))

    def everybody(self) -> list[psutil.Process]:
        """All processes of the house, the database's included."""
        found: dict[int, psutil.Process] = {}
        roots = [self.process.pid] if self.process else []
        with contextlib.suppress(FileNotFoundError):
            roots.append(self.pid_of("database"))
        for pid in roots:
            with contextlib.suppress(psutil.NoSuchProcess):
                root = psutil.Process(pid)
                found |= {process.pid: process for process in [root, *root.children(recursive=True)]}
        return list(found.values())

    def kill(self, name: str) -> int:
        """kill -9 a part; returns the process id it had."""
        pid = self.pid_of(name)
        os.kill(pid, signal.SIGKILL)
        return pid

    def stop(self, number: signal.Signals = signal.SIGTERM, *, within: float = 40) -> int:
        """End it; returns its exit status."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(within)


@contextlib.contextmanager
def open_house(data_dir: Path, **extra: str) -> Iterator[House]:
    """A house that is well inside the block, and gone after it."""
    house = House(data_dir, extra=extra)
    try:
        house.start()
        yield house
    finally:
        everybody = house.everybody()
        with contextlib.suppress(subprocess.TimeoutExpired):
            house.stop()
        _gone, left = psutil.wait_procs(everybody, timeout=5)
        for process in left:
            process.kill()

"""Locks between processes, held by the kernel: whoever dies, by whatever means, lets go."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FileLock:
    """A `flock` on a file. Not inherited by programs that this process starts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        return self._descriptor is not None

    def acquire(self, *, shared: bool = False, wait: float = 0.0) -> bool:
        """Take the lock, or change its kind when held.

        Args:
            shared: several holders may share it; without, only one holds it.
            wait: seconds to wait for others to let go.

        Returns:
            Whether the lock is now held in the wanted kind.
        """
        fresh = self._descriptor is None
        if self._descriptor is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    if fresh:
                        self.release()
                    return False
                time.sleep(0.05)

    def release(self) -> None:
        """Let go. Harmless when not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@contextmanager
def exclusive(path: Path, *, wait: float) -> Iterator[None]:
    """Hold a lock alone for the length of a block.

    Raises:
        TimeoutError: others held it for longer than `wait` seconds.
    """
    lock = FileLock(path)
    if not lock.acquire(wait=wait):
        raise TimeoutError(f"{path} was held by another process for more than {wait:.0f} s")
    try:
        yield
    finally:
        lock.release()

"""The operating-system account that the database server runs under.

PostgreSQL refuses to run as root. Where Guiju runs as root (a container, a build machine), the server alone is
given to an account without rights, made for the purpose.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "guiju-db"


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs the server. `uid` and `gid` are None when it is ourselves."""

    uid: int | None = None
    gid: int | None = None

    def popen(self) -> dict[str, Any]:
        """Arguments of `subprocess` that start a program under this account."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand a directory or file to the account, and let the account reach it."""
        if self.uid is None or self.gid is None:
            return
        os.chown(path, self.uid, self.gid)
        self.reach(path)

    def reach(self, path: Path) -> None:
        """Give the account the right to pass through the directories above a path, not to list them."""
        if self.uid is None:
            return
        for parent in path.resolve().parents:
            mode = parent.stat().st_mode
            if not mode & stat.S_IXOTH and parent.stat().st_uid != self.uid:
                parent.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def server_account() -> Account:
    """Ourselves; for root, the account `guiju-db`, made when it is missing.

    Raises:
        RuntimeError: we are root and no account can be made.
    """
    if os.geteuid() != 0:
        return Account()
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:" + os.environ.get("PATH", ""))
        if useradd is None:
            message = f"PostgreSQL does not run as root: make an account named {NAME}, or run Guiju as another user"
            raise RuntimeError(message) from None
        command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        # Two processes may make the account at the same moment; the second finds it made.
        subprocess.run([*command, "--shell", "/usr/sbin/nologin", NAME], check=False, capture_output=True)  # noqa: S603
        entry = pwd.getpwnam(NAME)
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)

"""The environment, read once and typed: every variable that steers Guiju is named here and nowhere else."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import environ

#: The longest path that the kernel takes for a Unix socket, without the closing zero byte.
SOCKET_PATH_LIMIT = 107
SOCKET_NAME = ".s.PGSQL.5432"


class DatabaseRole(StrEnum):
    """The roles inside the embedded database, from the weakest to the strongest.

    The application reads and writes rows and can change no table; the owner holds the tables and migrates them;
    the superuser exists for the server's own housekeeping and no request ever uses it.
    """

    APP = "guiju_app"
    OWNER = "guiju_owner"
    SUPERUSER = "postgres"


@dataclass(frozen=True, slots=True)
class Environment:
    """What the surroundings ask for. See docs/operations.md for the meaning of each variable."""

    data_dir: Path
    database_url: str | None
    database_role: DatabaseRole
    secret_key: str | None
    port: int
    bind: str
    hosts: tuple[str, ...]
    https: bool
    debug: bool
    demo: bool
    proxies: int
    idle_minutes: int
    session_hours: int
    web_workers: int
    web_threads: int
    log_format: str
    node_modules: Path

    @property
    def embedded(self) -> bool:
        """Whether Guiju runs its own PostgreSQL (no DATABASE_URL was given)."""
        return self.database_url is None

    @property
    def database_dir(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def static_dir(self) -> Path:
        return self.data_dir / "static"

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"

    @property
    def run_dir(self) -> Path:
        """Locks, sockets and process notes: nothing that needs a backup."""
        return self.data_dir / "run"

    @property
    def log_dir(self) -> Path:
        return self.data_dir / "log"


@cache
def environment() -> Environment:
    """Read the process environment once.

    Raises:
        environ.ImproperlyConfigured: a variable has a value that its type does not allow.
    """
    env = environ.Env()
    root = Path(__file__).resolve().parents[3]
    return Environment(
        data_dir=Path(env.str("GUIJU_DATA_DIR", default=".data") or ".data").expanduser().resolve(),
        database_url=env.str("DATABASE_URL", default="") or None,
        database_role=DatabaseRole(env.str("GUIJU_DATABASE_ROLE", default=DatabaseRole.APP.value)),
        secret_key=env.str("GUIJU_SECRET_KEY", default="") or None,
        port=env.int("PORT", default=8000),
        bind=env.str("GUIJU_BIND", default="127.0.0.1"),
        hosts=tuple(env.list("GUIJU_HOSTS", default=[])),
        https=env.bool("GUIJU_HTTPS", default=False),
        debug=env.bool("GUIJU_DEBUG", default=False),
        demo=env.bool("GUIJU_DEMO", default=False),
        proxies=env.int("GUIJU_PROXIES", default=0),
        idle_minutes=env.int("GUIJU_IDLE_MINUTES", default=30),
        session_hours=env.int("GUIJU_SESSION_HOURS", default=12),
        web_workers=env.int("GUIJU_WEB_WORKERS", default=2),
        web_threads=env.int("GUIJU_WEB_THREADS", default=4),
        log_format=env.str("GUIJU_LOG_FORMAT", default="text"),
        node_modules=Path(env.str("GUIJU_NODE_MODULES", default=str(root / "node_modules"))),
    )


def kept_secret(path: Path) -> str:
    """A secret of 256 bits that is made on first use and then kept in a file which only its owner can read.

    Two processes that ask at once get the same secret: the file appears complete or not at all.
    """
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.write(secrets.token_urlsafe(32) + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()


def secret_key(env: Environment) -> str:
    """The key that signs sessions and links: given, or made once and kept in the data directory."""
    return env.secret_key or kept_secret(env.data_dir / "secrets" / "secret_key")


def role_password(env: Environment, role: DatabaseRole) -> str:
    """The password of a role of the embedded database."""
    return kept_secret(env.data_dir / "secrets" / f"{role.value}.password")


def socket_dir(database_dir: Path) -> Path:
    """Where the embedded database listens: beside its data or, where that path is too long, in a short one under /tmp.

    The short one is named after user and data directory, so every process finds the same one.
    """
    beside = database_dir.parent / "run" / "socket"
    if len(os.fsencode(beside / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return beside
    digest = hashlib.sha256(os.fsencode(database_dir)).hexdigest()[:12]
    return Path("/tmp") / f"guiju-{os.getuid()}-{digest}"  # noqa: S108 (owner and mode are checked where it is made)

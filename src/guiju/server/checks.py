"""What `guiju doctor` looks at: each check says what it found, in one line, and whether that is well."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from guiju.config.environment import DatabaseRole, Environment
from guiju.server.clock import TOLERANCE
from guiju.server.postgres import EXTENSIONS, Cluster

#: Below this share of free space the disk is called full: the database stops when there is none (RELIABILITY row 10).
FREE_SHARE = 0.15
OLDEST_POSTGRES = 150_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    check: str
    well: bool
    detail: str


def machine(env: Environment) -> Iterator[Finding]:
    """What can be told without a database."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", sys.version_info >= (3, 11), version)
    env.data_dir.mkdir(parents=True, exist_ok=True)
    usage = shutil.disk_usage(env.data_dir)
    share = usage.free / usage.total
    yield Finding("disk", share >= FREE_SHARE, f"{share:.0%} of {usage.total / 1e9:.0f} GB free at {env.data_dir}")
    loose = [
        path.name
        for path in (env.data_dir / "secrets").glob("*")
        if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    yield Finding("secrets", not loose, f"open to others: {', '.join(loose)}" if loose else "for their owner only")
    mode = "embedded" if env.embedded else "DATABASE_URL"
    yield Finding("mode", True, f"database: {mode}, https: {'on' if env.https else 'off'}")
    exposed = env.debug and env.https
    yield Finding("debug", not exposed, "debug pages face the internet" if exposed else str(env.debug))


def database(env: Environment) -> Iterator[Finding]:
    """The server, our rights in it, and its clock. Needs Django and the database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int, current_setting('server_version'), clock_timestamp()"
        )
        number, version, moment = cursor.fetchone() or (0, "", datetime.now(UTC))
        yield Finding("postgresql", number >= OLDEST_POSTGRES, str(version))
        skew = abs((datetime.now(UTC) - moment).total_seconds())
        yield Finding("clock", skew <= TOLERANCE, f"differs from the database's by {skew:.1f} s")
        cursor.execute("SELECT extname FROM pg_extension")
        missing = set(EXTENSIONS) - {row[0] for row in cursor.fetchall()} - {"amcheck"}
        yield Finding("extensions", not missing, f"missing: {', '.join(sorted(missing))}" if missing else "all there")
        cursor.execute("SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        name, mighty = cursor.fetchone() or ("", True)
        yield Finding("role", not mighty, f"{name} {'is a superuser' if mighty else 'is no superuser'}")
    if env.embedded:
        yield from _sign_in(env)


def _sign_in(env: Environment) -> Iterator[Finding]:
    with Cluster(env=env).connect(role=DatabaseRole.SUPERUSER) as connection:
        methods = {str(row[0]) for row in connection.execute("SELECT auth_method FROM pg_hba_file_rules").fetchall()}
    yield Finding("sign-in", "trust" not in methods, f"database sign-in by {', '.join(sorted(methods))}")


def product(_env: Environment) -> Iterator[Finding]:
    """Tables, worker, jobs, page assets. Needs Django and the database."""
    from django.db import connection

    from guiju.cli.runtime import pending_migrations
    from guiju.config.assets import sources
    from guiju.server.health import check

    pending = pending_migrations()
    yield Finding("migrations", not pending, f"{pending} to run: guiju prepare" if pending else "up to date")
    absent = [name for name, path in sources().items() if not path.is_file()]
    yield Finding("assets", not absent, f"missing: {', '.join(absent)}" if absent else "all there")
    if pending:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FILTER (WHERE status = 'failed'), count(*) FROM procrastinate_jobs")
        failed, total = cursor.fetchone() or (0, 0)
    yield Finding("jobs", not failed, f"{failed} failed, {total} in the table")
    parts = check()
    running = parts["worker"] and parts["clock"]
    idle = not (parts["worker"] or parts["clock"])
    half = f"worker: {parts['worker']}, clock: {parts['clock']}"
    detail = "worker and clock run" if running else "not serving" if idle else half
    yield Finding("serving", running or idle, detail)

"""What a command needs to be up: database, migrations, Django. Started when missing, and only then stopped again.

    with ready():
        from guiju.kernel.duties import verify
        ...

Models can be imported only inside the block. A command that needs neither Django nor a database uses nothing of this.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from guiju.config.environment import DatabaseRole, Environment, environment
from guiju.server import postgres, scratch

#: Key of the advisory lock under which one process at a time migrates; any number nobody else uses.
MIGRATION_LOCK = 7_305_101


def setup_django() -> None:
    """Load Django with our settings. Harmless when done before."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guiju.config.settings")
    import django

    django.setup()


def database(env: Environment) -> postgres.Running:
    """The database for the length of a block: the embedded one, attached to or started; or the one of DATABASE_URL."""
    return postgres.running(env) if env.embedded else nullcontext()


def owner_environment() -> dict[str, str]:
    """The environment of a child process that may change tables."""
    return {**os.environ, "GUIJU_DATABASE_ROLE": DatabaseRole.OWNER.value}


def pending_migrations() -> int:
    """How many migrations the database still lacks. Needs Django and the database."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate(env: Environment) -> None:
    """Bring the tables up to date, one process at a time, in a child that signs in as the owner of the tables.

    Raises:
        subprocess.CalledProcessError: a migration failed; its own message went to standard error.
    """
    with postgres.owner_connection(env) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
        command = [sys.executable, "-m", "guiju.cli", "manage", "migrate", "--no-input", "--verbosity", "0"]
        subprocess.run(command, check=True, env=owner_environment(), stdin=subprocess.DEVNULL)  # noqa: S603


@contextmanager
def ready(*, migrated: bool = True) -> Iterator[Environment]:
    """Everything that a command on the real data needs.

    Args:
        migrated: bring the tables up to date first.
    """
    env = environment()
    with database(env):
        setup_django()
        if migrated and pending_migrations():
            migrate(env)
        try:
            yield env
        finally:
            from django.db import connections

            connections.close_all()


@contextmanager
def scratch_database() -> Iterator[str]:
    """An empty, migrated database of its own, dropped at the end. Django talks to it inside the block.

    The tables are copied from a template that is made once for each set of migrations, so this takes a moment only.

    Yields:
        The name of the database.
    """
    env = environment()
    with database(env):
        setup_django()
        with scratch.borrowed(env) as name:
            yield name

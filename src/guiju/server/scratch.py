"""Scratch databases: empty, migrated, and gone after use. For replays, which must not touch real data."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from guiju.config.environment import DatabaseRole, Environment
from guiju.server import grants, postgres

PREFIX = "guiju_scratch_"
#: Key of the advisory lock under which one process at a time makes the template.
TEMPLATE_LOCK = 7_305_102


@contextmanager
def borrowed(env: Environment) -> Iterator[str]:
    """Point Django's default connection at a fresh database for the length of a block. Needs Django and the server.

    Yields:
        The name of the database.
    """
    from django.db import connection

    before = dict(connection.settings_dict)
    name = f"{PREFIX}{os.getpid()}_{secrets.token_hex(3)}"
    with postgres.owner_connection(env) as admin:
        template = _template(env, admin)
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        try:
            connection.close()
            connection.settings_dict["NAME"] = name
            yield name
        finally:
            connection.close()
            connection.settings_dict.update(before)
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def fingerprint() -> str:
    """A short name for the present set of migrations: their names and contents."""
    from django.db.migrations.loader import MigrationLoader

    digest = hashlib.sha256()
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for key in sorted(loader.disk_migrations):
        digest.update(repr(key).encode())
        module = type(loader.disk_migrations[key]).__module__
        digest.update(_source(module))
    return digest.hexdigest()[:12]


def _source(module: str) -> bytes:
    from importlib.util import find_spec
    from pathlib import Path

    spec = find_spec(module)
    return Path(spec.origin).read_bytes() if spec and spec.origin else b""


def _template(env: Environment, admin: psycopg.Connection[tuple[object, ...]]) -> str:
    """The migrated, empty database that scratch ones are copied from; made on first use for a set of migrations."""
    name = f"guiju_blank_{fingerprint()}"
    admin.execute("SELECT pg_advisory_lock(%s)", (TEMPLATE_LOCK,))
    try:
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return name
        draft = f"{name}_draft"
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(draft)))
        earlier = admin.execute(r"SELECT datname FROM pg_database WHERE datname LIKE 'guiju\_blank\_%'").fetchall()
        for (old,) in earlier:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(str(old))))
        admin.execute(sql.SQL("CREATE DATABASE {} STRATEGY file_copy").format(sql.Identifier(draft)))
        _migrate(env, draft)
        with postgres.owner_connection(env, database=draft) as owner:
            grants.restrict(owner)
        # Renamed only when complete: whoever dies on the way leaves a draft, never half a template.
        admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))
    finally:
        admin.execute("SELECT pg_advisory_unlock(%s)", (TEMPLATE_LOCK,))
    return name


def _migrate(env: Environment, name: str) -> None:
    """Run all migrations in a database, as the owner of its tables."""
    from django.core.management import call_command
    from django.db import connection

    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict["NAME"] = name
    if env.embedded:
        info = postgres.Cluster(env=env).conninfo(role=DatabaseRole.OWNER)
        connection.settings_dict |= {"USER": info["user"], "PASSWORD": info["password"]}
    try:
        call_command("migrate", interactive=False, verbosity=0)
    finally:
        connection.close()
        connection.settings_dict.update(before)

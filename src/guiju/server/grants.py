"""Rights in the database that follow from the tables: what is append-only is so for the application as well.

A trigger on such a table refuses changes; but a trigger can be switched off by whoever owns the table. The
application owns nothing and, after this, may not even ask (RELIABILITY F9).
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from guiju.config.environment import DatabaseRole

#: How the triggers are named that make a table append-only.
TRIGGER = "pgtrigger_append_only_%"


def append_only_tables(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    """The tables that bear such a trigger."""
    rows = connection.execute(
        "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE t.tgname LIKE %s AND c.relnamespace = 'public'::regnamespace ORDER BY 1",
        (TRIGGER,),
    ).fetchall()
    return [str(row[0]) for row in rows]


def restrict(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    """Leave the application SELECT and INSERT on append-only tables. May be repeated.

    Args:
        connection: signed in as the owner of the tables, after migrating.

    Returns:
        The tables that were restricted; none where the application signs in as the owner itself (DATABASE_URL).
    """
    app = DatabaseRole.APP.value
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (app,)).fetchone():
        return []
    tables = append_only_tables(connection)
    for table in tables:
        connection.execute(
            sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON {} FROM {}").format(
                sql.Identifier(table), sql.Identifier(app)
            )
        )
    return tables

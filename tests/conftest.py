"""Fixtures for all tests. Tests sign in to the database as the application, which owns no table, as in real life."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg import sql

from guiju.config.environment import DatabaseRole, environment, role_password
from guiju.server import grants
from guiju.server.postgres import Cluster


def _role(role: DatabaseRole) -> None:
    """Let Django's connection sign in as a role from now on."""
    if environment().embedded:
        connection.close()
        connection.settings_dict |= {"USER": role.value, "PASSWORD": role_password(environment(), role)}


def _connect(role: DatabaseRole) -> psycopg.Connection[tuple[Any, ...]]:
    if not environment().embedded:
        pytest.skip("needs the embedded database, whose roles it tests")
    return Cluster(env=environment()).connect(role=role, database=str(connection.settings_dict["NAME"]))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database is made and dropped by the owner of its tables and used by the application."""
    with django_db_blocker.unblock():
        if environment().embedded:
            with _connect(DatabaseRole.OWNER) as owner:
                grants.restrict(owner)
        _role(DatabaseRole.APP)
    yield
    with django_db_blocker.unblock():
        _role(DatabaseRole.OWNER)


@pytest.fixture
def superuser(db: None) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection of the server's superuser to the test database. It sees only what is committed."""
    with _connect(DatabaseRole.SUPERUSER) as session:
        yield session


@pytest.fixture
def table_owner(db: None) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection of the owner of the tables to the test database. It sees only what is committed."""
    with _connect(DatabaseRole.OWNER) as session:
        yield session


@pytest.fixture(autouse=True, scope="session")
def _empty_append_only_tables() -> Iterator[None]:
    """After a test with real transactions all tables are emptied, also those that the application cannot empty."""
    if not environment().embedded:
        yield
        return
    original = DatabaseOperations.execute_sql_flush

    def flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        name = str(self.connection.settings_dict["NAME"])
        with Cluster(env=environment()).connect(role=DatabaseRole.SUPERUSER, database=name) as session:
            # Triggers of append-only tables refuse TRUNCATE; a replica's session fires none.
            session.execute(sql.SQL("SET session_replication_role = replica"))
            for statement in sql_list:
                session.execute(statement)  # type: ignore[call-overload]

    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign, assignment]
    yield
    DatabaseOperations.execute_sql_flush = original  # type: ignore[method-assign]

"""The embedded database: rights, sharing between processes, and coming up after whatever happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from guiju.config.environment import SOCKET_NAME, SOCKET_PATH_LIMIT, DatabaseRole, Environment, environment, socket_dir
from guiju.server.postgres import HELD, Cluster, DatabaseStartError, Lease, running
from tests.server.house import wait_until

pytestmark = pytest.mark.xdist_group("house")


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    monkeypatch.delenv(HELD, raising=False)
    return replace(environment(), data_dir=tmp_path / "data", database_url=None)


@pytest.fixture
def cluster(env: Environment) -> Iterator[Cluster]:
    with running(env, durable=False) as cluster:
        yield cluster


def test_nobody_signs_in_without_a_password(cluster: Cluster) -> None:
    with cluster.connect(role=DatabaseRole.SUPERUSER) as session:
        methods = session.execute("SELECT type, auth_method FROM pg_hba_file_rules").fetchall()
        listening = session.execute("SHOW listen_addresses").fetchone()
    assert methods == [("local", "scram-sha-256")]
    assert listening == ("",)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(**{**cluster.conninfo(), "password": "guess"})  # type: ignore[arg-type]


def test_the_application_has_no_power(cluster: Cluster) -> None:
    with cluster.connect(role=DatabaseRole.OWNER) as owner:
        owner.execute("CREATE TABLE book (id int)")
    with cluster.connect() as session:
        rights = session.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
        assert rights == (False,) * 5
        session.execute("INSERT INTO book VALUES (1)")
        for forbidden in (
            "ALTER TABLE book ADD x int",
            "DROP TABLE book",
            "TRUNCATE book",
            "CREATE TABLE other (id int)",
            "SET session_replication_role = replica",
            "CREATE DATABASE other",
            "COPY book TO PROGRAM 'cat'",
            "SELECT pg_read_file('postgresql.conf')",
            "SET ROLE guiju_owner",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(forbidden)  # type: ignore[arg-type]
        assert session.execute("SELECT * FROM book").fetchall() == [(1,)]


def test_chinese_text_has_trigrams_and_the_extensions_are_there(cluster: Cluster) -> None:
    with cluster.connect() as session:
        row = session.execute("SELECT cardinality(show_trgm('客户投诉'))").fetchone()
        names = {name for (name,) in session.execute("SELECT extname FROM pg_extension").fetchall()}
        checksums = session.execute("SHOW data_checksums").fetchone()
    assert row == (5,)
    assert names == {"plpgsql", "pg_trgm", "btree_gist", "amcheck"}
    assert checksums == ("on",)


def test_the_last_of_several_users_stops_it(env: Environment) -> None:
    first, second = (Lease(Cluster(env=env, durable=False)) for _ in range(2))
    assert first.acquire() is True
    assert second.acquire() is False
    assert first.release() is False
    assert second.cluster.answers()
    assert second.release() is True
    assert second.cluster.pid() is None
    assert second.release() is False
    first.cluster.reap()


def test_a_user_that_is_killed_holds_nothing(env: Environment) -> None:
    code = (
        "import time; from dataclasses import replace; from pathlib import Path;"
        "from guiju.config.environment import environment; from guiju.server.postgres import Cluster, Lease;"
        f"env = replace(environment(), data_dir=Path({str(env.data_dir)!r}), database_url=None);"
        "lease = Lease(Cluster(env=env, durable=False)); lease.acquire(); print('up', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "up\n"
        lease = Lease(Cluster(env=env, durable=False))
        assert lease.acquire() is False
        other.kill()
        other.wait()
        assert lease.release() is True


def test_it_comes_back_after_kill_9_with_what_was_committed(env: Environment) -> None:
    with running(env) as cluster:
        assert cluster is not None
        with cluster.connect(role=DatabaseRole.OWNER) as owner:
            owner.execute("CREATE TABLE kept (id int)")
            owner.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
        pid = cluster.pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert cluster.start() is True
        with cluster.connect() as session:
            assert session.execute("SELECT count(*) FROM kept").fetchone() == (1000,)


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(env: Environment) -> None:
    with running(env, durable=False) as cluster:
        assert cluster is not None
        pid = cluster.pid()
        assert pid is not None
    with subprocess.Popen(["sleep", "300"], **cluster.account.popen()) as stranger:
        path = env.database_dir / "postmaster.pid"
        path.write_text(f"{stranger.pid}\n{env.database_dir}\n{int(time.time())}\n5432\n\n\n", encoding="ascii")
        cluster.account.own(path)
        assert cluster.pid() is None
        with running(env, durable=False) as again:
            assert again is not None
            assert again.answers()
        assert stranger.poll() is None
        stranger.kill()


def test_initdb_that_was_cut_short_is_begun_again(env: Environment) -> None:
    (env.database_dir / "base").mkdir(parents=True)
    (env.database_dir / "postgresql.conf").write_text("half", encoding="ascii")
    with running(env, durable=False) as cluster:
        assert cluster is not None
        assert cluster.answers()


def test_a_path_too_long_for_a_socket_moves_the_socket_only(tmp_path: Path, env: Environment) -> None:
    long = tmp_path / ("long-" * 20) / "data"
    env = replace(env, data_dir=long)
    place = socket_dir(env.database_dir)
    assert len(os.fsencode(place / SOCKET_NAME)) <= SOCKET_PATH_LIMIT
    assert place.parent == Path("/tmp")
    with running(env, durable=False) as cluster:
        assert cluster is not None
        with cluster.connect(role=DatabaseRole.SUPERUSER) as session:
            assert session.execute("SHOW data_directory").fetchone() == (str(long / "postgres"),)
    place.rmdir()


def test_a_server_that_cannot_start_says_why(env: Environment) -> None:
    with running(env, durable=False):
        pass
    with (env.database_dir / "postgresql.auto.conf").open("a") as handle:
        handle.write("shared_buffers = nonsense\n")
    cluster = Cluster(env=env, durable=False)
    with pytest.raises(DatabaseStartError, match='invalid value for parameter "shared_buffers"'):
        cluster.start(within=2)
    wait_until(cluster.reap, within=5, what="the last attempt has ended")

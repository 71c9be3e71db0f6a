"""What must be in place before the first request: tables, translations, static files, and on request the demo group."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from guiju.config import catalogues
from guiju.config.environment import Environment

Report = Callable[[str], None]


def everything(env: Environment, report: Report) -> None:
    """Prepare all of it. Each part is skipped when nothing changed since the last time. Needs the database.

    Raises:
        subprocess.CalledProcessError: a part failed; its own message went to standard error.
    """
    from guiju.cli import runtime

    catalogues.compile_stale()
    runtime.setup_django()
    fresh = _is_fresh()
    pending = runtime.pending_migrations()
    if pending:
        report(f"migrating the database ({pending} steps)")
        runtime.migrate(env)
    static(env, report)
    demo(env, report, fresh=fresh)


def _is_fresh() -> bool:
    """Whether the database has never been migrated."""
    from django.db import connection

    fresh = "django_migrations" not in connection.introspection.table_names()
    connection.close()
    return fresh


def static(env: Environment, report: Report) -> None:
    """Collect and compress the static files when one of them changed. Needs Django."""
    key = _static_key()
    stamp = env.static_dir / ".stamp"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == key:
        return
    report("collecting static files")
    _command("manage", "collectstatic", "--no-input", "--clear", "--verbosity", "0")
    stamp.write_text(key, encoding="ascii")


def _static_key() -> str:
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def demo(env: Environment, report: Report, *, fresh: bool) -> None:
    """Load the demo group into a database that was empty when we came; finish a load that was cut short."""
    note = env.data_dir / "demo"
    if fresh and env.demo:
        note.write_text("wanted", encoding="ascii")
    if not note.is_file() or note.read_text(encoding="ascii") != "wanted" or find_spec("guiju.cli.demo") is None:
        return
    report("loading the demo group")
    _command("demo", "load")
    note.write_text("loaded", encoding="ascii")


def _command(*arguments: str) -> None:
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "guiju.cli", *arguments], check=True, stdin=subprocess.DEVNULL, env={**os.environ}
    )

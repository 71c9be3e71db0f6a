"""What every request and every command passes: headers, sign-in by default, session limits, lean commands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.contrib.staticfiles import finders
from django.test import Client

from guiju.cli import main
from guiju.config import catalogues
from guiju.config.environment import kept_secret
from guiju.config.logs import without_personal_data
from guiju.server import health


@pytest.mark.django_db
def test_headers_are_strict(client: Client) -> None:
    answer = client.get("/healthz")
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["style-src-attr"] == "'unsafe-inline'"
    assert {policy[name] for name in ("object-src", "base-uri", "frame-ancestors")} == {"'none'"}
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_health_is_asked_without_signing_in_and_says_what_is_missing(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unwell", "database": True, "migrations": True, "worker": False, "clock": False,
    }  # fmt: skip
    assert "no-store" in answer["Cache-Control"]
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_missing_migrations_are_unwell(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrations_seen_at", None)
    monkeypatch.setattr("guiju.cli.runtime.pending_migrations", lambda: 1)
    assert client.get("/healthz").json()["migrations"] is False


def test_log_lines_name_nobody() -> None:
    event = {
        "event": "request",
        "request": "GET /search?q=13800000000",
        "ip": "10.0.0.1",
        "username": "li",
        "code": 200,
    }
    assert without_personal_data(None, "info", event) == {"event": "request", "request": "GET /search", "code": 200}


def test_a_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "key"
    first = kept_secret(path)
    assert len(first) >= 43
    assert kept_secret(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["key"]


def test_only_named_files_of_libraries_are_served() -> None:
    assert finders.find("vendor/tabler.min.css") is not None
    assert finders.find("vendor/echarts.min.js") is not None
    assert finders.find("django_htmx/htmx-2.min.js") is not None
    assert finders.find("ninja/swagger-ui-bundle.js") is None
    assert finders.find("@tabler/core/package.json") is None


def test_served_files_link_to_nothing_that_is_not_served() -> None:
    from guiju.config.assets import PackageFinder

    for name, storage in PackageFinder().list([]):
        with storage.open(name) as handle:
            content = handle.read()
        assert b"sourceMappingURL" not in content, name
        assert b".woff?" not in content, name
        assert b".ttf?" not in content, name


def test_commands_are_found_by_their_modules_and_explain_themselves() -> None:
    runner = CliRunner()
    listing = runner.invoke(main, ["--help"])
    assert listing.exit_code == 0
    names = main.list_commands(None)  # type: ignore[attr-defined]
    assert {"serve", "manage", "doctor", "prepare", "replay"} <= set(names)
    for name in names:
        if name != "manage":
            told = runner.invoke(main, [name, "--help"])
            assert told.exit_code == 0, (name, told.output)
            assert "Usage:" in told.output
    assert runner.invoke(main, ["no-such-command"]).exit_code == 2


def test_the_command_frame_needs_no_django() -> None:
    code = "import sys, guiju.cli; print([name for name in ('django', 'psycopg', 'pydantic') if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"


def test_translations_are_compiled_when_stale_and_only_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "投诉"\nmsgstr "Complaint"\n'
    )
    monkeypatch.setattr(catalogues, "PACKAGE", tmp_path)
    assert catalogues.compile_stale() == [source]
    assert b"Complaint" in source.with_suffix(".mo").read_bytes()
    assert catalogues.compile_stale() == []

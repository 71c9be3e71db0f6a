"""`guiju prepare`: what a deployment runs once before it starts or restarts the processes."""

from __future__ import annotations

import subprocess

import click


@click.command()
def prepare() -> None:
    """Bring tables, translations and static files up to date."""
    from guiju.cli import runtime
    from guiju.config.environment import environment
    from guiju.server import prepare as steps

    env = environment()
    try:
        with runtime.database(env):
            steps.everything(env, lambda text: click.echo(f"         guiju: {text}"))
    except subprocess.CalledProcessError as error:
        raise SystemExit(error.returncode) from error

"""`guiju serve`: database, web, worker and clock, in one command."""

from __future__ import annotations

import os
from datetime import datetime

import click


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (else $PORT, else 8000).")
@click.option("--bind", help="Address to listen on (else $GUIJU_BIND, else 127.0.0.1).")
@click.option("--demo/--no-demo", default=None, help="Load the demo group into an empty data directory.")
def serve(port: int | None, bind: str | None, demo: bool | None) -> None:
    """Run Guiju until Ctrl-C: database, web server, background worker and clock."""
    # The children read the same variables, so an option is handed on as one.
    wanted = {"PORT": port, "GUIJU_BIND": bind, "GUIJU_DEMO": None if demo is None else int(demo)}
    os.environ.update({name: str(value) for name, value in wanted.items() if value is not None})

    from guiju.config.environment import environment
    from guiju.server.postgres import DatabaseStartError
    from guiju.server.supervisor import AlreadyServingError, PreparationError, Supervisor

    try:
        Supervisor(env=environment(), report=_report).run()
    except (AlreadyServingError, DatabaseStartError, TimeoutError) as error:
        raise click.ClickException(str(error)) from error
    except PreparationError as error:
        raise click.ClickException("Guiju could not be prepared; the reason stands above") from error


def _report(text: str) -> None:
    click.echo(f"{datetime.now():%H:%M:%S} guiju: {text}")  # noqa: DTZ005 (the wall clock of whoever watches)

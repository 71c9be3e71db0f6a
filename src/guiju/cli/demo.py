"""``guiju demo``: the demo group."""

from __future__ import annotations

import time

import click

from guiju.cli.runtime import ready


@click.group()
def demo() -> None:
    """The demo group: companies, units and people for every regulation, with a history."""


@demo.command()
def load() -> None:
    """Load the demo group into an empty database; what is there is kept."""
    begun = time.perf_counter()
    with ready():
        from guiju.demo.load import load_demo

        summary = load_demo()
    click.echo(f"{summary} in {time.perf_counter() - begun:.0f} s")


@demo.command()
@click.confirmation_option(prompt="This deletes all data in the data folder. Go on?")
def reset() -> None:
    """Throw all data away and load the demo group anew. Only with the embedded database."""
    from guiju.config.environment import environment
    from guiju.server.wipe import wipe

    env = environment()
    if not env.embedded:
        raise click.ClickException("DATABASE_URL is set; a database that is not ours is never thrown away")
    wipe(env)
    with ready():
        from guiju.demo.load import load_demo

        click.echo(load_demo())

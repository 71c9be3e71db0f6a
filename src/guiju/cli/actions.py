"""``guiju actions``: every action, its clauses and its input."""

from __future__ import annotations

import json

import click

from guiju.cli.runtime import setup_django


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON with each input's schema.")
def actions(as_json: bool) -> None:
    """List every action: the one way to change anything."""
    setup_django()
    from guiju.kernel.actions.describe import describe
    from guiju.kernel.actions.registry import all_actions

    found = [describe(action) for action in all_actions()]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for action in found:
        click.echo(f"{action['name']:32} {action['title']['zh']}  {' '.join(action['clauses'])}")

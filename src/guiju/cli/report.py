"""``guiju report``: figures over a period."""

from __future__ import annotations

import json
from datetime import datetime

import click

from guiju.cli.runtime import ready


@click.group()
def report() -> None:
    """Figures over a period."""


@report.command()
@click.option("--from", "begin", required=True, type=click.DateTime(["%Y-%m-%d"]), help="First day of receipt.")
@click.option("--to", "end", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day of receipt.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def complaints(begin: datetime, end: datetime, as_json: bool) -> None:
    """Complaints received in a period: how many, closed on time, closed late, open."""
    if end < begin:
        raise click.BadParameter("--to lies before --from")
    with ready():
        from guiju.complaints.reports import totals

        figures = totals(begin=begin.date(), end=end.date())
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        click.echo(f"{name:16}{value:>10}")

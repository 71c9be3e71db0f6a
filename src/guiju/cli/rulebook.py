"""``guiju rulebook``: every clause and what serves it."""

from __future__ import annotations

import json

import click

from guiju.cli.runtime import setup_django


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON: text, first day, what serves it, scenarios.")
@click.option("--reg", "regulations", multiple=True, help="Only this regulation, e.g. R05.")
def rulebook(as_json: bool, regulations: tuple[str, ...]) -> None:
    """List every clause of the rulebook with what serves it."""
    setup_django()
    from guiju.kernel.regulations.coverage import clause_sheet

    sheet = [row for row in clause_sheet() if not regulations or row["regulation"] in regulations]
    if as_json:
        click.echo(json.dumps(sheet, ensure_ascii=False))
        return
    for row in sheet:
        served = ", ".join(f"{kind}: {' '.join(names)}" for kind, names in row["served_by"].items() if names)
        click.echo(f"{row['id']}  {row['text']['zh']}\n           {served}")

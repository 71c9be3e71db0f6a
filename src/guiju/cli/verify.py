"""``guiju verify``: prove that stored duties, fines and approvals are what the law makes of the events."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from guiju.cli.runtime import ready


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
@click.option("--most", default=50, show_default=True, help="How many differences to print.")
def verify(as_json: bool, most: int) -> None:
    """Compare what is stored with a fresh evaluation of all events. Exit status 1 when they differ."""
    with ready():
        from django.utils import timezone

        from guiju.kernel.duties.models import DutyRow
        from guiju.kernel.duties.sweep import sweep
        from guiju.kernel.duties.verify import verify as differences

        now = timezone.now()
        swept = sweep(now)
        found = list(differences(as_of=now))
        duties = DutyRow.objects.count()
    if as_json:
        click.echo(
            json.dumps(
                {"duties": duties, "sweep": asdict(swept), "differences": [asdict(d) for d in found]},
                ensure_ascii=False,
            )
        )
    else:
        for one in found[:most]:
            click.echo(f"{one.subject}  {one.what}  {one.field}: stored {one.stored}, law {one.law}")
        click.echo(f"{duties} duties, {len(found)} differences")
    sys.exit(1 if found else 0)

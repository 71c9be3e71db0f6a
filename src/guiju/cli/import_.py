"""``guiju import``: take over what an office has today."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from guiju.cli.runtime import ready


@click.group(name="import")
def command() -> None:
    """Import files of an office by mappings that the product keeps."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--company", default="BJ", show_default=True, help="Code of the company that gets the cases.")
@click.option("--mapping", help="Name of the column mapping; by default the one that fits the file.")
def complaints(file: Path, company: str, mapping: str | None) -> None:
    """Import complaints from a CSV FILE. Running it again adds nothing."""
    with ready():
        from django.utils import timezone

        from guiju.complaints.importing import UnknownColumnsError, import_file
        from guiju.demo.organisation import build_group
        from guiju.kernel.authority.actor import Actor
        from guiju.kernel.authority.models import Company

        if not Company.objects.exists():
            build_group()
        owner = Company.objects.filter(code=company).first()
        if owner is None:
            raise click.ClickException(f"no company has the code {company}")
        begun = time.perf_counter()
        with click.progressbar(length=1, label="importing", file=sys.stderr) as bar:

            def progress(done: int) -> None:
                bar.length = max(bar.length or 1, done)
                bar.update(done - bar.pos)

            try:
                summary = import_file(
                    file, actor=Actor.system(owner), at=timezone.now(), mapping=mapping, progress=progress
                )
            except UnknownColumnsError as error:
                raise click.ClickException(str(error)) from error
            bar.update(max(1, summary.taken) - bar.pos)
        seconds = time.perf_counter() - begun
    click.echo(
        f"{summary.read} rows read, {summary.taken} taken, {summary.known} known already, {len(summary.faults)} handed back"
    )
    click.echo(f"{seconds:.1f} s")
    for fault in summary.faults[:50]:
        words = "; ".join(f"{name}: {text.zh}" for name, text in fault.errors.items())
        click.echo(f"  row {fault.index + 2}: {words}", err=True)
    sys.exit(1 if summary.faults else 0)

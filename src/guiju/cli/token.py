"""``guiju token``: keys for programs."""

from __future__ import annotations

import json
from datetime import timedelta

import click

from guiju.cli.runtime import ready


@click.group()
def token() -> None:
    """Keys with which programs act for a person."""


@token.command()
@click.argument("person")
@click.option("--name", required=True, help="What the key is for.")
@click.option(
    "--scope", "scopes", multiple=True, default=("read",), show_default=True, help="read, act, or an action's name."
)
@click.option("--days", default=365, show_default=True, help="Days until it ends.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def issue(person: str, name: str, scopes: tuple[str, ...], days: int, as_json: bool) -> None:
    """Issue a key for PERSON (staff code). It is shown once."""
    with ready():
        from django.utils import timezone

        from guiju.api.models import issue as make
        from guiju.kernel.authority.models import Person

        found = Person.objects.select_related("user").filter(code=person).first()
        if found is None or found.user is None:
            raise click.ClickException(f"nobody with an account has the code {person}")
        now = timezone.now()
        row, key = make(user=found.user, name=name, scopes=list(scopes), at=now, expires_at=now + timedelta(days=days))
        shown = {
            "token": key,
            "name": row.name,
            "scopes": row.scopes,
            "expires_at": row.expires_at.isoformat() if row.expires_at else None,
        }
    click.echo(json.dumps(shown) if as_json else key)

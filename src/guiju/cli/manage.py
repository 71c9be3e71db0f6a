"""`guiju manage`: Django's own commands."""

from __future__ import annotations

import os
import sys

import click

#: Commands that change tables sign in as the owner of the tables; all others as the application.
OWNER_COMMANDS = frozenset({"migrate", "sqlflush", "flush", "loaddata", "pgtrigger"})


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False, "help_option_names": []}
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run one of Django's commands, such as migrate, with the database up."""
    from guiju.config.environment import DatabaseRole

    if arguments and arguments[0] in OWNER_COMMANDS:
        os.environ.setdefault("GUIJU_DATABASE_ROLE", DatabaseRole.OWNER.value)
    from guiju.cli import runtime
    from guiju.config.environment import environment

    with runtime.database(environment()):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guiju.config.settings")
        from django.core.management import execute_from_command_line

        execute_from_command_line([sys.argv[0], *arguments])
        if arguments[:1] == ("migrate",):
            _restrict()


def _restrict() -> None:
    """Tables that the migration made append-only become so for the application as well."""
    from guiju.config.environment import environment
    from guiju.server import grants, postgres

    with postgres.owner_connection(environment()) as connection:
        grants.restrict(connection)

"""The command `guiju`. Each module of this package is one command, found by its name and imported only when called."""

from __future__ import annotations

import importlib
import keyword
import pkgutil
import signal
import sys
from importlib.metadata import version

import click

#: Modules of the package that serve commands and are none.
HELPERS = frozenset({"runtime"})


class Commands(click.Group):
    """A group whose commands are the modules of this package: `replay.py` holds `replay`, `some_thing.py` `some-thing`.

    A module is imported when its command is asked for, so that `guiju due` costs no Django and no database.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = (module.name for module in pkgutil.iter_modules(__path__))
        return sorted(
            name.rstrip("_").replace("_", "-") for name in names if name not in HELPERS and not name.startswith("_")
        )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        stem = cmd_name.replace("-", "_")
        # A command whose name is a word of Python lives in a module with an underscore behind it: `import_.py`.
        stem = f"{stem}_" if keyword.iskeyword(stem) else stem
        module = importlib.import_module(f"{__name__}.{stem}")
        command = getattr(module, stem, None) or getattr(module, "command", None)
        if not isinstance(command, click.Command):
            raise click.ClickException(f"{module.__name__} holds no command named {stem}")
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(version("guiju"), prog_name="guiju")
def main() -> None:
    """规矩 Guiju: management regulations, live."""
    # A command that is told to end still stops what it started.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))

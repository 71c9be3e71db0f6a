"""The rooms of the house, in the order in which they are installed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

KERNEL = (
    "authority",
    "records",
    "actions",
    "duties",
    "approvals",
    "ledgers",
    "regulations",
    "files",
    "notices",
    "search",
    "imports",
    "printing",
)
ROOMS = (
    "complaints",
    "customers",
    "care",
    "visits",
    "expenses",
    "reception",
    "repairs",
    "estate",
    "meetings",
    "credit",
    "partners",
    "construction",
    "power",
    "portal",
    "reports",
)
DOORS = ("ui", "api")


def installed() -> list[str]:
    """The dotted names of our own apps: those of the plan whose package holds an `apps.py`."""
    package = Path(__file__).resolve().parents[1]
    planned = [f"kernel.{name}" for name in KERNEL] + [*DOORS, *ROOMS]
    return [f"guiju.{name}" for name in planned if (package / name.replace(".", "/") / "apps.py").is_file()]


def has_module(name: str) -> bool:
    """Whether an installed app offers a module, such as its `urls`."""
    return find_spec(name) is not None

"""Builds the demo group's companies, units, positions and people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from guiju.kernel.authority.models import Appointment, Company, Person, Position, Unit, User

FILE = Path(__file__).with_name("group.yaml")
SINCE = date(2020, 1, 1)


def read_group() -> dict[str, Any]:
    """Return the demo group as data."""
    data: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return data


@transaction.atomic
def build_group(*, with_accounts: bool = True) -> dict[str, Company]:
    """Build the group; what is there already is kept.

    Args:
        with_accounts: also make accounts, none of which has a password.

    Returns:
        The companies by code.
    """
    group = read_group()
    companies: dict[str, Company] = {}
    for spec in group["companies"]:
        company, _ = Company.objects.get_or_create(
            code=spec["code"],
            defaults={"name": spec["name"], "name_en": spec["en"], "parent": companies.get(spec.get("parent", ""))},
        )
        companies[company.code] = company
        for unit in spec["units"]:
            _build_unit(company, None, unit, with_accounts)
    for extra in (*group["outside"], *group["administrators"]):
        unit = Unit.objects.get(company=companies[extra["company"]], code=extra["unit"])
        _build_position(unit, extra, with_accounts)
    return companies


def _build_unit(company: Company, parent: Unit | None, spec: Mapping[str, Any], with_accounts: bool) -> None:
    unit, _ = Unit.objects.get_or_create(
        company=company,
        code=spec["code"],
        defaults={
            "name": spec["name"],
            "name_en": spec["en"],
            "parent": parent,
            "kind": spec.get("kind", "department"),
        },
    )
    for position in spec.get("positions", ()):
        _build_position(unit, position, with_accounts)
    for child in spec.get("units", ()):
        _build_unit(company, unit, child, with_accounts)


def _build_position(unit: Unit, spec: Mapping[str, Any], with_accounts: bool) -> None:
    position, _ = Position.objects.get_or_create(
        unit=unit, title=spec["title"], defaults={"title_en": spec["en"], "is_head": spec.get("head", False)}
    )
    code, name, name_en = spec["person"]
    person, created = Person.objects.get_or_create(
        code=code, defaults={"company": unit.company, "name": name, "name_en": name_en}
    )
    if created:
        Appointment.objects.create(person=person, position=position, starts_on=SINCE)
    if with_accounts and person.user_id is None:
        person.user = User.objects.filter(username=code).first() or User.objects.create_user(code)
        person.save(update_fields=["user"])


def personas() -> Iterator[Person]:
    """Yield the demo's people in the order of the group's file."""
    codes = {code: place for place, code in enumerate(_codes())}
    people = Person.objects.filter(code__in=codes).select_related("company", "user")
    yield from sorted(people, key=lambda person: codes[person.code])


def _codes() -> list[str]:
    group = read_group()
    found: list[str] = []

    def walk(unit: Mapping[str, Any]) -> None:
        found.extend(position["person"][0] for position in unit.get("positions", ()))
        for child in unit.get("units", ()):
            walk(child)

    for company in group["companies"]:
        for unit in company["units"]:
            walk(unit)
    found.extend(extra["person"][0] for extra in (*group["outside"], *group["administrators"]))
    return found

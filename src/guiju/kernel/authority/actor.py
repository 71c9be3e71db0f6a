"""The one who acts: a person with the positions held at that moment, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from guiju.kernel.authority.models import Company, Person, User


@dataclass(frozen=True, slots=True)
class Held:
    """A position held: its title, its unit with the path of units above it, and whether it heads the unit."""

    title: str
    unit_id: int
    unit: str
    company_id: int
    is_head: bool
    above: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as of a moment. ``on_behalf_of`` names the person stood in for."""

    person_id: int | None
    code: str
    name: str
    company_id: int
    positions: tuple[Held, ...] = ()
    is_system: bool = False
    on_behalf_of: int | None = None
    stands_in_for: tuple[int, ...] = ()

    @classmethod
    def of(cls, user: User, at: datetime) -> Actor:
        """Return the actor of an account as of a moment.

        Raises:
            LookupError: the account belongs to no person.
        """
        person = getattr(user, "person", None)
        if person is None:
            raise LookupError(f"account {user.pk} has no person")
        return cls.of_person(person, at)

    @classmethod
    def of_person(cls, person: Person, at: datetime) -> Actor:
        """Return a person as actor as of a moment (three queries)."""
        from guiju.kernel.authority import selectors

        return cls(
            person_id=person.pk,
            code=person.code,
            name=person.name,
            company_id=person.company_id,
            positions=selectors.positions_held(person.pk, at),
            stands_in_for=selectors.givers(person.pk, at),
        )

    @classmethod
    def system(cls, company: Company) -> Actor:
        """Return the system acting by itself for a company."""
        return cls(None, "system", "系统", company.pk, is_system=True)

    def holds(self, title: str) -> bool:
        """Return whether a position of that title is held."""
        return any(held.title == title for held in self.positions)

    def in_unit(self, unit: str) -> bool:
        """Return whether a position is held in the unit or below it."""
        return any(held.unit == unit or unit in held.above for held in self.positions)

    def heads(self, unit: str) -> bool:
        """Return whether the unit's head position is held."""
        return any(held.is_head and held.unit == unit for held in self.positions)

    @property
    def unit_names(self) -> frozenset[str]:
        """The names of the units worked in, without those above."""
        return frozenset(held.unit for held in self.positions)

    @property
    def titles(self) -> frozenset[str]:
        """The titles held."""
        return frozenset(held.title for held in self.positions)

    def standing_in(self, person_id: int) -> Actor:
        """Return the same actor acting for somebody else."""
        return replace(self, on_behalf_of=person_id)


def day_of(at: datetime) -> object:
    """Return the calendar day of a moment where the company works."""
    return timezone.localtime(at).date()

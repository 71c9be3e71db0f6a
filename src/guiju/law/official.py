"""The official calendar of a country: statutory days, swapped rest days, make-up working days, as dated data.

The data file is read by :func:`load` only; everything else is values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, get_args

import yaml

from guiju.law.text import T

OfficialKind = Literal["statutory", "compensatory", "decreed", "in_lieu", "weekend", "makeup"]
Status = Literal["official", "provisional"]
_KINDS: tuple[str, ...] = get_args(OfficialKind)


@dataclass(frozen=True, slots=True)
class OfficialDay:
    """One day that the official calendar treats: its kind and the festival it belongs to."""

    kind: OfficialKind
    festival: T


@dataclass(frozen=True, slots=True)
class Official:
    """An official calendar.

    Args:
        code: short name, such as ``cn``.
        title: name for people.
        days: every treated day.
        published: years whose arrangement of holidays and make-up days has been announced; others are provisional.
    """

    code: str
    title: T
    days: Mapping[date, OfficialDay] = field(default_factory=dict)
    published: frozenset[int] = frozenset()

    def get(self, day: date) -> OfficialDay | None:
        """Return how the official calendar treats ``day``, or None for an ordinary day."""
        return self.days.get(day)

    def is_published(self, year: int) -> bool:
        """Return whether the year's make-up days have been announced."""
        return year in self.published

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Official:
        """Return the calendar that the data of a file such as ``rulebook/calendars/cn.yaml`` describes.

        Raises:
            ValueError: unknown keys, kinds or festivals, a day in the wrong year or listed twice, a make-up day on a
                weekday or a free day that is none.
        """
        _only(data, {"code", "title", "tz", "names", "years"}, "calendar")
        names = {key: T(**text) for key, text in data["names"].items()}
        days: dict[date, OfficialDay] = {}
        published = set()
        for year, entry in data["years"].items():
            _only(entry, {"status", "festivals"}, f"year {year}")
            if entry["status"] not in get_args(Status):
                raise ValueError(f"year {year}: status is {entry['status']!r}")
            if entry["status"] == "official":
                published.add(int(year))
            for festival, kinds in entry["festivals"].items():
                if festival not in names:
                    raise ValueError(f"year {year}: unknown festival {festival!r}")
                _only(kinds, set(_KINDS), f"year {year}, {festival}")
                for kind, dates in kinds.items():
                    for day in dates:
                        _take(days, int(year), day, OfficialDay(kind, names[festival]))
        return cls(str(data["code"]), T(**data["title"]), days, frozenset(published))


def _take(days: dict[date, OfficialDay], year: int, day: Any, entry: OfficialDay) -> None:
    if not isinstance(day, date) or day.year != year:
        raise ValueError(f"year {year}: {day!r} is no day of this year")
    if day in days:
        raise ValueError(f"{day} stands twice in the official calendar")
    if (day.weekday() >= 5) != (entry.kind in ("makeup", "weekend")) and entry.kind not in ("statutory", "decreed"):
        raise ValueError(f"{day}: {entry.kind} does not fit the day of the week")
    days[day] = entry


def _only(data: Mapping[str, Any], allowed: set[str], where: str) -> None:
    strangers = sorted(str(k) for k in data if k not in allowed)
    if strangers:
        raise ValueError(f"{where}: unknown {', '.join(strangers)}")


@lru_cache(maxsize=8)
def load(code: str) -> Official:
    """Return the official calendar shipped under ``rulebook/calendars/<code>.yaml``; read once.

    Raises:
        LookupError: no calendar of that code is shipped.
        ValueError: the file is wrong.
    """
    path = files("guiju").joinpath("rulebook", "calendars", f"{code}.yaml")
    if not code.isidentifier() or not path.is_file():
        raise LookupError(f"no official calendar {code!r}")
    return Official.from_mapping(yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER))  # noqa: S506 - safe loaders


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

"""``guiju due``: ask the calendar one question. Needs no database and no Django."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import click

from guiju.law.calendar import (
    Calendar,
    CalendarError,
    Convention,
    DayCount,
    Elapsed,
    Limit,
    Pause,
    StillPausedError,
)
from guiju.law.text import T
from guiju.law.times import iso, parse

NONSENSE = 2

_KEYS = ("calendar", "start", "add", "until", "pauses", "convention")
_DUE = T("到期", "Due")
_STILL_PAUSED = T("计时暂停中，尚无到期时间", "paused, so there is no due time yet")
_EXCLUDED = T("（该日零时，不含；即前一日24时止）", " (excluded: up to 24:00 of the day before)")
_NATURAL = T("自然时间（分钟）", "Natural minutes")
_WORKING = T("办公时间（分钟）", "Working minutes")


@dataclass(frozen=True, slots=True)
class Question:
    """A checked calendar question: either ``limit`` or ``until`` is given."""

    calendar: Calendar
    start: datetime
    limit: Limit | None
    until: datetime | None
    pauses: tuple[Pause, ...]
    convention: Convention


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language of reasons."
)
@click.argument("case", type=click.File("r", encoding="utf-8"), default="-")
def due(*, as_json: bool, language: str, case: Any) -> None:
    """Work out when something is due, or how much time has passed.

    CASE is a JSON file (standard input when left out): calendar, start, add or until, pauses, convention. See
    docs/howto/calendars.md. Exit status 2 when the question makes no sense.
    """
    try:
        question = read_question(case.read())
        if question.until is not None:
            elapsed = question.calendar.elapsed(question.start, question.until, pauses=question.pauses)
            _show_elapsed(elapsed, as_json=as_json, language=language)
        else:
            _show_due(question, as_json=as_json, language=language)
    except (CalendarError, RecursionError) as error:
        message = "the question is nested too deeply" if isinstance(error, RecursionError) else str(error)
        click.echo(f"guiju due: {message}", err=True)
        sys.exit(NONSENSE)


def read_question(text: str) -> Question:
    """Return the question that a JSON text asks; SPEC section 7.

    Raises:
        CalendarError: it is no JSON, has unknown, repeated or missing keys, or values that make no sense.
    """
    try:
        data = json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise CalendarError(f"not JSON: {error}") from None
    _only(data)
    if "start" not in data:
        raise CalendarError("start is missing")
    if ("add" in data) == ("until" in data):
        raise CalendarError("give either add or until")
    calendar = Calendar.from_mapping({} if data.get("calendar") is None else data["calendar"])
    return Question(
        calendar=calendar,
        start=_time("start", data["start"], calendar.tz),
        limit=Limit.from_mapping(data["add"]) if "add" in data else None,
        until=_time("until", data["until"], calendar.tz) if "until" in data else None,
        pauses=tuple(_pauses(data.get("pauses"), calendar.tz)),
        convention=Convention.from_mapping({} if data.get("convention") is None else data["convention"]),
    )


def _only(data: Any) -> None:
    if not isinstance(data, Mapping):
        raise CalendarError("the question must be a JSON object")
    strangers = [key for key in data if key not in _KEYS]
    if strangers:
        raise CalendarError(f"unknown {', '.join(strangers)}; known are {', '.join(_KEYS)}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise CalendarError(f"{key} stands twice")
        found[key] = value
    return found


def _no_number(text: str) -> None:
    raise CalendarError(f"{text} is no number")


def _time(name: str, value: Any, tz: ZoneInfo) -> datetime:
    if not isinstance(value, str):
        raise CalendarError(f"{name} must be a time like 2026-03-02T16:00:00+08:00, not {value!r}")
    try:
        return parse(value, tz)
    except ValueError as error:
        raise CalendarError(f"{name}: {error}") from None


def _pauses(value: Any, tz: ZoneInfo) -> list[Pause]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise CalendarError("pauses must be a list of [begin, end]")
    found: list[Pause] = []
    for number, pair in enumerate(value, start=1):
        if not isinstance(pair, list) or len(pair) != 2:
            raise CalendarError(f"pause {number} must be [begin, end]; end is null while still paused")
        end = None if pair[1] is None else _time(f"pause {number}", pair[1], tz)
        found.append((_time(f"pause {number}", pair[0], tz), end))
    return found


def _show_due(question: Question, *, as_json: bool, language: str) -> None:
    limit = question.limit
    if limit is None:
        raise CalendarError("give either add or until")
    days = question.calendar.explain(question.start, limit, convention=question.convention, pauses=question.pauses)
    try:
        at: datetime | None = question.calendar.due(
            question.start, limit, convention=question.convention, pauses=question.pauses
        )
    except StillPausedError:
        at = None
    if as_json:
        rows = [_row(day, language) for day in days]
        _print_json({"due": None if at is None else iso(at), "explain": rows})
        return
    for day in days:
        row = _row(day, language)
        click.echo(f"{row['date']}  {row['counted']:<10}  {row['why']}")
    note = _EXCLUDED.in_language(language) if limit.ends_before_midnight(question.convention) else ""
    end = _STILL_PAUSED.in_language(language) if at is None else f"{iso(at)}{note}"
    click.echo(f"{_DUE.in_language(language)}: {end}")


def _row(day: DayCount, language: str) -> dict[str, str]:
    return {"date": day.date.isoformat(), "counted": day.counted, "why": day.why.in_language(language)}


def _show_elapsed(elapsed: Elapsed, *, as_json: bool, language: str) -> None:
    natural, working = _number(elapsed.natural_minutes), _number(elapsed.working_minutes)
    if as_json:
        _print_json({"elapsed": {"natural_minutes": natural, "working_minutes": working}})
        return
    click.echo(f"{_NATURAL.in_language(language)}: {natural}")
    click.echo(f"{_WORKING.in_language(language)}: {working}")


def _number(value: int | Decimal) -> int | float:
    return value if isinstance(value, int) else float(value)


def _print_json(answer: Mapping[str, Any]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False))

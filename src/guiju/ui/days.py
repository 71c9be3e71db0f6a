"""The day ruler of the why panel: each counted day a cell, long spans folded."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from guiju.kernel.duties.why import Why
from guiju.law.calendar import Calendar
from guiju.law.text import T
from guiju.ui.format import WEEKDAYS_EN, WEEKDAYS_ZH, end_of_day

MOST = 14
ENDS = 5


def day_cells(why: Why) -> list[dict[str, Any]]:
    """Return the cells of a limit counted in days; none for limits of hours, which the list of counts tells."""
    explanation = why.explanation
    if explanation is None or why.row.due_at is None or explanation.anchor is None:
        return []
    if not set(explanation.limit) & {"days", "working_days"}:
        return []
    first, last = explanation.anchor.date(), end_of_day(why.row.due_at)[0]
    if last < first:
        return []
    cells = _counted(explanation.days, first, last)
    until = timezone.localtime(why.row.done_at or why.now).date()
    if why.row.late_at and (why.row.done_at or why.now) >= why.row.late_at:
        over = (until - last).days
        cells += [_cell(last + timedelta(days=n), f"+{n}", "ov") for n in range(1, min(over, ENDS) + 1)]
    return cells if len(cells) <= MOST + ENDS else [*cells[:ENDS], _fold(len(cells) - 2 * ENDS), *cells[-ENDS:]]


def _counted(counts: Any, first: date, last: date) -> list[dict[str, Any]]:
    calendar = Calendar.cn()
    amounts = {count.date: count.amount for count in counts if count.unit == "day"}
    cells, number = [], 0
    day = first
    while day <= last:
        rest = not calendar.is_working_day(day)
        number += amounts.get(day, 0)
        mark = "起" if day == first and not amounts.get(day) else str(number) if amounts.get(day) else "休"
        tone = "ev" if day == first else "du" if day == last else "we" if rest else ""
        cells.append(_cell(day, mark, tone))
        day += timedelta(days=1)
    return cells


def _cell(day: date, mark: str, tone: str) -> dict[str, Any]:
    weekday = T(WEEKDAYS_ZH[day.weekday()], WEEKDAYS_EN[day.weekday()])
    words = T(mark, {"起": "from", "休": "off"}.get(mark, mark))
    return {"weekday": weekday, "date": f"{day.month}-{day.day:02d}", "mark": words, "tone": tone}


def _fold(days: int) -> dict[str, Any]:
    return {"weekday": T("", ""), "date": "…", "mark": T(f"{days}天", f"{days} d"), "tone": "we"}

"""Due times with working days, opening hours, holidays and pauses.

``core`` is what others call; ``limits`` holds limits, conventions and pauses; ``pattern`` says when a calendar is open;
``table`` finds working time fast; ``reckon`` puts them together; ``explain`` tells it day by day.
"""

from guiju.law.calendar.core import Calendar, Elapsed
from guiju.law.calendar.explain import DayCount
from guiju.law.calendar.limits import CalendarError, Convention, Limit, Pause, StillPausedError
from guiju.law.calendar.pattern import DayKind

__all__ = [
    "Calendar",
    "CalendarError",
    "Convention",
    "DayCount",
    "DayKind",
    "Elapsed",
    "Limit",
    "Pause",
    "StillPausedError",
]

"""How long the law takes: ``evaluate`` over a million events on one core, and its peak memory."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from guiju.law.calendar import Calendar
from guiju.law.evaluate import evaluate
from guiju.law.facts import Event
from guiju.law.loader import load_rulebook

START = datetime(2026, 1, 5, 2, tzinfo=UTC)


def events(count: int) -> Iterator[Event]:
    """Yield complaint-like histories: main works completed, then the standard met, on ``count / 2`` subjects."""
    for index in range(count // 2):
        at = START + timedelta(minutes=index % 200_000)
        subject = f"building:{index}"
        yield Event("building.main_works_completed", subject, at, {"phase_name": "一期", "floors": 18}, at, 2 * index)
        yield Event(
            "building.completion_standard_met", subject, at + timedelta(days=80 + index % 20), {}, at, 2 * index + 1
        )


def main(count: int = 1_000_000) -> None:
    """Print seconds, events per second and peak memory in MiB."""
    calendar = Calendar.cn()
    rulebook = load_rulebook()
    begun = time.perf_counter()
    result = evaluate(events(count), rulebook, {"company": calendar, "cn": calendar}, START + timedelta(days=400))
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"evaluate: {count:,} events, {len(result.duties):,} duties, {len(result.penalties):,} penalties")
    print(f"  {seconds:.1f} s, {count / seconds:,.0f} events/s, peak {peak:,.0f} MiB")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))

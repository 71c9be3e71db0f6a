"""Times, spans and money as DESIGN section 7 writes them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from guiju.law.times import CN
from guiju.ui import format as words

NOW = datetime(2026, 3, 10, 15, 20, tzinfo=CN)


@pytest.mark.parametrize(
    ("at", "chinese", "english"),
    [
        (datetime(2026, 3, 10, tzinfo=CN), "3月9日 周一 24:00", "Mon 9 Mar 24:00"),
        (datetime(2026, 3, 2, 10, 15, tzinfo=CN), "3月2日 周一 10:15", "Mon 2 Mar 10:15"),
        (datetime(2025, 12, 6, tzinfo=CN), "2025年12月5日 周五 24:00", "Fri 5 Dec 2025 24:00"),
    ],
)
def test_a_due_time_ends_at_24(at: datetime, chinese: str, english: str) -> None:
    assert words.moment_words(at, now=NOW, english=False, due=True) == chinese
    assert words.moment_words(at, now=NOW, english=True, due=True) == english


def test_in_tables_a_year_is_named_only_when_it_is_another() -> None:
    assert words.moment_short(datetime(2026, 3, 10, tzinfo=CN), now=NOW, due=True) == "3-09 24:00"
    assert words.moment_short(datetime(2025, 12, 6, tzinfo=CN), now=NOW, due=True) == "2025-12-05 24:00"


@pytest.mark.parametrize(
    ("span", "chinese"),
    [
        (timedelta(days=2, hours=8, minutes=59), "2天 8小时"),
        (timedelta(hours=15, minutes=20, seconds=59), "15小时 20分"),
        (timedelta(minutes=1), "1分"),
        (timedelta(seconds=59), "不到 1分"),
        (timedelta(days=3), "3天"),
    ],
)
def test_a_span_has_at_most_two_units_rounded_down(span: timedelta, chinese: str) -> None:
    assert words.span_words(span, english=False) == chinese


def test_what_is_left_and_what_is_over() -> None:
    assert words.rest_words(NOW + timedelta(hours=8, minutes=40), now=NOW, english=False) == "还剩 8小时 40分"
    assert words.rest_words(NOW - timedelta(hours=15, minutes=20), now=NOW, english=False) == "逾期 15小时 20分"


def test_money_and_rates() -> None:
    assert words.money(Decimal(2000)) == "¥2,000.00"
    assert words.money(Decimal(100), whole=True) == "¥100"
    assert words.money(Decimal("-1.005")) == "−¥1.01"
    assert words.rate(10, 12) == "83.3%"
    assert words.rate(0, 0) == "–"

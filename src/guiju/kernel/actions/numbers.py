"""Numbers that people see: gapless in each year and series, ``TS-2026-000123``."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone


def take_numbers(*, company_id: int, prefix: str, at: object, count: int = 1) -> list[str]:
    """Take the next numbers of a series inside the running transaction.

    A rolled-back act gives its number back, because the counter's row stays locked until the end of the transaction.

    Args:
        company_id: the company that opens the series; a series is shared by the group.
        prefix: such as ``TS``.
        at: the moment whose year counts (Asia/Shanghai).
        count: how many.
    """
    year = timezone.localtime(at).year  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO actions_numberseries (company_id, prefix, year, last) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (prefix, year) DO UPDATE SET last = actions_numberseries.last + excluded.last RETURNING last",
            [company_id, prefix, year, count],
        )
        last = cursor.fetchone()[0]
    return [f"{prefix}-{year}-{number:06d}" for number in range(last - count + 1, last + 1)]


def give_back(*, prefix: str, year: int, count: int) -> None:
    """Give the last numbers of a series back, in the transaction that took them.

    Args:
        prefix: such as ``TS``.
        year: the series' year.
        count: how many of the last ones nobody used.
    """
    if count:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE actions_numberseries SET last = last - %s WHERE prefix = %s AND year = %s",
                [count, prefix, year],
            )

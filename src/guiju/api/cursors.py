"""Pages by cursor: stable while rows come and go, and as fast on the last page as on the first."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.db.models import QuerySet

MOST = 200


class BadCursorError(ValueError):
    """The cursor was not made here."""


def page(rows: QuerySet[Any], *, cursor: str, limit: int) -> tuple[list[Any], str | None]:
    """Return a page of rows, newest first, and the cursor of the next one.

    Args:
        rows: any rows with an ``id``.
        cursor: of the page before, or empty.
        limit: rows a page, at most 200.

    Raises:
        BadCursorError: the cursor cannot be read.
    """
    limit = max(1, min(limit, MOST))
    if cursor:
        rows = rows.filter(id__lt=_decode(cursor))
    found = list(rows.order_by("-id")[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return found, _encode(found[-1].pk) if more else None


def _encode(key: int) -> str:
    return base64.urlsafe_b64encode(f"id:{key}".encode()).decode()


def _decode(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor.encode()).decode().removeprefix("id:"))
    except (ValueError, binascii.Error) as error:
        raise BadCursorError(cursor) from error

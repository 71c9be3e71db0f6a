"""Values as JSON: Chinese as Chinese, money as text, instants with their offset."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from ninja.renderers import BaseRenderer

from guiju.kernel.records.models import Record
from guiju.law.text import T

HIDDEN = frozenset({"tokens", "company", "phone"})


class Renderer(BaseRenderer):
    """UTF-8 JSON."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> str:
        """Return data as JSON text."""
        return json.dumps(data, ensure_ascii=False, default=plain)


def plain(value: Any) -> Any:
    """Return a value as JSON can carry it."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, models.Model):
        return str(value)
    return str(value)


def words(text: T) -> dict[str, str]:
    """Return a text in both languages."""
    return {"zh": text.zh, "en": text.en}


def record_json(record: Record) -> dict[str, Any]:
    """Return a record's own fields; personal numbers and inner columns are left out."""
    shown: dict[str, Any] = {"kind": record.kind, "state_text": words(record.state_text)}
    for field in record._meta.concrete_fields:
        if field.name not in HIDDEN and not field.is_relation:
            shown[field.name] = getattr(record, field.attname)
    return shown

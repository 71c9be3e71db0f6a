"""Tags of the pages: texts in both languages, times, money, clause chips, icons."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from guiju.law.text import T
from guiju.ui import format as words

register = template.Library()


def english() -> bool:
    """Return whether the page is in English."""
    return (get_language() or "zh").startswith("en")


@register.filter
def say(value: Any) -> Any:
    """Return a text in the page's language; anything else as it is."""
    return value.in_language(get_language() or "zh") if isinstance(value, T) else value


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return an icon that says nothing by itself."""
    return format_html('<i class="ti ti-{}" aria-hidden="true"></i>', name)


@register.inclusion_tag("ui/parts/clause.html")
def clause(clause_id: str) -> dict[str, str]:
    """Return the chip of a clause."""
    return {"id": clause_id}


@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime | None, style: str = "words") -> SafeString:
    """Return an instant as ``<time>``; styles: words, short, due, due_short, ago."""
    if at is None:
        return SafeString("—")
    now = context.get("now") or timezone.now()
    text = {
        "words": lambda: words.moment_words(at, now=now, english=english()),
        "short": lambda: words.moment_short(at, now=now),
        "due": lambda: words.moment_words(at, now=now, english=english(), due=True),
        "due_short": lambda: words.moment_short(at, now=now, due=True),
        "ago": lambda: words.ago_words(at, now=now, english=english()),
    }[style]()
    return format_html('<time datetime="{}">{}</time>', timezone.localtime(at).isoformat(), text)


@register.simple_tag(takes_context=True)
def rest(context: Context, due: datetime) -> SafeString:
    """Return what is left of a due time, kept current by the page's script."""
    now = context.get("now") or timezone.now()
    text = words.rest_words(due, now=now, english=english())
    return format_html('<span data-due="{}">{}</span>', timezone.localtime(due).isoformat(), text)


@register.filter
def yuan(amount: Any) -> str:
    """Return an amount of money."""
    return words.money(amount)


@register.filter
def yuan_whole(amount: Any) -> str:
    """Return an amount of money without fen where there are none."""
    return words.money(amount, whole=True)


@register.filter
def cell(value: Any) -> Any:
    """Return a value as a table shows it."""
    if isinstance(value, T):
        return say(value)
    if isinstance(value, datetime):
        return words.moment_short(value, now=timezone.now())
    return "—" if value in (None, "") else value

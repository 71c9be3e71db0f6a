"""The course of events of a subject, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from guiju.kernel.actions.models import EventRow
from guiju.kernel.actions.registry import all_actions
from guiju.law.text import T

_WORDS: dict[str, T] = {
    "approval.signed": T("审批签署", "Signed"),
    "approval.withdrawn": T("撤回申请", "Withdrew the request"),
    "duty.waived": T("免办事项", "Waived a duty"),
    "duty.extended": T("延长时限", "Extended a duty"),
    "duty.urged": T("催办", "Urged"),
}
_DECISIONS = {"approved": T("同意", "approved"), "returned": T("退回", "returned"), "rejected": T("不同意", "rejected")}
_NOTES = ("comment", "reason", "word", "summary", "content", "opinion")


def say_events(words: Mapping[str, T]) -> None:
    """Let a room say its events in words."""
    _WORDS.update(words)


def event_words(name: str) -> T:
    """Return an event in words."""
    return _WORDS.get(name, T(name, name))


def timeline(events: Iterable[EventRow]) -> list[dict[str, Any]]:
    """Return events as the page shows them: when, who, what, with which words."""
    titles = {action.name: action.title for action in all_actions()}
    shown = []
    for event in events:
        decision = _DECISIONS.get(str(event.data.get("decision", "")))
        note = next((str(event.data[key]) for key in _NOTES if event.data.get(key)), "")
        shown.append(
            {
                "at": event.occurred_at,
                "recorded_late": (event.recorded_at - event.occurred_at).total_seconds() > 60 and not event.day_only,
                "recorded_at": event.recorded_at,
                "who": event.audit.person,
                "what": _WORDS.get(event.name) or titles.get(event.audit.action) or T(event.name, event.name),
                "decision": decision,
                "role": event.data.get("role", ""),
                "note": note,
            }
        )
    return shown

"""What the acts on complaints share."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from guiju.complaints.models import Complaint
from guiju.kernel.actions.base import Action, ActionInput, Context
from guiju.law.text import T

Ctx = Context[Complaint]


class ComplaintAction(Action[Complaint]):
    """An act on a complaint."""

    kind: ClassVar[str | None] = "complaint"

    def sign(self, ctx: Ctx, route: str, role: str, decision: str, comment: str) -> None:
        """Sign the route of the law that this act decides."""
        facts = {"route": route, "role": role, "decision": decision, "comment": comment, "person": ctx.actor.code}
        ctx.emit("approval.signed", data=facts)


def text(title: str, en: str, *, least: int = 1, most: int = 4000, hint: tuple[str, str] | None = None) -> Any:
    """Return a mandatory text area."""
    extra: dict[str, Any] = {"en": en, "widget": "textarea"}
    if hint:
        extra["hint"] = list(hint)
    return Field(min_length=least, max_length=most, title=title, json_schema_extra=extra)


def optional_text(title: str, en: str, *, most: int = 4000) -> Any:
    """Return an optional text area."""
    return Field("", max_length=most, title=title, json_schema_extra={"en": en, "widget": "textarea"})


class ReviewInput(ActionInput):
    """Agree or return, with an opinion."""

    decision: str = Field(
        pattern="^(approved|returned)$",
        title="决定",
        json_schema_extra={
            "en": "Decision",
            "widget": "select",
            "choices": {"approved": ["同意", "Approve"], "returned": ["退回", "Return"]},
        },
    )
    comment: str = optional_text("意见", "Opinion", most=2000)


NEEDS_REASON = T("退回要写明理由", "A return needs its reason")

"""What an act can be refused for. Each carries words for people."""

from __future__ import annotations

from guiju.law.text import T


class ActionError(Exception):
    """Base of everything that keeps an act from happening.

    Args:
        message: the reason, in both languages.
        clause: id of the clause behind it.
    """

    status = 400

    def __init__(self, message: T, *, clause: str | None = None) -> None:
        super().__init__(message.zh)
        self.message = message
        self.clause = clause


class Invalid(ActionError):
    """The input is wrong at one or more fields."""

    status = 422

    def __init__(
        self, message: T, *, field: str = "", clause: str | None = None, errors: dict[str, T] | None = None
    ) -> None:
        super().__init__(message, clause=clause)
        self.errors = errors or {field: message}


class Refused(ActionError):
    """The person may not do this, or it may not be done now."""

    status = 403


class Conflict(ActionError):
    """The record's state, version or another act stands against it."""

    status = 409


class NotFound(ActionError):
    """There is no such thing, or it is not for this person's eyes: the answer is the same."""

    status = 404

    def __init__(self) -> None:
        super().__init__(T("没有找到，或者你无权查看", "Not found, or not visible to you"))


class KeyReused(Conflict):
    """An idempotency key was used before with other input."""

    def __init__(self) -> None:
        super().__init__(
            T(
                "同一提交编号已用于其他内容，请刷新后再试",
                "This submission key was used for other input; reload and try again",
            )
        )

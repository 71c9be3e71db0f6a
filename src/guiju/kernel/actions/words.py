"""What is wrong with a field, in words a clerk understands."""

from __future__ import annotations

from typing import Any

from guiju.law.text import T

_WORDS: dict[str, T] = {
    "missing": T("请填写", "Required"),
    "string_too_short": T("至少 {min_length} 个字", "At least {min_length} characters"),
    "string_too_long": T("最多 {max_length} 个字", "At most {max_length} characters"),
    "string_type": T("请填写文字", "Text is required"),
    "string_pattern_mismatch": T("格式不对", "Not in the right form"),
    "int_parsing": T("请填写整数", "A whole number is required"),
    "int_type": T("请填写整数", "A whole number is required"),
    "decimal_parsing": T("请填写数字", "A number is required"),
    "decimal_type": T("请填写数字", "A number is required"),
    "decimal_max_places": T("最多 {decimal_places} 位小数", "At most {decimal_places} decimals"),
    "decimal_max_digits": T("数字太大", "The number is too large"),
    "greater_than": T("要大于 {gt}", "Must be greater than {gt}"),
    "greater_than_equal": T("不能小于 {ge}", "Not less than {ge}"),
    "less_than_equal": T("不能大于 {le}", "Not more than {le}"),
    "literal_error": T("只能是 {expected}", "Only one of {expected}"),
    "enum": T("只能是 {expected}", "Only one of {expected}"),
    "date_parsing": T("请填写日期，如 2026-03-09", "A date is required, such as 2026-03-09"),
    "date_from_datetime_parsing": T("请填写日期，如 2026-03-09", "A date is required, such as 2026-03-09"),
    "datetime_parsing": T(
        "请填写日期和时间，如 2026-03-09 14:30", "Date and time are required, such as 2026-03-09 14:30"
    ),
    "datetime_from_date_parsing": T("请填写日期和时间，如 2026-03-09 14:30", "Date and time are required"),
    "bool_parsing": T("请选择是或否", "Choose yes or no"),
    "list_type": T("请选择", "Choose"),
    "too_short": T("至少 {min_length} 项", "At least {min_length}"),
    "too_long": T("最多 {max_length} 项", "At most {max_length}"),
    "extra_forbidden": T("没有这一项", "There is no such field"),
}


class FieldFault(ValueError):
    """Raised by an input's own validators with words in both languages."""

    def __init__(self, message: T) -> None:
        super().__init__(message.zh)
        self.message = message


def message_for(fault: dict[str, Any]) -> T:
    """Return the words for a fault that pydantic found."""
    context = fault.get("ctx") or {}
    own = context.get("error")
    if isinstance(own, FieldFault):
        return own.message
    words = _WORDS.get(fault["type"])
    if words is None:
        return T("填写有误", "Not valid")
    return words.format(**context)
